/* SPDX-License-Identifier: Apache-2.0 */
/* objects - objects made by hand for tests, as the decoder would have made them. */
#pragma once

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "agent/model/objects.h"

static inline struct object *object_make(enum object_kind kind, const char *namespace,
					 const char *name)
{
	struct object *object = calloc(1, sizeof(*object));

	object->kind = kind;
	object->namespace = object_text(namespace);
	object->name = object_text(name);
	if (kind == OBJECT_SLICE)
		object->slice.service = object_text("");
	if (kind == OBJECT_POD) {
		object->pod.node_name = object_text("");
		object->pod.uid = object_text("");
		object->pod.ready = true;
	}
	if (kind == OBJECT_NODE)
		object->node.zone = object_text("");
	return object;
}

/* Room for one more item, which is zero. */
static inline void *list_push(void *items, size_t *count, size_t size)
{
	void **list = items;
	char *more = realloc(*list, (*count + 1) * size);

	*list = more;
	return memset(more + size * (*count)++, 0, size);
}
#define LIST_PUSH(items, count) list_push(&(items), &(count), sizeof(*(items)))

static inline void addr_push(struct addrs *addrs, struct ip_addr addr)
{
	*(struct ip_addr *)LIST_PUSH(addrs->items, addrs->count) = addr;
}

static inline struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr = {};

	if (!ip_addr_parse(text, &addr))
		abort();
	return addr;
}

static inline void prefix_push(struct prefixes *prefixes, const char *text)
{
	struct ip_prefix prefix;

	if (!ip_prefix_parse(text, &prefix))
		abort();
	*(struct ip_prefix *)LIST_PUSH(prefixes->items, prefixes->count) = prefix;
}

static inline void name_push(struct names *names, const char *name)
{
	*(char **)LIST_PUSH(names->items, names->count) = object_text(name);
}

static inline void label_push(struct labels *labels, const char *key, const char *value)
{
	struct label *label = LIST_PUSH(labels->items, labels->count);

	label->key = object_text(key);
	label->value = object_text(value);
}

static inline struct service_port *service_port_push(struct object *service, const char *name,
						     uint16_t number, uint8_t protocol)
{
	struct service_port *port = LIST_PUSH(service->service.ports, service->service.port_count);

	port->name = object_text(name);
	port->target_name = object_text("");
	port->port = number;
	port->protocol = protocol;
	return port;
}

static inline void slice_of(struct object *slice, const char *service)
{
	slice->slice.service = object_text(service);
}

static inline void slice_port_push(struct object *slice, const char *name, uint16_t number,
				   uint8_t protocol)
{
	struct slice_port *port = LIST_PUSH(slice->slice.ports, slice->slice.port_count);

	port->name = object_text(name);
	port->port = number;
	port->protocol = protocol;
}

static inline struct slice_endpoint *endpoint_push(struct object *slice, struct ip_addr addr,
						   const char *node)
{
	struct slice_endpoint *endpoint =
		LIST_PUSH(slice->slice.endpoints, slice->slice.endpoint_count);

	endpoint->addr = addr;
	endpoint->node_name = object_text(node);
	endpoint->zone = object_text("");
	endpoint->ready = endpoint->serving = true;
	return endpoint;
}

static inline void pod_port_push(struct object *pod, const char *name, uint16_t number,
				 uint8_t protocol)
{
	struct pod_port *port = LIST_PUSH(pod->pod.ports, pod->pod.port_count);

	port->name = object_text(name);
	port->port = number;
	port->protocol = protocol;
}
