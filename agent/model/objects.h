/* SPDX-License-Identifier: Apache-2.0 */
/* objects - what Byway reads of Kubernetes' objects, decoded. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "byway/ip_addr.h"
#include "byway/ip_text.h"

/*
 * Every string is the object's own and never NULL unless said so; "" where the API server gave
 * nothing. Ports are in host byte order. object_free() frees all of it.
 */

struct label {
	char *key, *value;
};

struct labels {
	struct label *items;
	size_t count;
};

struct addrs {
	struct ip_addr *items;
	size_t count;
};

struct prefixes {
	struct ip_prefix *items;
	size_t count;
};

struct names {
	char **items;
	size_t count;
};

/* --- Service ---------------------------------------------------------------------------------- */

struct service_port {
	char *name;
	uint16_t port;
	uint16_t node_port; /* 0 = none */
	uint8_t protocol;   /* IPPROTO_TCP, _UDP, _SCTP */
	/* targetPort, for services that have a selector and no slices: a name, or a number. */
	char *target_name;
	uint16_t target_port; /* 0 = the same as port */
};

struct service_object {
	/* Not served here: headless, ExternalName, or labelled service-proxy-name. */
	bool ignored;
	struct labels selector; /* none: slices come from elsewhere */
	struct addrs cluster_ips;
	struct addrs external_ips;
	struct addrs load_balancer_ips; /* status.loadBalancer.ingress[].ip with ipMode nil or VIP
					 */
	struct prefixes source_ranges;	/* loadBalancerSourceRanges; none of a family = no guard */
	struct service_port *ports;
	size_t port_count;
	bool external_local; /* externalTrafficPolicy: Local */
	bool internal_local; /* internalTrafficPolicy: Local */
	bool publish_not_ready;
	uint32_t affinity_s;	    /* sessionAffinity ClientIP; 0 = none */
	uint16_t health_check_port; /* healthCheckNodePort; 0 = none */
};

/* --- EndpointSlice ---------------------------------------------------------------------------- */

struct slice_port {
	char *name;
	uint16_t port; /* 0 = none: to be ignored */
	uint8_t protocol;
};

struct slice_endpoint {
	struct ip_addr addr; /* addresses[0]: the others are not used by anyone */
	bool ready, serving, terminating;
	char *node_name;
	char *zone;
	struct names hint_zones, hint_nodes;
};

struct slice_object {
	char *service; /* label kubernetes.io/service-name; "" = of none */
	bool ignored;  /* headless, or addressType FQDN */
	struct slice_port *ports;
	size_t port_count;
	struct slice_endpoint *endpoints;
	size_t endpoint_count;
};

/* --- Pod -------------------------------------------------------------------------------------- */

struct pod_port {
	char *name;
	uint16_t port;
	uint8_t protocol;
};

struct pod_object {
	struct labels labels;
	char *node_name;
	char *uid;
	struct addrs ips; /* status.podIPs; none in a local object without status */
	bool host_network;
	bool ready;	  /* condition Ready; without a status: true */
	bool terminating; /* deletionTimestamp */
	bool finished;	  /* phase Succeeded or Failed: its addresses are nobody's */
	struct pod_port *ports;
	size_t port_count;
};

/* --- Node, Namespace -------------------------------------------------------------------------- */

struct node_object {
	struct labels labels;
	char *zone;		/* label topology.kubernetes.io/zone */
	struct addrs addresses; /* InternalIP first, then ExternalIP */
	struct prefixes pod_cidrs;
	bool deleting; /* deletionTimestamp, or the autoscaler's ToBeDeleted taint */
};

struct namespace_object {
	struct labels labels;
};

/* --- any -------------------------------------------------------------------------------------- */

/* clang-format off */
#define OBJECT_KINDS(X)                            \
	X(SERVICE, "Service", service)             \
	X(SLICE, "EndpointSlice", slice)           \
	X(POD, "Pod", pod)                         \
	X(NODE, "Node", node)                      \
	X(NAMESPACE, "Namespace", namespace_)

enum object_kind {
#define X(name, text, member) OBJECT_##name,
	OBJECT_KINDS(X)
#undef X
	OBJECT_KIND_COUNT
};
/* clang-format on */

struct object {
	enum object_kind kind;
	char *namespace; /* "" for nodes and namespaces */
	char *name;
	union {
		struct service_object service;
		struct slice_object slice;
		struct pod_object pod;
		struct node_object node;
		struct namespace_object namespace_;
	};
};

/* object_free - NULL is fine; for CLEANUP(). object_take hands it over. */
void object_free(struct object **object);

/*
 * object_text - a copy of text for an object; NULL when there is no memory. All empty ones are the
 * same byte, because endpoints have many: nobody but object_free() frees an object's strings.
 */
char *object_text(const char *text);

static inline struct object *object_take(struct object **object)
{
	struct object *taken = *object;

	*object = NULL;
	return taken;
}

const char *object_kind_name(enum object_kind kind);

/* labels_get - the value, or NULL. */
const char *labels_get(const struct labels *labels, const char *key);

/* labels_match - every label of the selector is in labels with that value; an empty one matches
 * nothing (Kubernetes' rule for a Service's selector). */
bool labels_match(const struct labels *selector, const struct labels *labels);
