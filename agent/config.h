/* SPDX-License-Identifier: Apache-2.0 */
/* config - what the agent was told, in a file and by flags, as values. Pure: asks nobody. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "byway/conntrack.h"
#include "byway/ip_text.h"
#include "datapath/attach_kind.h"
#include "datapath/map_sizes.h"
#include "datapath/node_settings.h"
#include "datapath/paths.h"

#define AGENT_LISTEN "127.0.0.1:9871"
#define AGENT_HEALTH_LISTEN "0.0.0.0:10256"
#define AGENT_CNI_CONF_DIR "/etc/cni/net.d"
#define AGENT_CNI_CONF_NAME "10-byway.conflist"

#define NODE_NAME_SIZE 254
#define UPLINKS_MAX 16
#define UPLINK_SIZE 16 /* IFNAMSIZ */
#define FILE_NAME_SIZE 256
#define CNI_VERSION_SIZE 8

enum source_kind { SOURCE_NONE, SOURCE_KUBERNETES, SOURCE_DIRECTORY };
enum routing_kind { ROUTING_NATIVE, ROUTING_VXLAN };

/* Whose sockets choose a service's backend themselves; packets of the others are translated. */
enum socket_services {
	SOCKET_SERVICES_ALL,  /* pods' and the node's own */
	SOCKET_SERVICES_HOST, /* only those in the node's network namespace */
	SOCKET_SERVICES_OFF,
};

struct config_ranges {
	struct ip_prefix items[RANGES_MAX];
	size_t count;
};

struct config_uplinks {
	char items[UPLINKS_MAX][UPLINK_SIZE]; /* names, or patterns such as eth* */
	size_t count;
};

struct config_listen {
	bool on;
	struct ip_addr addr;
	uint16_t port;
};

struct port_range {
	uint16_t first, last;
};

struct config_path {
	char text[BYWAY_DIR_MAX + 1];
};

struct agent_config {
	char node_name[NODE_NAME_SIZE]; /* "" = the host's name */
	enum source_kind source;
	struct config_path source_path, source_kubeconfig;
	struct config_ranges pod_cidrs, non_masquerade_cidrs, node_port_addresses;
	struct config_uplinks uplinks;
	enum routing_kind routing;
	bool masquerade;
	struct port_range node_ports;
	uint32_t mtu; /* 0 = from the interfaces with default routes */
	struct config_path run_dir, bpf_dir;
	struct config_path cgroup_dir;	 /* "" = where cgroup2 is mounted */
	struct config_path cni_conf_dir; /* "" = no conflist is written */
	char cni_conf_name[FILE_NAME_SIZE];
	char cni_version[CNI_VERSION_SIZE];
	struct config_listen listen, health_listen;
	enum socket_services socket_services;
	uint32_t timeouts_s[CT_STATE_COUNT]; /* seconds, by enum ct_state */
	enum attach_kind attach;
	uint32_t drop_events;
	struct map_sizes sizes;
	uint32_t endpoints_max, events_bytes; /* 0 = the datapath's default */
	uint64_t given;			      /* bit i: the key at place i of the table was given */
};

/* What the command line asks for before anything is configured. */
enum config_mode { CONFIG_RUN, CONFIG_CHECK, CONFIG_HELP, CONFIG_VERSION };

struct config_request {
	enum config_mode mode;
	const char *file; /* argv's; NULL without --config */
};

/* config_request_parse - the flags that are no keys. The others are looked at by config_parse(). */
int config_request_parse(int argc, char *const *argv, struct config_request *ret_request,
			 struct error *err);

/*
 * config_parse - defaults, then the file's JSON (text may be NULL, file names it in errors), then
 * the flags of argv, which win. Every error is -EINVAL (or -EBADMSG for what is no JSON), one line,
 * and names the key. What only the machine can tell (is the directory there?) is
 * config_dirs_check()'s.
 */
int config_parse(const char *text, size_t len, const char *file, int argc, char *const *argv,
		 struct agent_config *ret_config, struct error *err);

/*
 * config_unused_next - the next key at or behind *cursor that was given and that nothing uses yet;
 * NULL when there is none. Begin with *cursor = 0.
 */
const char *config_unused_next(const struct agent_config *config, size_t *cursor);

/* config_help - the keys as flags, one each, for --help. */
void config_help(FILE *out);

const char *source_kind_name(enum source_kind kind);
