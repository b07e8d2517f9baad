/* SPDX-License-Identifier: Apache-2.0 */
/* candidates - the endpoints that may stand behind one port of a service. */
#include "agent/compile/candidates.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define FLAG_SAME(name) \
	_Static_assert((int)CANDIDATE_##name == (int)SLICE_##name, "flags are copied")
FLAG_SAME(READY);
FLAG_SAME(SERVING);
FLAG_SAME(TERMINATING);
FLAG_SAME(LOCAL);
FLAG_SAME(HINT_NODES);
FLAG_SAME(HINT_THIS_NODE);

void candidates_done(struct candidates *candidates)
{
	free(candidates->items);
	*candidates = (struct candidates){};
}

static int candidate_add(struct candidates *candidates, const struct candidate *candidate)
{
	if (candidates->count == candidates->room) {
		size_t room = candidates->room ? candidates->room * 2 : 16;
		struct candidate *more = realloc(candidates->items, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		candidates->items = more;
		candidates->room = room;
	}
	candidates->items[candidates->count++] = *candidate;
	return 0;
}

/* --- from slices ------------------------------------------------------------------------------ */

static bool lines_have(const char *lines, const char *word)
{
	size_t size = strlen(word);

	for (const char *line = lines; size && line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, word, size) && (line[size] == '\0' || line[size] == '\n'))
			return true;
	}
	return false;
}

static uint16_t zone_flags(const struct cluster *cluster, uint32_t hint_zones)
{
	if (!hint_zones)
		return 0;
	if (!lines_have(cluster_name(cluster, hint_zones), cluster_zone(cluster)))
		return CANDIDATE_HINT_ZONES;
	return CANDIDATE_HINT_ZONES | CANDIDATE_HINT_THIS_ZONE;
}

static int endpoints_add(const struct cluster *cluster, const struct cluster_slice *slice,
			 uint16_t port, struct candidates *candidates)
{
	for (size_t i = 0; i < slice->endpoint_count; i++) {
		const struct cluster_endpoint *endpoint = &slice->endpoints[i];
		struct candidate candidate = {
			.addr = endpoint->addr,
			.port = port,
			.flags = (uint16_t)(endpoint->flags |
					    zone_flags(cluster, endpoint->hint_zones)),
			.node = cluster_name(cluster, endpoint->node),
			.zone = cluster_name(cluster, endpoint->zone),
		};

		if (candidate_add(candidates, &candidate))
			return -ENOMEM;
	}
	return 0;
}

/* A slice may name the port several times, with several numbers. */
static int slice_add(const struct cluster *cluster, const struct cluster_slice *slice,
		     const struct service_port *port, struct candidates *candidates)
{
	bool found = false;

	for (size_t i = 0; i < slice->port_count; i++) {
		const struct cluster_port *each = &slice->ports[i];

		if (each->protocol != port->protocol ||
		    strcmp(cluster_name(cluster, each->name), port->name))
			continue;
		found = true;
		if (endpoints_add(cluster, slice, each->port, candidates))
			return -ENOMEM;
	}
	return found ? 0 : endpoints_add(cluster, slice, 0, candidates);
}

/* --- from pods -------------------------------------------------------------------------------- */

static uint16_t pod_port(const struct pod_object *pod, const struct service_port *port)
{
	if (!*port->target_name)
		return port->target_port ? port->target_port : port->port;
	for (size_t i = 0; i < pod->port_count; i++)
		if (pod->ports[i].protocol == port->protocol &&
		    !strcmp(pod->ports[i].name, port->target_name))
			return pod->ports[i].port;
	return 0;
}

/* As the cluster's own controller would have written its endpoint. */
static uint16_t pod_flags(const struct service_object *service, const struct pod_object *pod,
			  bool local)
{
	bool ready = service->publish_not_ready || (pod->ready && !pod->terminating);

	return (uint16_t)((ready ? CANDIDATE_READY : 0) | (pod->ready ? CANDIDATE_SERVING : 0) |
			  (pod->terminating ? CANDIDATE_TERMINATING : 0) |
			  (local ? CANDIDATE_LOCAL : 0));
}

static int pod_add(const struct cluster *cluster, const struct cluster_service *service,
		   const struct service_port *port, const struct cluster_pod *pod,
		   struct candidates *candidates)
{
	const struct service_object *object = &service->object->service;
	bool local;
	struct addrs ips = cluster_pod_ips(cluster, pod, &local);

	for (size_t i = 0; i < ips.count; i++) {
		struct candidate candidate = {
			.addr = ips.items[i],
			.port = pod_port(&pod->object->pod, port),
			.flags = pod_flags(object, &pod->object->pod, local),
			.node = pod->object->pod.node_name,
			.zone = "",
		};

		if (candidate_add(candidates, &candidate))
			return -ENOMEM;
	}
	return 0;
}

static int pods_add(const struct cluster *cluster, const struct cluster_service *service,
		    const struct service_port *port, struct candidates *candidates)
{
	for (const struct cluster_pod *pod = cluster_pods(service); pod; pod = pod->next) {
		const struct pod_object *object = &pod->object->pod;

		if (object->finished ||
		    !labels_match(&service->object->service.selector, &object->labels))
			continue;
		if (pod_add(cluster, service, port, pod, candidates))
			return -ENOMEM;
	}
	return 0;
}

/* --- each once -------------------------------------------------------------------------------- */

static int rank(const struct candidate *candidate)
{
	return (candidate->flags & CANDIDATE_TERMINATING ? 0 : 8) +
	       (candidate->flags & CANDIDATE_READY ? 4 : 0) +
	       (candidate->flags & CANDIDATE_SERVING ? 2 : 0) +
	       (candidate->flags & CANDIDATE_LOCAL ? 1 : 0);
}

static int place_compare(const struct candidate *x, const struct candidate *y)
{
	bool x_v6 = !ip_addr_is_v4(&x->addr), y_v6 = !ip_addr_is_v4(&y->addr);

	if (x_v6 != y_v6)
		return x_v6 - y_v6;
	return memcmp(&x->addr, &y->addr, sizeof(x->addr));
}

/* qsort keeps no order among equals, so the place in memory is no criterion: node and zone are. */
static int candidate_compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = place_compare(x, y);

	if (order)
		return order;
	if (x->port != y->port)
		return x->port < y->port ? 1 : -1;
	if (rank(x) != rank(y))
		return rank(y) - rank(x);
	if (x->flags != y->flags)
		return x->flags < y->flags ? 1 : -1;
	order = strcmp(x->node, y->node);
	return order ? order : strcmp(x->zone, y->zone);
}

/* One that has no such port in one slice and has it in another has it. */
static void twins_drop(struct candidates *candidates)
{
	size_t kept = 0;

	if (!candidates->count)
		return;
	qsort(candidates->items, candidates->count, sizeof(*candidates->items), candidate_compare);
	for (size_t i = 1; i < candidates->count; i++) {
		const struct candidate *last = &candidates->items[kept];
		const struct candidate *next = &candidates->items[i];

		if (place_compare(last, next) || (next->port && next->port != last->port))
			candidates->items[++kept] = *next;
	}
	candidates->count = kept + 1;
}

int candidates_gather(const struct cluster *cluster, const struct cluster_service *service,
		      const struct service_port *port, struct candidates *ret_candidates)
{
	CLEANUP(candidates_done) struct candidates candidates = {};
	int rc = 0;

	for (const struct cluster_slice *each = service->slices; each && !rc; each = each->next)
		rc = slice_add(cluster, each, port, &candidates);
	if (!rc)
		rc = pods_add(cluster, service, port, &candidates);
	if (rc)
		return rc;
	twins_drop(&candidates);
	*ret_candidates = candidates;
	candidates = (struct candidates){};
	return 0;
}
