/* SPDX-License-Identifier: Apache-2.0 */
/* uplinks - what can be told of the interfaces to other nodes and outside. */
#include "agent/views/uplinks.h"

#include <net/if.h>

#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "datapath/attach.h"
#include "datapath/route_maps.h"

struct visit {
	const char *bpf_dir;
	uplink_view_fn *fn;
	void *ctx;
};

static int uplink_look(uint32_t ifindex, const struct uplink *uplink, void *ctx)
{
	struct uplink_view view = { .ifindex = ifindex, .uplink = *uplink };
	const struct visit *visit = ctx;
	char name[IF_NAMESIZE];

	if (if_indextoname(ifindex, name)) {
		snprintf(view.name, sizeof(view.name), "%s", name);
		if (!attach_query(visit->bpf_dir, ifindex, name, &view.attach))
			view.attach = ATTACH_AUTO;
	}
	visit->fn(&view, visit->ctx);
	return 0;
}

int uplinks_visit(const char *bpf_dir, uplink_view_fn *fn, void *ctx, struct error *err)
{
	CLEANUP(route_maps_close) struct route_maps maps = ROUTE_MAPS_CLOSED;
	struct visit visit = { bpf_dir, fn, ctx };
	int rc = route_maps_open(bpf_dir, &maps, err);

	return rc ? rc : uplink_for_each(&maps, uplink_look, &visit, err);
}

static void address_add(cJSON *list, const struct ip_addr *addr)
{
	static const struct ip_addr none;

	if (!ip_addr_equal(addr, &none))
		cJSON_AddItemToArray(list, cJSON_CreateString(ip_addr_text(addr).text));
}

static void uplink_add(const struct uplink_view *uplink, void *ctx)
{
	cJSON *json = cJSON_CreateObject(), *addresses;

	cJSON_AddItemToArray(ctx, json);
	cJSON_AddStringToObject(json, "name", uplink->name);
	cJSON_AddNumberToObject(json, "ifindex", uplink->ifindex);
	cJSON_AddStringToObject(json, "attach",
				uplink->attach == ATTACH_AUTO ? "missing" :
								attach_kind_name(uplink->attach));
	addresses = cJSON_AddArrayToObject(json, "addresses");
	address_add(addresses, &uplink->uplink.v4);
	address_add(addresses, &uplink->uplink.v6);
}

static int route_tally(const struct route_key *key, const struct route *route, void *ctx)
{
	uint32_t *count = ctx;

	(void)key;
	if (route->kind <= ROUTE_LOCAL)
		count[route->kind]++;
	return 0;
}

static void routes_add(cJSON *json, const char *bpf_dir)
{
	CLEANUP(route_maps_close) struct route_maps maps = ROUTE_MAPS_CLOSED;
	uint32_t count[ROUTE_LOCAL + 1] = {};
	struct error ignored;

	if (route_maps_open(bpf_dir, &maps, &ignored) ||
	    route_for_each(&maps, route_tally, count, &ignored))
		return;
	json = cJSON_AddObjectToObject(json, "routes");
	cJSON_AddNumberToObject(json, "local", count[ROUTE_LOCAL]);
	cJSON_AddNumberToObject(json, "cluster", count[ROUTE_CLUSTER]);
}

static void problem_add(cJSON *list, const char *problem)
{
	if (problem)
		cJSON_AddItemToArray(list, cJSON_CreateString(problem));
}

void uplinks_add(cJSON *json, const struct node_view *view)
{
	cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "list");
	struct error ignored;

	if (uplinks_visit(view->maps->bpf_dir, uplink_add, list, &ignored)) {
		cJSON_Delete(object);
		return;
	}
	cJSON_AddItemToObject(json, "uplinks", object);
	routes_add(object, view->maps->bpf_dir);
	if (!view->uplinks)
		return;
	cJSON_AddStringToObject(object, "attach", view->uplinks->attach);
	cJSON_AddBoolToObject(object, "masquerade", view->uplinks->masquerade);
	cJSON_AddNumberToObject(object, "repairs", (double)view->uplinks->repairs);
	list = cJSON_AddArrayToObject(object, "problems");
	problem_add(list, view->uplinks->problem);
	problem_add(list, view->uplinks->routes_problem);
}
