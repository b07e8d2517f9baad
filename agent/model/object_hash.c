/* SPDX-License-Identifier: Apache-2.0 */
/* object_hash - one number for the whole content of an object. */
#include "agent/model/object_hash.h"

#include <string.h>

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
#define HASH_BEGIN 0xcbf29ce484222325
#define HASH_PRIME 0x100000001b3

static void bytes_mix(uint64_t *hash, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		*hash = (*hash ^ at[i]) * HASH_PRIME;
}

static void number_mix(uint64_t *hash, uint64_t number)
{
	bytes_mix(hash, &number, sizeof(number));
}

/* With its NUL, so that the border between two texts counts. */
static void text_mix(uint64_t *hash, const char *text)
{
	bytes_mix(hash, text, strlen(text) + 1);
}

static void labels_mix(uint64_t *hash, const struct labels *labels)
{
	number_mix(hash, labels->count);
	for (size_t i = 0; i < labels->count; i++) {
		text_mix(hash, labels->items[i].key);
		text_mix(hash, labels->items[i].value);
	}
}

static void addrs_mix(uint64_t *hash, const struct addrs *addrs)
{
	number_mix(hash, addrs->count);
	for (size_t i = 0; i < addrs->count; i++)
		bytes_mix(hash, &addrs->items[i], sizeof(addrs->items[i]));
}

static void prefixes_mix(uint64_t *hash, const struct prefixes *prefixes)
{
	number_mix(hash, prefixes->count);
	for (size_t i = 0; i < prefixes->count; i++) {
		bytes_mix(hash, &prefixes->items[i].addr, sizeof(prefixes->items[i].addr));
		number_mix(hash, prefixes->items[i].length);
	}
}

static void names_mix(uint64_t *hash, const struct names *names)
{
	number_mix(hash, names->count);
	for (size_t i = 0; i < names->count; i++)
		text_mix(hash, names->items[i]);
}

static void service_mix(uint64_t *hash, const struct service_object *service)
{
	number_mix(hash, service->ignored);
	labels_mix(hash, &service->selector);
	addrs_mix(hash, &service->cluster_ips);
	addrs_mix(hash, &service->external_ips);
	addrs_mix(hash, &service->load_balancer_ips);
	prefixes_mix(hash, &service->source_ranges);
	number_mix(hash, service->port_count);
	for (size_t i = 0; i < service->port_count; i++) {
		const struct service_port *port = &service->ports[i];

		text_mix(hash, port->name);
		number_mix(hash, port->port);
		number_mix(hash, port->node_port);
		number_mix(hash, port->protocol);
		text_mix(hash, port->target_name);
		number_mix(hash, port->target_port);
	}
	number_mix(hash, service->external_local);
	number_mix(hash, service->internal_local);
	number_mix(hash, service->publish_not_ready);
	number_mix(hash, service->affinity_s);
	number_mix(hash, service->health_check_port);
}

static void endpoint_mix(uint64_t *hash, const struct slice_endpoint *endpoint)
{
	bytes_mix(hash, &endpoint->addr, sizeof(endpoint->addr));
	number_mix(hash, endpoint->ready);
	number_mix(hash, endpoint->serving);
	number_mix(hash, endpoint->terminating);
	text_mix(hash, endpoint->node_name);
	text_mix(hash, endpoint->zone);
	names_mix(hash, &endpoint->hint_zones);
	names_mix(hash, &endpoint->hint_nodes);
}

static void slice_mix(uint64_t *hash, const struct slice_object *slice)
{
	text_mix(hash, slice->service);
	number_mix(hash, slice->ignored);
	number_mix(hash, slice->port_count);
	for (size_t i = 0; i < slice->port_count; i++) {
		text_mix(hash, slice->ports[i].name);
		number_mix(hash, slice->ports[i].port);
		number_mix(hash, slice->ports[i].protocol);
	}
	number_mix(hash, slice->endpoint_count);
	for (size_t i = 0; i < slice->endpoint_count; i++)
		endpoint_mix(hash, &slice->endpoints[i]);
}

static void pod_mix(uint64_t *hash, const struct pod_object *pod)
{
	labels_mix(hash, &pod->labels);
	text_mix(hash, pod->node_name);
	text_mix(hash, pod->uid);
	addrs_mix(hash, &pod->ips);
	number_mix(hash, pod->host_network);
	number_mix(hash, pod->ready);
	number_mix(hash, pod->terminating);
	number_mix(hash, pod->finished);
	number_mix(hash, pod->port_count);
	for (size_t i = 0; i < pod->port_count; i++) {
		text_mix(hash, pod->ports[i].name);
		number_mix(hash, pod->ports[i].port);
		number_mix(hash, pod->ports[i].protocol);
	}
}

static void node_mix(uint64_t *hash, const struct node_object *node)
{
	labels_mix(hash, &node->labels);
	text_mix(hash, node->zone);
	addrs_mix(hash, &node->addresses);
	prefixes_mix(hash, &node->pod_cidrs);
	number_mix(hash, node->deleting);
}

static void namespace__mix(uint64_t *hash, const struct namespace_object *namespace)
{
	labels_mix(hash, &namespace->labels);
}

uint64_t object_hash(const struct object *object)
{
	uint64_t hash = HASH_BEGIN;

	number_mix(&hash, object->kind);
	text_mix(&hash, object->namespace);
	text_mix(&hash, object->name);
	switch (object->kind) {
#define X(name, text, member)                         \
	case OBJECT_##name:                           \
		member##_mix(&hash, &object->member); \
		break;
		OBJECT_KINDS(X)
#undef X
	case OBJECT_KIND_COUNT:
		break;
	}
	return hash;
}
