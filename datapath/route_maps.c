/* SPDX-License-Identifier: Apache-2.0 */
/* route_maps - the pinned maps of uplinks and routes, and the hands on them. */
#include "route_maps.h"

#include <bpf/bpf.h>
#include <errno.h>

#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "map_walk.h"
#include "paths.h"

static int map_open(const char *bpf_dir, const char *name, int *ret_fd, struct error *err)
{
	struct byway_path path = map_path(bpf_dir, name);

	*ret_fd = bpf_obj_get(path.text);
	if (*ret_fd >= 0)
		return 0;
	if (errno == ENOENT)
		return error_say(err, -ENOENT, "the datapath is not loaded ('%s' is missing)",
				 path.text);
	return error_set(err, -errno, "open '%s'", path.text);
}

int route_maps_open(const char *bpf_dir, struct route_maps *ret_maps, struct error *err)
{
	struct route_maps maps = ROUTE_MAPS_CLOSED;
	int rc;

	if ((rc = map_open(bpf_dir, "uplinks", &maps.uplinks, err)) ||
	    (rc = map_open(bpf_dir, "routes", &maps.routes, err))) {
		route_maps_close(&maps);
		return rc;
	}
	*ret_maps = maps;
	return 0;
}

void route_maps_close(struct route_maps *maps)
{
	fd_close(&maps->uplinks);
	fd_close(&maps->routes);
}

struct visit {
	uplink_fn *uplink;
	route_fn *route;
	void *ctx;
};

static int uplinks_visit(const void *keys, const void *values, uint32_t count, void *ctx)
{
	const struct uplink *uplinks = values;
	const struct visit *visit = ctx;
	const uint32_t *ifindexes = keys;
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = visit->uplink(ifindexes[i], &uplinks[i], visit->ctx);
	return rc;
}

int uplink_for_each(const struct route_maps *maps, uplink_fn *fn, void *ctx, struct error *err)
{
	struct visit visit = { .uplink = fn, .ctx = ctx };

	return map_walk(maps->uplinks, uplinks_visit, &visit, err);
}

int uplink_put(const struct route_maps *maps, uint32_t ifindex, const struct uplink *uplink,
	       struct error *err)
{
	if (bpf_map_update_elem(maps->uplinks, &ifindex, uplink, BPF_ANY) < 0)
		return error_set(err, -errno, "map uplinks: put interface %u", ifindex);
	return 0;
}

int uplink_delete(const struct route_maps *maps, uint32_t ifindex, struct error *err)
{
	if (bpf_map_delete_elem(maps->uplinks, &ifindex) < 0 && errno != ENOENT)
		return error_set(err, -errno, "map uplinks: delete interface %u", ifindex);
	return 0;
}

static int routes_visit(const void *keys, const void *values, uint32_t count, void *ctx)
{
	const struct route_key *list = keys;
	const struct route *routes = values;
	const struct visit *visit = ctx;
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = visit->route(&list[i], &routes[i], visit->ctx);
	return rc;
}

int route_for_each(const struct route_maps *maps, route_fn *fn, void *ctx, struct error *err)
{
	struct visit visit = { .route = fn, .ctx = ctx };

	return map_walk(maps->routes, routes_visit, &visit, err);
}

static int route_failed(const char *what, const struct route_key *key, struct error *err)
{
	struct ip_prefix prefix = { .addr = key->addr, .length = key->prefix };

	return error_set(err, -errno, "map routes: %s %s", what, ip_prefix_text(&prefix).text);
}

int route_put(const struct route_maps *maps, const struct route_key *key, const struct route *route,
	      struct error *err)
{
	if (bpf_map_update_elem(maps->routes, key, route, BPF_ANY) < 0)
		return route_failed("put", key, err);
	return 0;
}

int route_delete(const struct route_maps *maps, const struct route_key *key, struct error *err)
{
	if (bpf_map_delete_elem(maps->routes, key) < 0 && errno != ENOENT)
		return route_failed("delete", key, err);
	return 0;
}
