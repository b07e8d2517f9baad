/* SPDX-License-Identifier: Apache-2.0 */
/* result - the result document in each spec version, and what a foreign IPAM answered (pure). */
#include "result.h"

#include "base/json.h"
#include "byway/ip_text.h"
#include "cni_error.h"

static const __u8 gateway_mac[MAC_SIZE] = GATEWAY_MAC_BYTES;

static const char *gateway_of(const struct ip_addr *addr)
{
	return ip_addr_is_v4(addr) ? "169.254.1.1" : "fe80::1";
}

static cJSON *array_of(cJSON *result, const char *key)
{
	cJSON *array = cJSON_GetObjectItemCaseSensitive(result, key);

	if (cJSON_IsArray(array))
		return array;
	cJSON_DeleteItemFromObjectCaseSensitive(result, key);
	return cJSON_AddArrayToObject(result, key);
}

static void interface_add(cJSON *interfaces, const char *name, const __u8 *mac, const char *sandbox,
			  uint32_t mtu, enum spec_version spec)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "name", name);
	cJSON_AddStringToObject(item, "mac", mac_text(mac).text);
	if (spec >= SPEC_1_1_0)
		cJSON_AddNumberToObject(item, "mtu", mtu);
	if (sandbox)
		cJSON_AddStringToObject(item, "sandbox", sandbox);
	cJSON_AddItemToArray(interfaces, item);
}

static void ip_add(cJSON *ips, const struct ip_addr *addr, int interface, enum spec_version spec)
{
	struct ip_prefix own = { *addr, 128 };
	cJSON *item = cJSON_CreateObject();

	if (spec < SPEC_1_0_0)
		cJSON_AddStringToObject(item, "version", ip_addr_is_v4(addr) ? "4" : "6");
	cJSON_AddNumberToObject(item, "interface", interface);
	cJSON_AddStringToObject(item, "address", ip_prefix_text(&own).text);
	cJSON_AddStringToObject(item, "gateway", gateway_of(addr));
	cJSON_AddItemToArray(ips, item);
}

static void route_add(cJSON *routes, const struct ip_addr *addr)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "dst", ip_addr_is_v4(addr) ? "0.0.0.0/0" : "::/0");
	cJSON_AddStringToObject(item, "gw", gateway_of(addr));
	cJSON_AddItemToArray(routes, item);
}

cJSON *result_format(const struct result *result, const cJSON *prev_result, enum spec_version spec)
{
	const struct record *record = result->record;
	cJSON *json = prev_result ? cJSON_Duplicate(prev_result, true) : cJSON_CreateObject();
	cJSON *interfaces, *ips, *routes;
	bool routed[2] = {};

	cJSON_DeleteItemFromObjectCaseSensitive(json, "cniVersion");
	cJSON_AddStringToObject(json, "cniVersion", spec_names[spec]);
	interfaces = array_of(json, "interfaces");
	ips = array_of(json, "ips");
	routes = array_of(json, "routes");

	interface_add(interfaces, record->host_ifname, gateway_mac, NULL, record->mtu, spec);
	interface_add(interfaces, record->ifname, record->mac, record->netns, record->mtu, spec);
	for (size_t i = 0; i < record->address_count; i++) {
		bool v4 = ip_addr_is_v4(&record->addresses[i]);

		ip_add(ips, &record->addresses[i], cJSON_GetArraySize(interfaces) - 1, spec);
		if (!routed[v4])
			route_add(routes, &record->addresses[i]);
		routed[v4] = true;
	}
	if (result->dns && !json_field(json, "dns"))
		cJSON_AddItemToObject(json, "dns", cJSON_Duplicate(result->dns, true));
	else if (!json_field(json, "dns"))
		cJSON_AddObjectToObject(json, "dns");
	return json;
}

int result_addresses(const cJSON *result, const char *what,
		     struct ip_addr ret_addresses[ADDRESSES_MAX], size_t *ret_count,
		     struct error *err)
{
	const cJSON *ips = NULL, *item;
	size_t count = 0;
	int rc = json_array(result, what, "ips", &ips, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, ips) {
		const cJSON *address = json_field(item, "address");
		struct ip_prefix prefix;

		if (!cJSON_IsString(address) || !ip_prefix_parse(address->valuestring, &prefix))
			return error_say(err, CNI_CONFIG, "%s: ips has an entry without an address",
					 what);
		if (count == ADDRESSES_MAX)
			return error_say(err, CNI_CONFIG, "%s: more than %d addresses", what,
					 ADDRESSES_MAX);
		ret_addresses[count++] = prefix.addr;
	}
	*ret_count = count;
	return 0;
}

cJSON *error_format(enum spec_version spec, const struct error *err)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "cniVersion", spec_names[spec]);
	cJSON_AddNumberToObject(json, "code", cni_error_code(err->code));
	cJSON_AddStringToObject(json, "msg", err->text);
	return json;
}
