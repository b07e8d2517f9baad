/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints - the view of the node's pods: who they are and whether packets pass. */
#include "agent/views/view.h"

#include "agent/views/inspect.h"
#include "base/json.h"
#include "byway/ip_text.h"

static void pod_add(cJSON *json, const struct record *record)
{
	cJSON *pod = cJSON_AddObjectToObject(json, "pod");

	cJSON_AddStringToObject(pod, "namespace", record->pod_namespace);
	cJSON_AddStringToObject(pod, "name", record->pod_name);
	cJSON_AddStringToObject(pod, "uid", record->pod_uid);
}

static void addresses_add(cJSON *json, const struct record *record)
{
	cJSON *list = cJSON_AddArrayToObject(json, "addresses");

	for (size_t i = 0; i < record->address_count; i++)
		cJSON_AddItemToArray(list,
				     cJSON_CreateString(ip_addr_text(&record->addresses[i]).text));
}

static int endpoint_add(const struct endpoint_view *endpoint, void *ctx)
{
	const struct record *record = &endpoint->record;
	cJSON *list = ctx, *json = cJSON_CreateObject();

	cJSON_AddItemToArray(list, json);
	cJSON_AddBoolToObject(json, "recorded", endpoint->recorded);
	cJSON_AddStringToObject(json, "containerID", record->container_id);
	cJSON_AddStringToObject(json, "ifname", record->ifname);
	pod_add(json, record);
	addresses_add(json, record);
	cJSON_AddStringToObject(json, "state", endpoint_state_name(endpoint->state));
	cJSON_AddStringToObject(json, "hostInterface", record->host_ifname);
	cJSON_AddNumberToObject(json, "ifindex", record->ifindex);
	cJSON_AddStringToObject(
		json, "attach",
		endpoint->attach == ATTACH_AUTO ? "missing" : attach_kind_name(endpoint->attach));
	cJSON_AddStringToObject(json, "mac", mac_text(record->mac).text);
	cJSON_AddNumberToObject(json, "mtu", record->mtu);
	cJSON_AddStringToObject(json, "netns", record->netns);
	cJSON_AddStringToObject(json, "ipam", record->ipam);
	cJSON_AddNumberToObject(json, "leased", (double)endpoint->leased);
	return 0;
}

int view_endpoints(const struct node_view *view, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(json, "endpoints");
	int rc;

	if (!list)
		return error_set(err, -ENOMEM, "look at the endpoints");
	if ((rc = endpoints_inspect(view->maps, view->run_dir, endpoint_add, list, err)))
		return rc;
	*ret_json = json_take(&json);
	return 0;
}
