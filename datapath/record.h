/* SPDX-License-Identifier: Apache-2.0 */
/* record - what the plugin did for one attachment: runDir/endpoints/<containerID>:<ifname>.json. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "byway/endpoint.h"
#include "byway/ip_addr.h"

#define CONTAINER_ID_MAX 200 /* with ":<ifname>.json" it must fit a file name */
#define IFNAME_MAX 16	     /* IFNAMSIZ, with the terminator */
#define POD_NAME_MAX 254     /* RFC 1123 names, with the terminator */
#define UID_MAX 64
#define NETNS_MAX 1024
#define IPAM_MAX 64
#define NETWORK_MAX 256
#define ADDRESSES_MAX 8
#define PORT_MAPPINGS_MAX 64

/* runtimeConfig.portMappings: a port of the node that leads to one of the pod. */
struct port_mapping {
	struct ip_addr host_ip; /* :: = every address of the node, of both families */
	uint16_t host_port, container_port;
	uint8_t protocol; /* IPPROTO_TCP, _UDP, _SCTP */
};

/*
 * Written by the plugin by rename, after everything it tells of exists; removed last by DEL. The
 * agent reads it. Strings are terminated; empty = not known (pods made without Kubernetes have no
 * name).
 */
struct record {
	char container_id[CONTAINER_ID_MAX + 1];
	char ifname[IFNAME_MAX];
	char network[NETWORK_MAX]; /* the network configuration's name: GC speaks of one network */
	char netns[NETNS_MAX];
	char host_ifname[IFNAME_MAX];
	uint32_t ifindex; /* host side; the endpoint's id */
	uint32_t mtu;
	uint8_t mac[MAC_SIZE]; /* the pod's */
	struct ip_addr addresses[ADDRESSES_MAX];
	size_t address_count;
	struct port_mapping mappings[PORT_MAPPINGS_MAX];
	size_t mapping_count;
	char ipam[IPAM_MAX]; /* "byway", or the delegate's type */
	char pod_namespace[POD_NAME_MAX], pod_name[POD_NAME_MAX], pod_uid[UID_MAX];
};

/* container_id_is_valid, ifname_is_valid - CNI 1.1.0 section 2: only such names become paths. */
bool container_id_is_valid(const char *container_id);
bool ifname_is_valid(const char *ifname);

int record_write(const char *run_dir, const struct record *record, struct error *err);
/* record_read - -ENOENT when there is none. */
int record_read(const char *run_dir, const char *container_id, const char *ifname,
		struct record *ret_record, struct error *err);
/* record_remove - success also when there is none. */
int record_remove(const char *run_dir, const char *container_id, const char *ifname,
		  struct error *err);

/*
 * records_tidy - remove what writers that were killed left half written. For who holds the
 * exclusive lock: nobody is writing then.
 */
void records_tidy(const char *run_dir);

/*
 * record_for_each - call fn for every record; stops when fn returns other than 0 and returns that.
 * A record that cannot be read is handed to broken (may be NULL) with its file name and skipped. No
 * directory means no records.
 */
typedef int record_fn(const struct record *record, void *ctx);
typedef void record_broken_fn(const char *file, const struct error *why, void *ctx);
int record_for_each(const char *run_dir, record_fn *fn, record_broken_fn *broken, void *ctx,
		    struct error *err);

/*
 * port_mapping_collides - both want the same port: of the same address, or one of every address.
 */
bool port_mapping_collides(const struct port_mapping *a, const struct port_mapping *b);

/* port_protocol_parse, _name - "tcp", "UDP", "sctp", in any case; the name is in small letters. */
bool port_protocol_parse(const char *text, uint8_t *ret_protocol);
const char *port_protocol_name(uint8_t protocol);

/* record_parse, record_format - the pure half; the caller frees the text. */
int record_parse(const char *text, size_t len, const char *what, struct record *ret_record,
		 struct error *err);
char *record_format(const struct record *record);

/* Of the host-side interface's alias, which is "byway:<containerID>/<ifname>". */
#define ALIAS_PREFIX "byway:"

/* host_ifname_of - the host-side interface's name: "veth" and 11 hex digits of the owner. */
void host_ifname_of(uint64_t owner, char ret_ifname[IFNAME_MAX]);
