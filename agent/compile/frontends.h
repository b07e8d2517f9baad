/* SPDX-License-Identifier: Apache-2.0 */
/* frontends - the addresses and ports that a Service is to be reached at. */
#pragma once

#include <stdbool.h>

#include "agent/compile/problems.h"
#include "agent/model/cluster.h"
#include "byway/service.h"

enum family { FAMILY_V4, FAMILY_V6, FAMILY_COUNT };

static inline enum family family_of(const struct ip_addr *addr)
{
	return ip_addr_is_v4(addr) ? FAMILY_V4 : FAMILY_V6;
}

/* When one address is several of them, the first counts: a guard must not be passed by. */
enum frontend_kind { FRONTEND_CLUSTER, FRONTEND_LOAD_BALANCER, FRONTEND_EXTERNAL, FRONTEND_NODE };

struct frontend {
	struct service_key key;
	uint8_t kind;	/* enum frontend_kind */
	uint8_t family; /* enum family */
	bool lost;	/* another service has it (frontend_claims.h) */
	size_t port;	/* index into the Service's ports */
};

/* Of one Service: ports times addresses. */
#define FRONTENDS_MAX 16384

struct frontends {
	struct frontend *items;
	size_t count;
};

/* service_has_family - by its cluster IPs; a host port by the addresses of its pod. */
bool service_has_family(const struct cluster_service *service, enum family family);

/* service_is_served - it has an object, and that is none of those that are left alone. */
bool service_is_served(const struct cluster_service *service);

/*
 * frontends_list - each key once, by port, family and kind; none of a service that is not served.
 * The caller frees ret_frontends->items. Problems are added.
 */
int frontends_list(const struct cluster_service *service, struct frontends *ret_frontends,
		   struct problems *problems);
