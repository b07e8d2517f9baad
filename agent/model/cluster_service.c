/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_service - services, which of them have changed, and host ports in a service's shape. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "agent/model/cluster_state.h"
#include "base/cleanup.h"

struct cluster_service *cluster_service_find(const struct cluster *cluster, const char *key)
{
	struct cluster_service *service;

	HASH_FIND_STR(cluster->services, key, service);
	return service;
}

struct cluster_service *cluster_services(const struct cluster *cluster)
{
	return cluster->services;
}

struct cluster_service *service_reach(struct cluster *cluster, const char *key)
{
	struct cluster_service *service = cluster_service_find(cluster, key);

	if (service)
		return service;
	service = calloc(1, sizeof(*service) + strlen(key) + 1);
	if (!service)
		return NULL;
	strcpy(service->key, key);
	HASH_ADD_STR(cluster->services, key, service);
	return service;
}

void service_free(struct cluster_service *service)
{
	object_free(&service->object);
	free(service);
}

static bool service_selects(const struct cluster_service *service)
{
	return service->object && !service->host_port && !service->slices &&
	       !service->object->service.ignored && service->object->service.selector.count;
}

/* A service that selects pods stands in its namespace's list, where a pod's change finds it. */
static void selecting_update(struct cluster *cluster, struct cluster_service *service)
{
	bool selects = service_selects(service);
	struct cluster_space *space = service->space;

	if (selects && !space) {
		space = space_reach(cluster, service->object->namespace);
		if (!space)
			return;
		DL_APPEND2(space->selecting, service, selecting_prev, selecting_next);
		service->space = space;
	} else if (!selects && space) {
		DL_DELETE2(space->selecting, service, selecting_prev, selecting_next);
		service->space = NULL;
		space_settle(cluster, space);
	}
}

void service_settle(struct cluster *cluster, struct cluster_service *service)
{
	selecting_update(cluster, service);
	if (service->object || service->slices || service->dirty)
		return;
	HASH_DEL(cluster->services, service);
	if (cluster->leaving)
		service_free(cluster->leaving);
	cluster->leaving = service;
}

void cluster_dirty_mark(struct cluster *cluster, struct cluster_service *service)
{
	if (service->dirty)
		return;
	service->dirty = true;
	DL_APPEND2(cluster->dirty, service, dirty_prev, dirty_next);
}

struct cluster_service *cluster_dirty_next(struct cluster *cluster)
{
	struct cluster_service *service = cluster->dirty;

	if (!service)
		return NULL;
	DL_DELETE2(cluster->dirty, service, dirty_prev, dirty_next);
	service->dirty = false;
	service_settle(cluster, service);
	return service;
}

static void object_replace(struct cluster *cluster, struct cluster_service *service,
			   struct object *object)
{
	cluster->service_count +=
		!service->host_port * ((object != NULL) - (service->object != NULL));
	object_free(&service->object);
	service->object = object;
	cluster_dirty_mark(cluster, service);
	service_settle(cluster, service);
}

int service_put(struct cluster *cluster, const char *key, struct object *object, struct error *err)
{
	struct cluster_service *service = service_reach(cluster, key);

	if (!service) {
		object_free(&object);
		return error_set(err, -ENOMEM, "remember Service %s", key);
	}
	object_replace(cluster, service, object);
	return 0;
}

void service_gone(struct cluster *cluster, const char *key)
{
	struct cluster_service *service = cluster_service_find(cluster, key);

	if (service && service->object)
		object_replace(cluster, service, NULL);
}

/* --- host ports ------------------------------------------------------------------------------- */

static bool addr_is_given(const struct ip_addr *addr)
{
	static const struct ip_addr unspecified;
	const struct ip_addr unspecified_v4 = ip_addr_from_v4(0);

	return !ip_addr_equal(addr, &unspecified) && !ip_addr_equal(addr, &unspecified_v4);
}

/* The Service that somebody would have written for it. */
static struct object *host_port_object(const struct host_port *port)
{
	CLEANUP(object_free) struct object *object = calloc(1, sizeof(*object));
	struct service_object *service;

	if (!object)
		return NULL;
	object->kind = OBJECT_SERVICE;
	object->namespace = object_text("");
	object->name = object_text(port->label);
	service = &object->service;
	service->ports = calloc(1, sizeof(*service->ports));
	if (!service->ports)
		return NULL;
	service->port_count = 1;
	service->ports[0].name = object_text("");
	service->ports[0].target_name = object_text("");
	service->ports[0].port = port->host_port;
	service->ports[0].protocol = port->protocol;
	if (addr_is_given(&port->host_ip)) {
		service->external_ips.items = malloc(sizeof(struct ip_addr));
		if (!service->external_ips.items)
			return NULL;
		service->external_ips.items[0] = port->host_ip;
		service->external_ips.count = 1;
	} else {
		service->ports[0].node_port = port->host_port;
	}
	return object_take(&object);
}

static struct cluster_slice *host_port_slice(struct cluster *cluster, const char *key,
					     const struct host_port *port)
{
	static char nothing[1];
	struct slice_port slice_port = { .name = nothing,
					 .port = port->pod_port,
					 .protocol = port->protocol };
	struct slice_endpoint endpoints[2] = {};
	struct slice_object slice = { .service = nothing,
				      .ports = &slice_port,
				      .port_count = 1,
				      .endpoints = endpoints,
				      .endpoint_count = port->pod_count };
	struct cluster_slice *made;

	for (size_t i = 0; i < port->pod_count; i++)
		endpoints[i] = (struct slice_endpoint){ .addr = port->pod[i],
							.ready = true,
							.serving = true,
							.node_name = cluster->node,
							.zone = nothing };
	made = slice_new(cluster, key, &slice);
	/* Also where the node has no name. */
	for (size_t i = 0; made && i < port->pod_count; i++)
		made->endpoints[i].flags |= SLICE_LOCAL;
	return made;
}

int cluster_host_port_put(struct cluster *cluster, const char *key, const struct host_port *port,
			  struct error *err)
{
	CLEANUP(object_free) struct object *object = NULL;
	struct cluster_service *service;
	struct cluster_slice *slice;

	if (strchr(key, '/') || strlen(key) >= CLUSTER_KEY_SIZE)
		return error_say(err, -EINVAL, "host port '%.64s': not a key", key);
	if (!port->host_port || !port->pod_port || !port->pod_count || port->pod_count > 2)
		return error_say(err, -EINVAL, "host port %s: port or address is missing", key);
	cluster_host_port_gone(cluster, key);
	object = host_port_object(port);
	slice = object ? host_port_slice(cluster, key, port) : NULL;
	service = slice ? service_reach(cluster, key) : NULL;
	if (!service) {
		if (slice)
			slice_free(cluster, slice);
		return error_set(err, -ENOMEM, "remember host port %s", key);
	}
	service->host_port = true;
	slice_join(service, slice);
	object_replace(cluster, service, object_take(&object));
	return 0;
}

void cluster_host_port_gone(struct cluster *cluster, const char *key)
{
	struct cluster_service *service = cluster_service_find(cluster, key);

	if (!service || !service->host_port)
		return;
	if (service->slices)
		slice_free(cluster, service->slices);
	service->slices = NULL;
	object_replace(cluster, service, NULL);
}
