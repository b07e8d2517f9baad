/* SPDX-License-Identifier: Apache-2.0 */
/* decode_service - a v1 Service. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "agent/source/decode_fields.h"
#include "agent/source/decode_kinds.h"

#define LABEL_PROXY_NAME "service.kubernetes.io/service-proxy-name"
#define AFFINITY_DEFAULT_S 10800
#define AFFINITY_MAX_S 86400

static const char *const types[] = { "ClusterIP", "NodePort", "LoadBalancer", "ExternalName",
				     NULL };
enum { TYPE_CLUSTER_IP, TYPE_NODE_PORT, TYPE_LOAD_BALANCER, TYPE_EXTERNAL_NAME };

static const char *const traffic_policies[] = { "Cluster", "Local", NULL };

/* Another proxy's, a name for somewhere else, or addresses that only DNS tells: not served here. */
static int service_is_ignored(const cJSON *json, const cJSON *spec, unsigned int type, bool *ret,
			      struct error *err)
{
	const cJSON *metadata = json_field(json, "metadata"), *list = NULL;
	const char *cluster_ip = "";
	int rc = json_string(spec, "", "clusterIP", &cluster_ip, err);

	if (rc || (rc = json_array(spec, "", "clusterIPs", &list, err)))
		return error_below(err, "spec");
	if (!*cluster_ip && cJSON_IsString(cJSON_GetArrayItem(list, 0)))
		cluster_ip = cJSON_GetArrayItem(list, 0)->valuestring;
	*ret = type == TYPE_EXTERNAL_NAME || !strcmp(cluster_ip, "None") ||
	       json_field(json_field(metadata, "labels"), LABEL_PROXY_NAME);
	return 0;
}

static int target_port_decode(const cJSON *item, struct service_port *ret, struct error *err)
{
	const cJSON *target = json_field(item, "targetPort");
	char *name = NULL;
	int rc;

	if (target && !cJSON_IsString(target)) {
		ret->target_name = object_text("");
		return field_port(item, "targetPort", &ret->target_port, err);
	}
	rc = field_word(item, "targetPort", &name, err);
	ret->target_name = name;
	return rc;
}

static int port_decode(const cJSON *item, struct service_port *ret, struct error *err)
{
	int rc = item_is_object(item, err);

	if (rc || (rc = field_word(item, "name", &ret->name, err)) ||
	    (rc = field_protocol(item, &ret->protocol, err)) ||
	    (rc = field_port(item, "port", &ret->port, err)) ||
	    (rc = field_port(item, "nodePort", &ret->node_port, err)) ||
	    (rc = target_port_decode(item, ret, err)))
		return rc;
	if (ret->port == 0)
		return error_say(err, -EINVAL, "port: must be a whole number from 1 to 65535");
	return 0;
}

/* Two ports of one service must differ in name, in number, and in node port. */
static int port_is_new(const struct service_port *ports, size_t count, struct error *err)
{
	const struct service_port *port = &ports[count];

	for (size_t i = 0; i < count; i++) {
		if (!strcmp(ports[i].name, port->name))
			return error_say(err, -EINVAL, "name: '%s' is also the name of ports[%zu]",
					 port->name, i);
		if (ports[i].protocol != port->protocol)
			continue;
		if (ports[i].port == port->port)
			return error_say(err, -EINVAL, "port: %u is also the port of ports[%zu]",
					 port->port, i);
		if (port->node_port && ports[i].node_port == port->node_port)
			return error_say(err, -EINVAL,
					 "nodePort: %u is also the node port of ports[%zu]",
					 port->node_port, i);
	}
	return 0;
}

static int ports_decode(const cJSON *spec, struct service_object *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	void *items = NULL;
	int rc = json_array(spec, "", "ports", &list, err);

	if (rc || (rc = list_room(list, DECODE_PORTS_MAX, sizeof(*ret->ports), &items, err)))
		return rc;
	if (!items)
		return error_say(err, -EINVAL, "ports: there is none");
	ret->ports = items;
	cJSON_ArrayForEach(item, list) {
		size_t at = ret->port_count++;

		if (port_decode(item, &ret->ports[at], err) || port_is_new(ret->ports, at, err))
			return error_below(err, "ports[%zu]", at);
	}
	return 0;
}

static int affinity_decode(const cJSON *spec, uint32_t *ret, struct error *err)
{
	static const char *const words[] = { "None", "ClientIP", NULL };
	const cJSON *config = NULL, *client = NULL;
	uint32_t seconds = AFFINITY_DEFAULT_S;
	unsigned int choice;
	int rc = field_choice(spec, "sessionAffinity", words, &choice, err);

	if (rc || choice == 0)
		return rc;
	if ((rc = json_object(spec, "", "sessionAffinityConfig", &config, err)))
		return rc;
	if (json_object(config, "", "clientIP", &client, err) ||
	    json_uint(client, "clientIP", "timeoutSeconds", AFFINITY_MAX_S, &seconds, err))
		return error_below(err, "sessionAffinityConfig");
	if (seconds == 0)
		return error_say(err, -EINVAL,
				 "sessionAffinityConfig.clientIP.timeoutSeconds: must not be 0");
	*ret = seconds;
	return 0;
}

static void prefixes_drop_family(struct prefixes *prefixes, bool v4)
{
	size_t kept = 0;

	for (size_t i = 0; i < prefixes->count; i++)
		if (ip_addr_is_v4(&prefixes->items[i].addr) != v4)
			prefixes->items[kept++] = prefixes->items[i];
	prefixes->count = kept;
}

/* A range that holds all of a family guards nothing in that family. */
static int source_ranges_decode(const cJSON *spec, struct prefixes *ret, struct error *err)
{
	bool all_v4 = false, all_v6 = false;
	int rc = field_prefixes(spec, "loadBalancerSourceRanges", ret, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < ret->count; i++) {
		bool v4 = ip_addr_is_v4(&ret->items[i].addr);

		all_v4 |= v4 && ret->items[i].length == IPV4_PREFIX_BASE;
		all_v6 |= !v4 && ret->items[i].length == 0;
	}
	if (all_v4)
		prefixes_drop_family(ret, true);
	if (all_v6)
		prefixes_drop_family(ret, false);
	return 0;
}

/* ipMode Proxy: the load balancer translates, and packets never have its address here. */
static int ingress_decode(const cJSON *item, struct addrs *ret, struct error *err)
{
	static const char *const modes[] = { "VIP", "Proxy", NULL };
	unsigned int mode;
	int rc = item_is_object(item, err);

	if (rc || (rc = field_choice(item, "ipMode", modes, &mode, err)))
		return rc;
	return mode == 0 ? field_addr(item, "ip", ret, err) : 0;
}

static int load_balancer_decode(const cJSON *json, struct addrs *ret, struct error *err)
{
	const cJSON *status = NULL, *balancer = NULL, *list = NULL, *item;
	size_t at = 0;
	int rc = json_object(json, "", "status", &status, err);

	if (rc)
		return rc;
	if (json_object(status, "", "loadBalancer", &balancer, err))
		return error_below(err, "status");
	if (json_array(balancer, "", "ingress", &list, err))
		return error_below(err, "status.loadBalancer");
	cJSON_ArrayForEach(item, list) {
		if (ingress_decode(item, ret, err))
			return error_below(err, "status.loadBalancer.ingress[%zu]", at);
		at++;
	}
	return 0;
}

static int addresses_decode(const cJSON *spec, struct service_object *ret, struct error *err)
{
	int rc = field_addrs(spec, "clusterIPs", &ret->cluster_ips, err);

	if (rc == 0 && ret->cluster_ips.count == 0)
		rc = field_addr(spec, "clusterIP", &ret->cluster_ips, err);
	return rc ? rc : field_addrs(spec, "externalIPs", &ret->external_ips, err);
}

static int policies_decode(const cJSON *spec, unsigned int type, struct service_object *ret,
			   struct error *err)
{
	unsigned int external, internal;
	int rc = field_choice(spec, "externalTrafficPolicy", traffic_policies, &external, err);

	if (rc ||
	    (rc = field_choice(spec, "internalTrafficPolicy", traffic_policies, &internal, err)) ||
	    (rc = json_bool(spec, "", "publishNotReadyAddresses", &ret->publish_not_ready, err)))
		return rc;
	ret->external_local = external;
	ret->internal_local = internal;
	if (type == TYPE_LOAD_BALANCER && ret->external_local)
		return field_port(spec, "healthCheckNodePort", &ret->health_check_port, err);
	return 0;
}

int decode_service(const cJSON *json, struct service_object *ret, struct error *err)
{
	const cJSON *spec = NULL;
	unsigned int type;
	int rc = json_object(json, "", "spec", &spec, err);

	if (rc)
		return rc;
	if (field_choice(spec, "type", types, &type, err))
		return error_below(err, "spec");
	if ((rc = service_is_ignored(json, spec, type, &ret->ignored, err)) || ret->ignored)
		return rc;
	if (field_labels(spec, "selector", &ret->selector, err) ||
	    addresses_decode(spec, ret, err) || ports_decode(spec, ret, err) ||
	    source_ranges_decode(spec, &ret->source_ranges, err) ||
	    policies_decode(spec, type, ret, err) || affinity_decode(spec, &ret->affinity_s, err))
		return error_below(err, "spec");
	return load_balancer_decode(json, &ret->load_balancer_ips, err);
}
