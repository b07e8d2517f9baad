/* SPDX-License-Identifier: Apache-2.0 */
/* services - a node with an uplink and services: what the rows about translation stand on. */
#pragma once

#include "datapath/service_maps.h"
#include "packet/world.h"

/* More of the cast. IPv6 has an address of its own for each (address_v6). */
#define NODE "192.0.2.254"	  /* the node, on its uplink */
#define ROUTER "192.0.2.9"	  /* somebody between */
#define POD_FAR "10.9.1.2"	  /* a pod of another node */
#define POD_NONE "10.9.0.77"	  /* of this node's range, and nobody's */
#define SVC_WEB "10.96.0.1"	  /* port 80: pod_b, port 8080 */
#define SVC_SHOP "10.96.0.2"	  /* the same pod and port */
#define SVC_FAR "10.96.0.3"	  /* pod_far, port 8080 */
#define SVC_SELF "10.96.0.4"	  /* pod_a, port 8080 */
#define SVC_EMPTY "10.96.0.5"	  /* nobody serves it */
#define SVC_ELSEWHERE "10.96.0.6" /* traffic policy Local, and nobody here */
#define SVC_GUARDED "203.0.113.7" /* pod_b, for outside and not for router */
#define SVC_HOST "10.96.0.8"	  /* the node itself, port 6443 */
#define SVC_EVEN "10.96.0.9"	  /* pod_b, port 80: the service's own */
#define SVC_EVEN_TOO "10.96.0.10" /* the same pod and port */
#define SVC_WORLD "10.96.0.11"	  /* outside, port 443 */
#define SVC_PORT 80
#define BACKEND_PORT 8080
#define HOST_PORT 6443
#define WORLD_PORT 443
#define NODE_LOCAL_PORTS "50000 60000" /* of the node's own sockets */
#define NODE_PORT_WEB 30080	       /* pod_b */
#define NODE_PORT_FAR 30081	       /* pod_far */
#define NODE_PORT_HOST 30082	       /* the node itself */
#define NODE_PORT_KEEP 30083	       /* pod_far, and it sees the client's address */

/* The IPv6 address of whoever has that IPv4 address; the text itself where there is none. */
const char *address_v6(const char *v4);

/* spec_in_v6 - the same packet in IPv6. Quotes are not followed. */
struct frame_spec spec_in_v6(const struct frame_spec *v4);

struct node {
	struct service_maps maps;
	int uplinks, routes, fragments;
	int from_uplink, to_uplink, sweep;
	uint32_t uplink;
};

/* uplink_make - the interface of the uplink, up, with addresses and routes. Once, after
 * world_make(). */
int uplink_make(struct world *world, struct error *err);

/* node_open - what the world's programs and maps have more than struct world knows. */
int node_open(const struct world *world, struct node *ret_node, struct error *err);
void node_close(struct node *node);

/* node_reset - services, routes and the uplink in place; no connection is known. */
void node_reset(const struct node *node, const struct world *world);

/* connections_clear - no connection is known, and no part of a packet. */
void connections_clear(const struct node *node);

/* The changes that rows make to it. Each advances the epoch. */
void web_moves_to_far(const struct node *node, const struct world *world);
void web_loses_all(const struct node *node, const struct world *world);
void web_drains(const struct node *node, const struct world *world);
void pod_b_goes(const struct node *node, const struct world *world);
void nothing_happens(const struct node *node, const struct world *world);
void replies_are_lost(const struct node *node, const struct world *world);
void uplink_loses_its_addresses(const struct node *node, const struct world *world);
void far_becomes_a_service(const struct node *node, const struct world *world);
