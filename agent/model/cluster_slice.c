/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_slice - EndpointSlices in little: one piece of memory each, names by number. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/model/cluster_state.h"
#include "base/cleanup.h"

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; *name && i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return true;
	return false;
}

/* A line a name. */
static uint32_t lines_hold(struct name_table *table, const struct names *names)
{
	size_t size = 1;
	CLEANUP(str_free) char *lines = NULL;
	char *end;

	if (names->count == 1)
		return name_hold(table, names->items[0]);
	for (size_t i = 0; i < names->count; i++)
		size += strlen(names->items[i]) + 1;
	lines = end = malloc(size);
	if (!lines)
		return 0;
	*lines = '\0';
	for (size_t i = 0; i < names->count; i++) {
		if (i)
			*end++ = '\n';
		end = stpcpy(end, names->items[i]);
	}
	return name_hold(table, lines);
}

static uint32_t endpoint_flags(const struct cluster *cluster, const struct slice_endpoint *endpoint)
{
	bool local = *cluster->node && !strcmp(endpoint->node_name, cluster->node);

	return (endpoint->ready ? SLICE_READY : 0) | (endpoint->serving ? SLICE_SERVING : 0) |
	       (endpoint->terminating ? SLICE_TERMINATING : 0) | (local ? SLICE_LOCAL : 0) |
	       (endpoint->hint_nodes.count ? SLICE_HINT_NODES : 0) |
	       (names_have(&endpoint->hint_nodes, cluster->node) ? SLICE_HINT_THIS_NODE : 0);
}

static void endpoint_fill(struct cluster *cluster, struct cluster_slice *slice, size_t i,
			  const struct slice_endpoint *endpoint)
{
	slice->endpoints[i] = (struct cluster_endpoint){
		.addr = endpoint->addr,
		.node = name_hold(&cluster->names, endpoint->node_name),
		.zone = name_hold(&cluster->names, endpoint->zone),
		.hint_zones = lines_hold(&cluster->names, &endpoint->hint_zones),
		.flags = endpoint_flags(cluster, endpoint),
	};
	slice->has_zone_hints |= slice->endpoints[i].hint_zones != 0;
}

static uint16_t numbered_ports(const struct slice_object *object)
{
	size_t count = 0;

	for (size_t i = 0; i < object->port_count; i++)
		count += object->ports[i].port != 0;
	return (uint16_t)(count < UINT16_MAX ? count : UINT16_MAX);
}

struct cluster_slice *slice_new(struct cluster *cluster, const char *key,
				const struct slice_object *object)
{
	uint16_t ports = numbered_ports(object);
	size_t endpoints_size = object->endpoint_count * sizeof(struct cluster_endpoint);
	size_t ports_size = ports * sizeof(struct cluster_port);
	struct cluster_slice *slice;

	slice = calloc(1, sizeof(*slice) + endpoints_size + ports_size + strlen(key) + 1);
	if (!slice)
		return NULL;
	slice->endpoints = (struct cluster_endpoint *)(slice + 1);
	slice->ports = (struct cluster_port *)(slice->endpoints + object->endpoint_count);
	slice->key = strcpy((char *)(slice->ports + ports), key);
	slice->endpoint_count = (uint32_t)object->endpoint_count;
	for (size_t i = 0; i < object->endpoint_count; i++)
		endpoint_fill(cluster, slice, i, &object->endpoints[i]);
	for (size_t i = 0; i < object->port_count && slice->port_count < ports; i++)
		if (object->ports[i].port)
			slice->ports[slice->port_count++] = (struct cluster_port){
				.name = name_hold(&cluster->names, object->ports[i].name),
				.port = object->ports[i].port,
				.protocol = object->ports[i].protocol,
			};
	cluster->endpoint_count += object->endpoint_count;
	return slice;
}

void slice_free(struct cluster *cluster, struct cluster_slice *slice)
{
	for (size_t i = 0; i < slice->endpoint_count; i++) {
		name_drop(&cluster->names, slice->endpoints[i].node);
		name_drop(&cluster->names, slice->endpoints[i].zone);
		name_drop(&cluster->names, slice->endpoints[i].hint_zones);
	}
	for (size_t i = 0; i < slice->port_count; i++)
		name_drop(&cluster->names, slice->ports[i].name);
	cluster->endpoint_count -= slice->endpoint_count;
	free(slice);
}

/* By key, so that what is made of them does not depend on the order in which they came. */
void slice_join(struct cluster_service *service, struct cluster_slice *slice)
{
	struct cluster_slice **place = &service->slices;

	while (*place && strcmp((*place)->key, slice->key) < 0)
		place = &(*place)->next;
	slice->next = *place;
	*place = slice;
	slice->service = service;
}

static void slice_part(struct cluster *cluster, struct cluster_slice *slice)
{
	struct cluster_service *service = slice->service;
	struct cluster_slice **place = &service->slices;

	while (*place != slice)
		place = &(*place)->next;
	*place = slice->next;
	cluster_dirty_mark(cluster, service);
	service_settle(cluster, service);
}

void slice_gone(struct cluster *cluster, const char *key)
{
	struct cluster_slice *slice;

	HASH_FIND_STR(cluster->slices, key, slice);
	if (!slice)
		return;
	HASH_DEL(cluster->slices, slice);
	slice_part(cluster, slice);
	slice_free(cluster, slice);
}

static struct cluster_service *service_of(struct cluster *cluster, const char *key,
					  const struct slice_object *object)
{
	char service_key[CLUSTER_KEY_SIZE];
	size_t space = (size_t)(strchr(key, '/') - key);
	int used = snprintf(service_key, sizeof(service_key), "%.*s/%s", (int)space, key,
			    object->service);

	return used < (int)sizeof(service_key) ? service_reach(cluster, service_key) : NULL;
}

int slice_put(struct cluster *cluster, const char *key, const struct slice_object *object,
	      struct error *err)
{
	struct cluster_service *service;
	struct cluster_slice *slice;

	if (object->ignored || !*object->service) {
		slice_gone(cluster, key);
		return 0;
	}
	slice = slice_new(cluster, key, object);
	if (!slice)
		return error_set(err, -ENOMEM, "remember EndpointSlice %s", key);
	slice_gone(cluster, key);
	service = service_of(cluster, key, object);
	if (!service) {
		slice_free(cluster, slice);
		return error_say(err, -EINVAL, "EndpointSlice %s: cannot be joined to its service",
				 key);
	}
	slice_join(service, slice);
	HASH_ADD_KEYPTR(hh, cluster->slices, slice->key, strlen(slice->key), slice);
	cluster_dirty_mark(cluster, service);
	service_settle(cluster, service);
	return 0;
}
