/* SPDX-License-Identifier: Apache-2.0 */
/* service_rows - map entries of services as JSON. Pure. */
#include "agent/views/service_rows.h"

#include <stdlib.h>
#include <string.h>

#include "agent/compile/explain.h"
#include "agent/views/names.h"
#include "base/json.h"
#include "byway/ip_text.h"

bool frontend_parse(const char *text, struct service_key *ret_key)
{
	const char *colon = strrchr(text, ':'), *close = strchr(text, ']');
	struct service_key key = {};
	char address[IP_TEXT_SIZE];
	unsigned long port;
	size_t len;
	char *end;

	if (ip_addr_parse(text, &key.addr)) {
		*ret_key = key;
		return true;
	}
	if (!colon || (text[0] == '[') != !!close || (close && close + 1 != colon) ||
	    colon[1] < '0' || colon[1] > '9')
		return false;
	len = close ? (size_t)(close - text - 1) : (size_t)(colon - text);
	if (len >= sizeof(address))
		return false;
	memcpy(address, text + !!close, len);
	address[len] = '\0';
	port = strtoul(colon + 1, &end, 10);
	if (!ip_addr_parse(address, &key.addr) || *end || !port || port > UINT16_MAX)
		return false;
	key.port = htons((uint16_t)port);
	*ret_key = key;
	return true;
}

static bool is_among(const struct addrs *addrs, const struct ip_addr *addr)
{
	for (size_t i = 0; i < addrs->count; i++)
		if (ip_addr_equal(&addrs->items[i], addr))
			return true;
	return false;
}

static bool is_unspecified(const struct ip_addr *addr)
{
	static const struct ip_addr zero;
	struct ip_addr v4 = ip_addr_from_v4(0);

	return ip_addr_equal(addr, &zero) || ip_addr_equal(addr, &v4);
}

static const char *frontend_type(const struct service_key *key,
				 const struct cluster_service *service)
{
	const struct service_object *object =
		service && service->object ? &service->object->service : NULL;

	if (service && service->host_port)
		return "HostPort";
	if (is_unspecified(&key->addr))
		return "NodePort";
	if (!object)
		return "address";
	if (is_among(&object->cluster_ips, &key->addr))
		return "ClusterIP";
	if (is_among(&object->external_ips, &key->addr))
		return "ExternalIP";
	return is_among(&object->load_balancer_ips, &key->addr) ? "LoadBalancer" : "address";
}

static const char *set_name(uint8_t set)
{
	return set == BACKENDS_LOCAL ? "local" : "cluster";
}

/* Backends that take new connections, of those that a choice offers. */
static size_t usable_count(const struct service_rows *rows, uint32_t id,
			   const struct service_choice *choice)
{
	size_t count = 0;

	for (size_t i = 0; choice->slots && i < rows->backend_count; i++) {
		const struct backend_row *row = &rows->backends[i];

		count += row->key.service == id && row->key.set == choice->set &&
			 !(row->value.flags & BACKEND_DRAINING);
	}
	return count;
}

static void choice_add(cJSON *json, const char *name, const struct service_rows *rows, uint32_t id,
		       const struct service_choice *choice)
{
	cJSON *object = cJSON_AddObjectToObject(json, name);

	cJSON_AddStringToObject(object, "set", set_name(choice->set));
	cJSON_AddNumberToObject(object, "slots", choice->slots);
	cJSON_AddNumberToObject(object, "usable", (double)usable_count(rows, id, choice));
	if (!choice->slots)
		cJSON_AddStringToObject(object, "otherwise",
					choice->no_backend == NO_BACKEND_DROP ? "drop" : "reject");
}

static cJSON *frontend_json(const struct service_rows *rows, const struct frontend_row *row,
			    const struct cluster_service *service)
{
	const struct service *value = &row->value;
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "type", frontend_type(&row->key, service));
	cJSON_AddStringToObject(json, "address", ip_addr_text(&row->key.addr).text);
	cJSON_AddNumberToObject(json, "port", ntohs(row->key.port));
	cJSON_AddStringToObject(json, "protocol", protocol_name(row->key.protocol).text);
	cJSON_AddNumberToObject(json, "id", value->id);
	cJSON_AddNumberToObject(json, "affinitySeconds", value->affinity_s);
	cJSON_AddBoolToObject(json, "maglev", value->flags & SERVICE_MAGLEV);
	cJSON_AddBoolToObject(json, "sourceRanges", value->flags & SERVICE_SOURCE_RANGES);
	cJSON_AddBoolToObject(json, "keepSource", value->flags & SERVICE_KEEP_SOURCE);
	choice_add(json, "inside", rows, value->id, &value->inside);
	choice_add(json, "outside", rows, value->id, &value->outside);
	return json;
}

void frontends_add(cJSON *json, const struct service_rows *rows,
		   const struct cluster_service *service)
{
	cJSON *list = cJSON_AddArrayToObject(json, "frontends");

	for (size_t i = 0; rows && i < rows->frontend_count; i++)
		cJSON_AddItemToArray(list, frontend_json(rows, &rows->frontends[i], service));
}

void backends_add(cJSON *json, const struct service_rows *rows)
{
	cJSON *list = cJSON_AddArrayToObject(json, "backends");

	for (size_t i = 0; rows && i < rows->backend_count; i++) {
		const struct backend_row *row = &rows->backends[i];
		cJSON *item = cJSON_CreateObject();
		bool draining = row->value.flags & BACKEND_DRAINING;

		cJSON_AddItemToArray(list, item);
		cJSON_AddNumberToObject(item, "id", row->key.service);
		cJSON_AddStringToObject(item, "set", set_name(row->key.set));
		cJSON_AddNumberToObject(item, "slot", row->key.slot);
		cJSON_AddStringToObject(item, "address", ip_addr_text(&row->value.addr).text);
		cJSON_AddNumberToObject(item, "port", ntohs(row->value.port));
		cJSON_AddStringToObject(item, "state", draining ? "draining" : "active");
		cJSON_AddBoolToObject(item, "local", row->value.flags & BACKEND_LOCAL);
	}
}

void ranges_add(cJSON *json, const struct service_rows *rows)
{
	cJSON *list = cJSON_AddArrayToObject(json, "sourceRanges");

	for (size_t i = 0; rows && i < rows->source_range_count; i++) {
		const struct source_range_key *key = &rows->source_ranges[i].key;
		const struct ip_prefix prefix = { key->addr, key->prefix - SOURCE_RANGE_PREFIX(0) };

		cJSON_AddItemToArray(list, cJSON_CreateString(ip_prefix_text(&prefix).text));
	}
}

struct explanation {
	cJSON *list;
	const struct service_rows *rows;
};

static void use_add(cJSON *json, const char *name, enum backend_use use)
{
	cJSON *object = cJSON_AddObjectToObject(json, name);

	cJSON_AddStringToObject(object, "use", backend_use_label(use));
	cJSON_AddStringToObject(object, "text", backend_use_text(use));
}

static void slot_add(cJSON *json, const struct explanation *explanation,
		     const struct backend_explained *backend)
{
	const struct service_rows *rows = explanation->rows;

	for (size_t i = 0; rows && i < rows->backend_count; i++) {
		const struct backend_row *row = &rows->backends[i];

		if (row->key.set != BACKENDS_CLUSTER ||
		    row->value.port != htons(backend->target_port) ||
		    !ip_addr_equal(&row->value.addr, &backend->addr))
			continue;
		cJSON_AddNumberToObject(json, "slot", row->key.slot);
		return;
	}
}

static int endpoint_explain(const struct backend_explained *backend, void *ctx)
{
	const struct explanation *explanation = ctx;
	cJSON *json = cJSON_CreateObject();

	cJSON_AddItemToArray(explanation->list, json);
	cJSON_AddStringToObject(json, "portName", backend->port->name);
	cJSON_AddNumberToObject(json, "servicePort", backend->port->port);
	cJSON_AddStringToObject(json, "protocol", protocol_name(backend->port->protocol).text);
	cJSON_AddStringToObject(json, "address", ip_addr_text(&backend->addr).text);
	cJSON_AddNumberToObject(json, "port", backend->target_port);
	slot_add(json, explanation, backend);
	cJSON_AddBoolToObject(json, "local", backend->local);
	cJSON_AddStringToObject(json, "node", backend->node);
	cJSON_AddStringToObject(json, "zone", backend->zone);
	use_add(json, "cluster", backend->cluster);
	use_add(json, "inside", backend->inside);
	use_add(json, "outside", backend->outside);
	return 0;
}

void explained_add(cJSON *json, const struct cluster *cluster,
		   const struct cluster_service *service, const struct service_rows *rows)
{
	struct explanation explanation = { cJSON_AddArrayToObject(json, "explained"), rows };

	service_explain(cluster, service, endpoint_explain, &explanation);
}

void service_ids_add(cJSON *names, const struct service_rows *rows,
		     const struct cluster_service *service)
{
	uint32_t last = 0;
	char id[16];

	for (size_t i = 0; rows && i < rows->frontend_count; i++) {
		if (rows->frontends[i].value.id == last)
			continue; /* the next frontend of the same port, mostly */
		last = rows->frontends[i].value.id;
		snprintf(id, sizeof(id), "%u", last);
		cJSON_AddStringToObject(names, id, service->key);
	}
}
