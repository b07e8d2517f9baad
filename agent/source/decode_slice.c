/* SPDX-License-Identifier: Apache-2.0 */
/* decode_slice - a discovery.k8s.io/v1 EndpointSlice. */
#include <stdlib.h>
#include <string.h>

#include "agent/source/decode_fields.h"
#include "agent/source/decode_kinds.h"

#define LABEL_SERVICE "kubernetes.io/service-name"
#define LABEL_HEADLESS "service.kubernetes.io/headless"

static const char *const address_types[] = { "IPv4", "IPv6", "FQDN", NULL };
enum { ADDRESSES_V4, ADDRESSES_V6, ADDRESSES_FQDN };

static int port_decode(const cJSON *item, struct slice_port *ret, struct error *err)
{
	int rc = item_is_object(item, err);

	if (rc || (rc = field_word(item, "name", &ret->name, err)) ||
	    (rc = field_protocol(item, &ret->protocol, err)))
		return rc;
	return field_port(item, "port", &ret->port, err);
}

static int port_is_new(const struct slice_port *ports, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(ports[i].name, ports[count].name))
			return error_say(err, -EINVAL, "name: '%s' is also the name of ports[%zu]",
					 ports[i].name, i);
	return 0;
}

static int ports_decode(const cJSON *json, struct slice_object *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	void *items = NULL;
	int rc = json_array(json, "", "ports", &list, err);

	if (rc || (rc = list_room(list, DECODE_PORTS_MAX, sizeof(*ret->ports), &items, err)))
		return rc;
	ret->ports = items;
	cJSON_ArrayForEach(item, list) {
		size_t at = ret->port_count++;

		if (port_decode(item, &ret->ports[at], err) || port_is_new(ret->ports, at, err))
			return error_below(err, "ports[%zu]", at);
	}
	return 0;
}

static int address_decode(const cJSON *item, bool v4, struct ip_addr *ret, struct error *err)
{
	const cJSON *list = NULL, *first;
	struct ip_addr addr;
	int rc = json_array(item, "", "addresses", &list, err);

	if (rc)
		return rc;
	first = cJSON_GetArrayItem(list, 0);
	if (!cJSON_IsString(first))
		return error_say(err, -EINVAL, "addresses[0]: must be an address");
	if (addr_from_text(first->valuestring, &addr, err))
		return error_below(err, "addresses[0]");
	if (ip_addr_is_v4(&addr) != v4)
		return error_say(err, -EINVAL, "addresses[0]: %s is not of addressType %s",
				 ip_addr_text(&addr).text, v4 ? "IPv4" : "IPv6");
	*ret = addr;
	return 0;
}

static int conditions_decode(const cJSON *item, struct slice_endpoint *ret, struct error *err)
{
	const cJSON *conditions = NULL;
	int rc = json_object(item, "", "conditions", &conditions, err);

	if (rc)
		return rc;
	ret->ready = true;
	ret->serving = true;
	if (json_bool(conditions, "", "ready", &ret->ready, err) ||
	    json_bool(conditions, "", "serving", &ret->serving, err) ||
	    json_bool(conditions, "", "terminating", &ret->terminating, err))
		return error_below(err, "conditions");
	return 0;
}

/* [{"name": …}, …], names of nodes or of zones. */
static int hint_decode(const cJSON *hints, const char *key, bool nodes, struct names *ret,
		       struct error *err)
{
	const cJSON *list = NULL, *item;
	void *items = NULL;
	int rc = json_array(hints, "", key, &list, err);

	if (rc || (rc = list_room(list, DECODE_ADDRESSES_MAX, sizeof(*ret->items), &items, err)))
		return rc;
	ret->items = items;
	cJSON_ArrayForEach(item, list) {
		size_t at = ret->count++;

		if (item_is_object(item, err) ||
		    (nodes ? field_name : field_word)(item, "name", &ret->items[at], err))
			return error_below(err, "%s[%zu]", key, at);
	}
	return 0;
}

static int hints_decode(const cJSON *item, struct slice_endpoint *ret, struct error *err)
{
	const cJSON *hints = NULL;
	int rc = json_object(item, "", "hints", &hints, err);

	if (rc)
		return rc;
	if (hint_decode(hints, "forZones", false, &ret->hint_zones, err) ||
	    hint_decode(hints, "forNodes", true, &ret->hint_nodes, err))
		return error_below(err, "hints");
	return 0;
}

static int endpoint_decode(const cJSON *item, bool v4, struct slice_endpoint *ret,
			   struct error *err)
{
	int rc = item_is_object(item, err);

	if (rc || (rc = address_decode(item, v4, &ret->addr, err)) ||
	    (rc = conditions_decode(item, ret, err)) ||
	    (rc = field_name(item, "nodeName", &ret->node_name, err)) ||
	    (rc = field_word(item, "zone", &ret->zone, err)))
		return rc;
	return hints_decode(item, ret, err);
}

static int endpoints_decode(const cJSON *json, bool v4, struct slice_object *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	void *items = NULL;
	int rc = json_array(json, "", "endpoints", &list, err);

	if (rc ||
	    (rc = list_room(list, DECODE_ENDPOINTS_MAX, sizeof(*ret->endpoints), &items, err)))
		return rc;
	ret->endpoints = items;
	cJSON_ArrayForEach(item, list) {
		size_t at = ret->endpoint_count++;

		if (endpoint_decode(item, v4, &ret->endpoints[at], err))
			return error_below(err, "endpoints[%zu]", at);
	}
	return 0;
}

int decode_slice(const cJSON *json, struct slice_object *ret, struct error *err)
{
	const cJSON *metadata = json_field(json, "metadata"), *labels = NULL;
	unsigned int type;
	int rc = json_object(metadata, "metadata", "labels", &labels, err);

	if (rc)
		return rc;
	if (field_name(labels, LABEL_SERVICE, &ret->service, err))
		return error_below(err, "metadata.labels");
	if ((rc = field_choice(json, "addressType", address_types, &type, err)))
		return rc;
	if (!json_field(json, "addressType"))
		return error_say(err, -EINVAL, "addressType: is missing");
	ret->ignored = type == ADDRESSES_FQDN || json_field(labels, LABEL_HEADLESS);
	if (ret->ignored)
		return 0;
	rc = ports_decode(json, ret, err);
	return rc ? rc : endpoints_decode(json, type == ADDRESSES_V4, ret, err);
}
