/* SPDX-License-Identifier: Apache-2.0 */
/* cluster - what is known: the objects, what belongs together, and which services have changed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "agent/model/objects.h"
#include "base/error.h"

struct cluster;
struct cluster_space;

enum slice_endpoint_flag {
	SLICE_READY = 1 << 0,
	SLICE_SERVING = 1 << 1,
	SLICE_TERMINATING = 1 << 2,
	SLICE_LOCAL = 1 << 3,	       /* on this node */
	SLICE_HINT_NODES = 1 << 4,     /* has hints for nodes */
	SLICE_HINT_THIS_NODE = 1 << 5, /* and one of them is this node */
};

/* An endpoint of a slice, in little: there may be hundreds of thousands. */
struct cluster_endpoint {
	struct ip_addr addr;
	uint32_t node, zone; /* cluster_name() */
	uint32_t hint_zones; /* cluster_name(): a line a zone; 0 = no hints */
	uint32_t flags;	     /* enum slice_endpoint_flag */
};

struct cluster_port {
	uint32_t name; /* cluster_name() */
	uint16_t port; /* never 0 */
	uint8_t protocol;
};

struct cluster_slice {
	UT_hash_handle hh;
	struct cluster_slice *next; /* of the same service, by key */
	struct cluster_service *service;
	struct cluster_endpoint *endpoints;
	struct cluster_port *ports;
	uint32_t endpoint_count;
	uint16_t port_count;
	bool has_zone_hints;
	char *key; /* "namespace/name" */
};

/*
 * A Service and its slices. Without an object there are only slices of that name, or, until
 * cluster_dirty_next() has told of it, nothing any more.
 *
 * A host port (of a pod's runtimeConfig.portMappings) is a service as well: key is its caller's,
 * without a slash; its object has no cluster IP, and either a node port (every address of the node)
 * or an external IP (a given one).
 */
struct cluster_service {
	UT_hash_handle hh; /* all services: iterate by hh.next */
	struct object *object;
	struct cluster_slice *slices;
	bool host_port;
	bool dirty, selecting;
	struct cluster_service *dirty_prev, *dirty_next;
	struct cluster_service *selecting_prev, *selecting_next;
	struct cluster_space *space;
	char key[]; /* "namespace/name" */
};

struct cluster_pod {
	UT_hash_handle hh;
	struct object *object;
	struct cluster_pod *prev, *next; /* of the same namespace */
	struct cluster_space *space;
	char key[]; /* "namespace/name" */
};

/* cluster_new - node is this node's name; "" is none: nothing is local then but told pods. */
struct cluster *cluster_new(const char *node);
/* cluster_free - NULL is fine; for CLEANUP(). */
void cluster_free(struct cluster **cluster);

/* cluster_put - know the object (again). It is the cluster's from here, also on failure. */
int cluster_put(struct cluster *cluster, struct object *object, struct error *err);
/* cluster_gone - what was never known is fine. */
void cluster_gone(struct cluster *cluster, enum object_kind kind, const char *namespace,
		  const char *name);

/*
 * cluster_pod_addresses - which addresses the plugin gave to a pod of this node: what a Pod object
 * without a status has for its own. Holds until it is told again, before the Pod object as well as
 * after; count 0 takes it back.
 */
int cluster_pod_addresses(struct cluster *cluster, const char *namespace, const char *name,
			  const struct ip_addr *addrs, size_t count, struct error *err);

/* A port of the node that leads to one pod. */
struct host_port {
	const char *label;	/* whose it is, for people: "namespace/name" */
	struct ip_addr host_ip; /* unspecified of any family, or all zero: every node address */
	uint16_t host_port;	/* host byte order */
	uint16_t pod_port;
	uint8_t protocol;
	struct ip_addr pod[2]; /* one a family */
	size_t pod_count;
};

/* cluster_host_port_put - key names it (and has no '/'); putting again replaces. */
int cluster_host_port_put(struct cluster *cluster, const char *key, const struct host_port *port,
			  struct error *err);
void cluster_host_port_gone(struct cluster *cluster, const char *key);

/*
 * cluster_dirty_next - takes one service off those that must be compiled (again), or NULL. It holds
 * until the cluster is changed or asked for the next; one without an object is gone.
 */
struct cluster_service *cluster_dirty_next(struct cluster *cluster);
void cluster_dirty_mark(struct cluster *cluster, struct cluster_service *service);

/* --- lookups ---------------------------------------------------------------------------------- */

struct cluster_service *cluster_service_find(const struct cluster *cluster, const char *key);
/* cluster_services - the first of all; the others by hh.next. Some may have no object. */
struct cluster_service *cluster_services(const struct cluster *cluster);
/* cluster_object_find - a Pod, Node, Namespace or Service as it was put, or NULL. */
const struct object *cluster_object_find(const struct cluster *cluster, enum object_kind kind,
					 const char *namespace, const char *name);
size_t cluster_count(const struct cluster *cluster, enum object_kind kind);
size_t cluster_endpoint_count(const struct cluster *cluster);

const char *cluster_node(const struct cluster *cluster);
/* cluster_zone - this node's, by its Node object's label; "" = not known. */
const char *cluster_zone(const struct cluster *cluster);
const char *cluster_name(const struct cluster *cluster, uint32_t name);

/* cluster_pods - the pods of the service's namespace, by next. */
struct cluster_pod *cluster_pods(const struct cluster_service *service);
/* cluster_pod_ips - the status', else those that the plugin gave. *ret_local: it is on this node.
 */
struct addrs cluster_pod_ips(const struct cluster *cluster, const struct cluster_pod *pod,
			     bool *ret_local);
