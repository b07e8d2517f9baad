/* SPDX-License-Identifier: Apache-2.0 */
/* objects - what all parts do with objects: free them, name their kinds, match labels. */
#include "agent/model/objects.h"

#include <stdlib.h>
#include <string.h>

static char empty[1];

char *object_text(const char *text)
{
	return *text ? strdup(text) : empty;
}

static void text_free(char *text)
{
	if (text != empty)
		free(text);
}

static void labels_done(struct labels *labels)
{
	for (size_t i = 0; i < labels->count; i++) {
		text_free(labels->items[i].key);
		text_free(labels->items[i].value);
	}
	free(labels->items);
}

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		text_free(names->items[i]);
	free(names->items);
}

static void service_done(struct service_object *service)
{
	for (size_t i = 0; i < service->port_count; i++) {
		text_free(service->ports[i].name);
		text_free(service->ports[i].target_name);
	}
	free(service->ports);
	labels_done(&service->selector);
	free(service->cluster_ips.items);
	free(service->external_ips.items);
	free(service->load_balancer_ips.items);
	free(service->source_ranges.items);
}

static void slice_done(struct slice_object *slice)
{
	for (size_t i = 0; i < slice->port_count; i++)
		text_free(slice->ports[i].name);
	free(slice->ports);
	for (size_t i = 0; i < slice->endpoint_count; i++) {
		text_free(slice->endpoints[i].node_name);
		text_free(slice->endpoints[i].zone);
		names_done(&slice->endpoints[i].hint_zones);
		names_done(&slice->endpoints[i].hint_nodes);
	}
	free(slice->endpoints);
	text_free(slice->service);
}

static void pod_done(struct pod_object *pod)
{
	for (size_t i = 0; i < pod->port_count; i++)
		text_free(pod->ports[i].name);
	free(pod->ports);
	labels_done(&pod->labels);
	text_free(pod->node_name);
	text_free(pod->uid);
	free(pod->ips.items);
}

static void node_done(struct node_object *node)
{
	labels_done(&node->labels);
	text_free(node->zone);
	free(node->addresses.items);
	free(node->pod_cidrs.items);
}

static void namespace__done(struct namespace_object *namespace)
{
	labels_done(&namespace->labels);
}

void object_free(struct object **object)
{
	struct object *doomed = object_take(object);

	if (!doomed)
		return;
	switch (doomed->kind) {
#define X(name, text, member)                   \
	case OBJECT_##name:                     \
		member##_done(&doomed->member); \
		break;
		OBJECT_KINDS(X)
#undef X
	case OBJECT_KIND_COUNT:
		break;
	}
	text_free(doomed->namespace);
	text_free(doomed->name);
	free(doomed);
}

const char *object_kind_name(enum object_kind kind)
{
	static const char *const names[] = {
#define X(name, text, member) [OBJECT_##name] = (text),
		OBJECT_KINDS(X)
#undef X
	};

	return (size_t)kind < OBJECT_KIND_COUNT ? names[kind] : "object";
}

const char *labels_get(const struct labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->count; i++)
		if (!strcmp(labels->items[i].key, key))
			return labels->items[i].value;
	return NULL;
}

bool labels_match(const struct labels *selector, const struct labels *labels)
{
	for (size_t i = 0; i < selector->count; i++) {
		const char *value = labels_get(labels, selector->items[i].key);

		if (!value || strcmp(value, selector->items[i].value))
			return false;
	}
	return selector->count > 0;
}
