/* SPDX-License-Identifier: Apache-2.0 */
/* oracle - a slow and simple model of what services mean, to judge the compiler by. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "byway/ip_text.h"

/*
 * A small cluster in plain arrays. Nothing here is shared with the compiler but the type of
 * addresses: who is right is said a second time, in other words.
 */
enum {
	SERVICES = 5,
	PORTS = 2,
	IPS = 2,
	SLICES = 7,
	MEMBERS = 6,
	PODS = 6,
	HOST_PORTS = 2,
	PLACES = 10, /* addresses that endpoints may have, a family */
	NODES = 3,   /* 0 is this node */
	ZONES = 3,
	RANGES = 2,
};

struct w_port {
	const char *name;
	uint16_t port, node_port, target;
	const char *target_name;
	uint8_t protocol;
};

struct w_service {
	bool there, ignored, v4, v6, selects, external_local, internal_local, publish_not_ready;
	struct w_port ports[PORTS];
	int port_count;
	struct ip_addr cluster_v4, cluster_v6;
	struct ip_addr external[IPS], balancer[IPS];
	int external_count, balancer_count;
	struct ip_prefix ranges[RANGES];
	int range_count;
	uint32_t affinity_s;
	char app; /* the selector's value */
	bool hints_nodes, hints_zones;
	int hint_gap; /* the place that has no hints; -1: each has */
};

struct w_member {
	int place;
	bool v6, ready, serving, terminating;
};

struct w_slice {
	bool there, ignored;
	int service;
	const char *names[PORTS];
	uint16_t numbers[PORTS];
	uint8_t protocols[PORTS];
	int port_count;
	struct w_member members[MEMBERS];
	int member_count;
};

struct w_pod {
	bool there, v4, v6, status, told, ready, terminating, finished;
	char app;
	int node;     /* -1: the object names none */
	uint16_t web; /* the number of its port "web"/TCP; 0: it has none */
};

struct w_host_port {
	bool there, v4, v6, wildcard;
	uint16_t port, pod_port;
	uint8_t protocol;
};

struct world {
	struct w_service services[SERVICES];
	struct w_slice slices[SLICES];
	struct w_pod pods[PODS];
	struct w_host_port host_ports[HOST_PORTS];
	int zone;			 /* this node's; -1: not known */
	unsigned int hint_zones[PLACES]; /* masks */
	unsigned int hint_nodes[PLACES];
};

static inline int place_node(int place)
{
	return place % NODES;
}

struct ip_addr place_addr(int place, bool v6);
struct ip_addr pod_addr(int pod, bool v6);
struct ip_addr host_port_ip(int host_port);

struct target {
	struct ip_addr addr;
	uint16_t port;
	bool local;
};

enum { TARGETS = SLICES * MEMBERS * PORTS + PODS };

struct targets {
	struct target items[TARGETS];
	int count;
};

enum verdict { VERDICT_REJECT, VERDICT_DROP };

/* What must happen to a new connection to an address and port. */
struct answer {
	bool there;
	struct targets right[2];   /* asked from inside, from outside */
	enum verdict otherwise[2]; /* when there is none */
	struct targets serving;	   /* who may still have what it has */
	bool guarded, keep_source;
	struct ip_prefix ranges[RANGES];
	int range_count;
	uint32_t affinity_s;
	bool many_outside; /* nodes must agree on the choice (external, cluster set, 2 or more) */
	int owner, owner_port;
};

void oracle_ask(const struct world *world, const struct ip_addr *addr, uint16_t port,
		uint8_t protocol, struct answer *ret_answer);
