/* SPDX-License-Identifier: Apache-2.0 */
/* explain - for each endpoint of a service: is it used, and why not. */
#pragma once

#include "agent/model/cluster.h"
#include "byway/service.h"

/* X(NAME, label, sentence) */
/* clang-format off */
#define BACKEND_USES(X)                                                                           \
	X(USED, "used", "takes new connections")                                                  \
	X(FALLBACK, "fallback", "terminating, used because no backend is ready")                  \
	X(DRAINING, "draining", "terminating: keeps what it has, takes nothing new")              \
	X(NOT_READY, "not-ready", "not ready")                                                    \
	X(NOT_SERVING, "not-serving", "terminating, and does not serve any more")                 \
	X(OTHER_NODE, "other-node", "on another node, and the traffic policy is Local")           \
	X(HINTED_NODE, "hinted-elsewhere", "hints keep this node's traffic on this node")         \
	X(HINTED_ZONE, "other-zone", "its hints are for other zones than this node's")            \
	X(WRONG_FAMILY, "wrong-family", "the service has no address of its family")               \
	X(NO_PORT, "no-port", "has no port of that name and protocol")

enum backend_use {
#define X(name, label, text) BACKEND_USE_##name,
	BACKEND_USES(X)
#undef X
	BACKEND_USE_COUNT
};
/* clang-format on */

const char *backend_use_label(enum backend_use use);
const char *backend_use_text(enum backend_use use);

struct backend_explained {
	const struct service_port *port; /* which of the service */
	struct ip_addr addr;
	uint16_t target_port; /* host byte order; 0: NO_PORT */
	bool local, ready, serving, terminating;
	const char *node, *zone;  /* "" = not known */
	enum backend_use cluster; /* where all nodes may serve */
	enum backend_use inside;  /* as pods of this node see it, through a cluster IP */
	enum backend_use outside; /* as others see it, through external addresses */
};

/*
 * service_explain - each endpoint of each port, ordered by port, family, address. Not 0 from tell
 * ends it. -ENOMEM when there is no memory.
 */
typedef int explain_fn(const struct backend_explained *backend, void *ctx);
int service_explain(const struct cluster *cluster, const struct cluster_service *service,
		    explain_fn *tell, void *ctx);

/*
 * service_local_ready - how many ready backends this node has, by family (0: IPv4, 1: IPv6): what a
 * health check is told. The same address behind several ports counts once.
 */
int service_local_ready(const struct cluster *cluster, const struct cluster_service *service,
			size_t ret_count[2]);
