/* SPDX-License-Identifier: Apache-2.0 */
/* frontends - the addresses and ports that a Service is to be reached at. */
#include "agent/compile/frontends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "byway/ip_text.h"

static bool addrs_have_family(const struct addrs *addrs, enum family family)
{
	for (size_t i = 0; i < addrs->count; i++)
		if (family_of(&addrs->items[i]) == family)
			return true;
	return false;
}

bool service_has_family(const struct cluster_service *service, enum family family)
{
	const struct cluster_slice *slice = service->slices;

	if (!service->host_port)
		return addrs_have_family(&service->object->service.cluster_ips, family);
	for (size_t i = 0; slice && i < slice->endpoint_count; i++)
		if (family_of(&slice->endpoints[i].addr) == family)
			return true;
	return false;
}

bool service_is_served(const struct cluster_service *service)
{
	return service->object && !service->object->service.ignored;
}

/* --- the list, with duplicates ---------------------------------------------------------------- */

struct listing {
	const struct cluster_service *service;
	struct frontend *items;
	size_t count, room;
	size_t left_out;
	size_t port;
	enum family family;
};

static void frontend_add(struct listing *listing, enum frontend_kind kind,
			 const struct ip_addr *addr, uint16_t port)
{
	const struct service_object *service = &listing->service->object->service;

	if (listing->count == listing->room) {
		listing->left_out++;
		return;
	}
	listing->items[listing->count++] = (struct frontend){
		.key = { .addr = *addr,
			 .port = htons(port),
			 .protocol = service->ports[listing->port].protocol },
		.kind = (uint8_t)kind,
		.family = (uint8_t)listing->family,
		.port = listing->port,
	};
}

static void addrs_add(struct listing *listing, enum frontend_kind kind, const struct addrs *addrs)
{
	const struct service_object *service = &listing->service->object->service;

	for (size_t i = 0; i < addrs->count; i++)
		if (family_of(&addrs->items[i]) == listing->family)
			frontend_add(listing, kind, &addrs->items[i],
				     service->ports[listing->port].port);
}

static void port_add(struct listing *listing)
{
	const struct service_object *service = &listing->service->object->service;
	uint16_t node_port = service->ports[listing->port].node_port;
	struct ip_addr any = {};

	if (listing->family == FAMILY_V4)
		any = ip_addr_from_v4(0);
	addrs_add(listing, FRONTEND_CLUSTER, &service->cluster_ips);
	addrs_add(listing, FRONTEND_LOAD_BALANCER, &service->load_balancer_ips);
	addrs_add(listing, FRONTEND_EXTERNAL, &service->external_ips);
	if (node_port)
		frontend_add(listing, FRONTEND_NODE, &any, node_port);
}

/* --- what is wrong ---------------------------------------------------------------------------- */

static void families_check(const struct cluster_service *service, const char *what,
			   const struct addrs *addrs, struct problems *problems)
{
	for (size_t i = 0; i < addrs->count; i++)
		if (!service_has_family(service, family_of(&addrs->items[i])))
			problems_add(problems,
				     "%s %s is left out: the service has no address of its family",
				     what, ip_addr_text(&addrs->items[i]).text);
}

/* The name and protocol are what a slice's port is found by: the second would never be reached. */
static const struct service_port *port_twin(const struct service_object *service, size_t port)
{
	for (size_t i = 0; i < port; i++)
		if (service->ports[i].protocol == service->ports[port].protocol &&
		    !strcmp(service->ports[i].name, service->ports[port].name))
			return &service->ports[i];
	return NULL;
}

static bool port_is_good(const struct service_object *service, size_t port,
			 struct problems *problems)
{
	const struct service_port *twin = port_twin(service, port);

	if (!service->ports[port].port) {
		problems_add(problems, "port '%s' is left out: it has no number",
			     service->ports[port].name);
		return false;
	}
	if (twin)
		problems_add(problems, "port %u is left out: its name '%s' is also that of port %u",
			     service->ports[port].port, service->ports[port].name, twin->port);
	return !twin;
}

/* --- each key once ---------------------------------------------------------------------------- */

static int frontend_compare(const void *a, const void *b)
{
	const struct frontend *x = a, *y = b;
	int order = memcmp(&x->key, &y->key, sizeof(x->key));

	if (order)
		return order;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static int frontend_compare_place(const void *a, const void *b)
{
	const struct frontend *x = a, *y = b;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static void twins_drop(struct listing *listing, struct problems *problems)
{
	const struct service_object *service = &listing->service->object->service;
	size_t kept = 0;

	qsort(listing->items, listing->count, sizeof(*listing->items), frontend_compare);
	for (size_t i = 1; i < listing->count; i++) {
		const struct frontend *first = &listing->items[kept], *next = &listing->items[i];

		if (memcmp(&first->key, &next->key, sizeof(first->key)))
			listing->items[++kept] = *next;
		else if (first->port != next->port)
			problems_add(problems,
				     "%s port %u leads to port '%s': port '%s' is left out there",
				     ip_addr_text(&next->key.addr).text, ntohs(next->key.port),
				     service->ports[first->port].name,
				     service->ports[next->port].name);
	}
	listing->count = kept + 1;
	qsort(listing->items, listing->count, sizeof(*listing->items), frontend_compare_place);
}

static void ports_add(struct listing *listing, struct problems *problems)
{
	const struct cluster_service *service = listing->service;
	const struct service_object *object = &service->object->service;

	families_check(service, "external IP", &object->external_ips, problems);
	families_check(service, "load-balancer IP", &object->load_balancer_ips, problems);
	for (listing->port = 0; listing->port < object->port_count; listing->port++) {
		if (!port_is_good(object, listing->port, problems))
			continue;
		for (listing->family = 0; listing->family < FAMILY_COUNT; listing->family++)
			if (service_has_family(service, listing->family))
				port_add(listing);
	}
	if (listing->left_out)
		problems_add(problems, "%zu of its frontends are left out: at most %d are served",
			     listing->left_out, FRONTENDS_MAX);
}

int frontends_list(const struct cluster_service *service, struct frontends *ret_frontends,
		   struct problems *problems)
{
	struct listing listing = { .service = service };
	const struct service_object *object;
	size_t all;

	*ret_frontends = (struct frontends){};
	if (!service_is_served(service))
		return 0;
	object = &service->object->service;
	all = object->port_count * (object->cluster_ips.count + object->load_balancer_ips.count +
				    object->external_ips.count + FAMILY_COUNT);
	listing.room = all < FRONTENDS_MAX ? all : FRONTENDS_MAX;
	listing.items = calloc(listing.room + 1, sizeof(*listing.items));
	if (!listing.items)
		return -ENOMEM;
	ports_add(&listing, problems);
	if (listing.count)
		twins_drop(&listing, problems);
	*ret_frontends = (struct frontends){ listing.items, listing.count };
	return 0;
}
