/* SPDX-License-Identifier: Apache-2.0 */
/* described - decoded objects in words, so that a row can say what it expects. */
#pragma once

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/model/objects.h"

#define DESCRIBED_SIZE 4096

static inline const char *described_protocol(uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? "TCP" : protocol == IPPROTO_UDP ? "UDP" : "SCTP";
}

static inline void described_addrs(FILE *out, const char *what, const struct addrs *addrs)
{
	for (size_t i = 0; i < addrs->count; i++)
		fprintf(out, "%s %s\n", what, ip_addr_text(&addrs->items[i]).text);
}

static inline void described_prefixes(FILE *out, const char *what, const struct prefixes *prefixes)
{
	for (size_t i = 0; i < prefixes->count; i++)
		fprintf(out, "%s %s\n", what, ip_prefix_text(&prefixes->items[i]).text);
}

static inline void described_labels(FILE *out, const char *what, const struct labels *labels)
{
	for (size_t i = 0; i < labels->count; i++)
		fprintf(out, "%s %s=%s\n", what, labels->items[i].key, labels->items[i].value);
}

static inline void described_names(FILE *out, const char *what, const struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		fprintf(out, " %s=%s", what, names->items[i]);
}

static inline void described_flag(FILE *out, const char *what, bool is)
{
	if (is)
		fprintf(out, "%s\n", what);
}

static inline void described_service(FILE *out, const struct service_object *service)
{
	described_flag(out, "ignored", service->ignored);
	described_labels(out, "selects", &service->selector);
	described_addrs(out, "cluster", &service->cluster_ips);
	described_addrs(out, "external", &service->external_ips);
	described_addrs(out, "balancer", &service->load_balancer_ips);
	described_prefixes(out, "from", &service->source_ranges);
	for (size_t i = 0; i < service->port_count; i++) {
		const struct service_port *port = &service->ports[i];

		fprintf(out, "port '%s' %u/%s node %u target '%s' %u\n", port->name, port->port,
			described_protocol(port->protocol), port->node_port, port->target_name,
			port->target_port);
	}
	described_flag(out, "external local", service->external_local);
	described_flag(out, "internal local", service->internal_local);
	described_flag(out, "not ready too", service->publish_not_ready);
	if (service->affinity_s)
		fprintf(out, "affinity %u\n", service->affinity_s);
	if (service->health_check_port)
		fprintf(out, "health %u\n", service->health_check_port);
}

static inline void described_slice(FILE *out, const struct slice_object *slice)
{
	fprintf(out, "of '%s'\n", slice->service);
	described_flag(out, "ignored", slice->ignored);
	for (size_t i = 0; i < slice->port_count; i++)
		fprintf(out, "port '%s' %u/%s\n", slice->ports[i].name, slice->ports[i].port,
			described_protocol(slice->ports[i].protocol));
	for (size_t i = 0; i < slice->endpoint_count; i++) {
		const struct slice_endpoint *endpoint = &slice->endpoints[i];

		fprintf(out, "%s%s%s%s on '%s' in '%s'", ip_addr_text(&endpoint->addr).text,
			endpoint->ready ? " ready" : "", endpoint->serving ? " serving" : "",
			endpoint->terminating ? " terminating" : "", endpoint->node_name,
			endpoint->zone);
		described_names(out, "zone", &endpoint->hint_zones);
		described_names(out, "node", &endpoint->hint_nodes);
		fputc('\n', out);
	}
}

static inline void described_pod(FILE *out, const struct pod_object *pod)
{
	described_labels(out, "label", &pod->labels);
	fprintf(out, "on '%s' uid '%s'\n", pod->node_name, pod->uid);
	described_addrs(out, "ip", &pod->ips);
	described_flag(out, "host network", pod->host_network);
	described_flag(out, "ready", pod->ready);
	described_flag(out, "terminating", pod->terminating);
	described_flag(out, "finished", pod->finished);
	for (size_t i = 0; i < pod->port_count; i++)
		fprintf(out, "port '%s' %u/%s\n", pod->ports[i].name, pod->ports[i].port,
			described_protocol(pod->ports[i].protocol));
}

static inline void described_node(FILE *out, const struct node_object *node)
{
	described_labels(out, "label", &node->labels);
	fprintf(out, "zone '%s'\n", node->zone);
	described_addrs(out, "ip", &node->addresses);
	described_prefixes(out, "pods", &node->pod_cidrs);
	described_flag(out, "deleting", node->deleting);
}

/* object_describe - one line a fact; the first is kind, namespace and name. */
static inline void object_describe(const struct object *object, char ret_text[DESCRIBED_SIZE])
{
	FILE *out = fmemopen(ret_text, DESCRIBED_SIZE, "w");

	fprintf(out, "%s %s/%s\n", object_kind_name(object->kind), object->namespace, object->name);
	if (object->kind == OBJECT_SERVICE)
		described_service(out, &object->service);
	else if (object->kind == OBJECT_SLICE)
		described_slice(out, &object->slice);
	else if (object->kind == OBJECT_POD)
		described_pod(out, &object->pod);
	else if (object->kind == OBJECT_NODE)
		described_node(out, &object->node);
	else
		described_labels(out, "label", &object->namespace_.labels);
	fclose(out);
	ret_text[DESCRIBED_SIZE - 1] = '\0';
}
