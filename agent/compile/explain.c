/* SPDX-License-Identifier: Apache-2.0 */
/* explain - for each endpoint of a service: is it used, and why not. */
#include "agent/compile/explain.h"

#include <errno.h>

#include "agent/compile/candidates.h"
#include "agent/compile/frontends.h"
#include "base/cleanup.h"

const char *backend_use_label(enum backend_use use)
{
	static const char *const labels[] = {
#define X(name, label, text) label,
		BACKEND_USES(X)
#undef X
	};

	return (size_t)use < BACKEND_USE_COUNT ? labels[use] : "?";
}

const char *backend_use_text(enum backend_use use)
{
	static const char *const texts[] = {
#define X(name, label, text) text,
		BACKEND_USES(X)
#undef X
	};

	return (size_t)use < BACKEND_USE_COUNT ? texts[use] : "?";
}

static struct backend_explained explained(const struct service_object *service,
					  const struct service_port *port,
					  const struct candidate *candidate)
{
	enum backend_set inside = service->internal_local ? BACKENDS_LOCAL : BACKENDS_CLUSTER;
	enum backend_set outside = service->external_local ? BACKENDS_LOCAL : BACKENDS_CLUSTER;

	return (struct backend_explained){
		.port = port,
		.addr = candidate->addr,
		.target_port = candidate->port,
		.local = candidate->flags & CANDIDATE_LOCAL,
		.ready = candidate->flags & CANDIDATE_READY,
		.serving = candidate->flags & CANDIDATE_SERVING,
		.terminating = candidate->flags & CANDIDATE_TERMINATING,
		.node = candidate->node,
		.zone = candidate->zone,
		.cluster = candidate->use[BACKENDS_CLUSTER],
		.inside = candidate->use[inside],
		.outside = candidate->use[outside],
	};
}

static int port_explain(const struct cluster *cluster, const struct cluster_service *service,
			const struct service_port *port, explain_fn *tell, void *ctx)
{
	CLEANUP(candidates_done) struct candidates candidates = {};
	int rc = candidates_gather(cluster, service, port, &candidates);

	if (rc)
		return rc;
	candidates_judge(service, &candidates);
	for (size_t i = 0; i < candidates.count && !rc; i++) {
		struct backend_explained each =
			explained(&service->object->service, port, &candidates.items[i]);

		rc = tell(&each, ctx);
	}
	return rc;
}

int service_explain(const struct cluster *cluster, const struct cluster_service *service,
		    explain_fn *tell, void *ctx)
{
	int rc = 0;

	if (!service_is_served(service))
		return 0;
	for (size_t i = 0; i < service->object->service.port_count && !rc; i++)
		rc = port_explain(cluster, service, &service->object->service.ports[i], tell, ctx);
	return rc;
}

/* --- what a health check counts --------------------------------------------------------------- */

struct locals {
	struct addrs addrs;
	size_t room;
};

static bool addr_is_known(const struct addrs *addrs, const struct ip_addr *addr)
{
	for (size_t i = 0; i < addrs->count; i++)
		if (ip_addr_equal(&addrs->items[i], addr))
			return true;
	return false;
}

static int local_count(const struct backend_explained *backend, void *ctx)
{
	struct locals *locals = ctx;
	struct addrs *addrs = &locals->addrs;

	if (!backend->local || !backend->ready || !backend->target_port ||
	    addr_is_known(addrs, &backend->addr))
		return 0;
	if (addrs->count == locals->room) {
		size_t room = locals->room ? locals->room * 2 : 16;
		struct ip_addr *more = realloc(addrs->items, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		addrs->items = more;
		locals->room = room;
	}
	addrs->items[addrs->count++] = backend->addr;
	return 0;
}

int service_local_ready(const struct cluster *cluster, const struct cluster_service *service,
			size_t ret_count[2])
{
	struct locals locals = {};
	size_t count[FAMILY_COUNT] = {};
	int rc = service_explain(cluster, service, local_count, &locals);

	for (size_t i = 0; i < locals.addrs.count; i++)
		count[family_of(&locals.addrs.items[i])]++;
	free(locals.addrs.items);
	if (rc)
		return rc;
	ret_count[FAMILY_V4] = count[FAMILY_V4];
	ret_count[FAMILY_V6] = count[FAMILY_V6];
	return 0;
}
