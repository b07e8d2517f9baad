/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* service - frontends and their backends, as the agent writes them and the datapath reads them. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/ip_addr.h"

/*
 * A service here is one port of a Kubernetes Service in one family and protocol; its id names it in
 * every map. Ids are not used again while any map still holds them; 0 is none.
 *
 * Map services: struct service_key -> struct service. One entry a frontend: a cluster IP, external
 * IP or load-balancer IP with its port, or a node port. A node port has the unspecified address of
 * its family (0.0.0.0, ::) and holds for every address in map node_addresses. Writer: the agent.
 */
struct service_key {
	struct ip_addr addr;
	__be16 port;
	__u8 protocol; /* IPPROTO_TCP, _UDP, _SCTP */
	__u8 pad;      /* zero */
};
ABI_SIZE(struct service_key, 20);

/* The two sets of backends that a service may have; each has slots of its own. */
enum backend_set {
	BACKENDS_CLUSTER, /* after hints: wherever they are */
	BACKENDS_LOCAL,	  /* of this node only */
};

/* What becomes of a connection when its choice has no slots. */
enum no_backend {
	NO_BACKEND_REJECT, /* TCP reset, ICMP port unreachable: nobody serves it anywhere */
	NO_BACKEND_DROP,   /* others may serve it, this node must not (traffic policy Local) */
};

/*
 * Who asks may choose from these: slots 0 to slots - 1 of a set. At least half of them hold a
 * backend that takes new connections; the others are empty or draining, and whoever picks one picks
 * again. sure is one that is in use, for whoever has no luck. slots 0: there is none.
 */
struct service_choice {
	__u16 slots;
	__u16 sure;
	__u8 set;	 /* enum backend_set */
	__u8 no_backend; /* enum no_backend */
	__u8 pad[2];	 /* zero */
};
ABI_SIZE(struct service_choice, 8);

enum service_flag {
	SERVICE_MAGLEV = 1 << 0,	/* map maglev has its cluster set's table */
	SERVICE_SOURCE_RANGES = 1 << 1, /* from outside only sources in map source_ranges */
	SERVICE_KEEP_SOURCE = 1 << 2,	/* from outside, the backend sees the client's address */
};

struct service {
	__u32 id;
	__u32 flags;	  /* enum service_flag */
	__u32 affinity_s; /* sessionAffinity ClientIP: seconds since the last; 0 = none */
	struct service_choice inside;  /* local pods and the node itself ask */
	struct service_choice outside; /* anyone else asks */
};
ABI_SIZE(struct service, 28);

/*
 * Map backends: struct backend_key -> struct backend. A backend keeps its slot for as long as it
 * serves: what remembers a slot (conntrack, affinity, sockets) compares address and port, and so
 * knows whether that backend still serves. Writer: the agent.
 */
struct backend_key {
	__u32 service;
	__u16 slot;
	__u8 set; /* enum backend_set */
	__u8 pad; /* zero */
};
ABI_SIZE(struct backend_key, 8);

enum backend_flag {
	BACKEND_DRAINING = 1 << 0, /* terminating, still serves what it has; takes nothing new */
	BACKEND_LOCAL = 1 << 1,	   /* an address of this node's pods, or of the node itself */
};

struct backend {
	struct ip_addr addr;
	__be16 port;
	__u16 flags; /* enum backend_flag */
};
ABI_SIZE(struct backend, 20);

#define BACKEND_SLOTS_MAX 65535

/*
 * Map maglev: __u32 service id -> struct maglev. The slot of each hash, so that every node of a
 * cluster picks the same backend for a connection (Eisenbud et al., NSDI 2016, 3.4). Backends are
 * ordered by address and port, not by slot; the size is a prime. Writer: the agent.
 */
#define MAGLEV_SIZE 4093

struct maglev {
	__u16 slot[MAGLEV_SIZE];
	__u16 pad[3]; /* zero */
};
ABI_SIZE(struct maglev, 8192);

/*
 * Map source_ranges: struct source_range_key -> __u8 (1). An address without an entry may not use
 * the service where its flags say SERVICE_SOURCE_RANGES. prefix counts the 32 bits of the id and
 * the 128 of the address. Writer: the agent.
 */
struct source_range_key {
	__u32 prefix;
	__be32 service;
	struct ip_addr addr;
};
ABI_SIZE(struct source_range_key, 24);
#define SOURCE_RANGE_PREFIX(length) (32 + (length))

/*
 * Map node_addresses: struct ip_addr -> __u32 flags. Writer: the agent.
 */
enum node_address_flag {
	NODE_ADDRESS_NODE_PORTS = 1 << 0, /* selected by nodePortAddresses */
	NODE_ADDRESS_LOOPBACK = 1 << 1,	  /* means the node only to its own processes */
};

/*
 * Map affinity: struct affinity_key -> struct affinity. Which backend a client had last. client is
 * its address; for sockets, whose address is not known yet, affinity_client_of_netns(). Writer: the
 * datapath.
 */
struct affinity_key {
	struct ip_addr client;
	__u32 service;
};
ABI_SIZE(struct affinity_key, 20);

struct affinity {
	__u64 used_ns; /* CLOCK_BOOTTIME */
	struct backend backend;
	__u16 slot;
	__u8 set; /* enum backend_set */
	__u8 pad;
};
ABI_SIZE(struct affinity, 32);

/* No address begins like this (0100::/64 is the discard prefix, RFC 6666). */
static inline struct ip_addr affinity_client_of_netns(__u64 cookie)
{
	struct ip_addr client = { .bytes = { 0x01 } };

	client.words[2] = (__u32)(cookie >> 32);
	client.words[3] = (__u32)cookie;
	return client;
}
