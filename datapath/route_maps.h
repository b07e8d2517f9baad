/* SPDX-License-Identifier: Apache-2.0 */
/* route_maps - the pinned maps of uplinks and routes, and the hands on them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "byway/route.h"

struct route_maps {
	int uplinks, routes;
};

#define ROUTE_MAPS_CLOSED \
	{                 \
		-1, -1    \
	}

/*
 * route_maps_open - -ENOENT when the datapath is not loaded, or an older one. On failure nothing
 * stays open. route_maps_close() also accepts what was never opened.
 */
int route_maps_open(const char *bpf_dir, struct route_maps *ret_maps, struct error *err);
void route_maps_close(struct route_maps *maps);

typedef int uplink_fn(uint32_t ifindex, const struct uplink *uplink, void *ctx);
int uplink_for_each(const struct route_maps *maps, uplink_fn *fn, void *ctx, struct error *err);
int uplink_put(const struct route_maps *maps, uint32_t ifindex, const struct uplink *uplink,
	       struct error *err);
/* uplink_delete - success also when there is none. */
int uplink_delete(const struct route_maps *maps, uint32_t ifindex, struct error *err);

typedef int route_fn(const struct route_key *key, const struct route *route, void *ctx);
int route_for_each(const struct route_maps *maps, route_fn *fn, void *ctx, struct error *err);
int route_put(const struct route_maps *maps, const struct route_key *key, const struct route *route,
	      struct error *err);
int route_delete(const struct route_maps *maps, const struct route_key *key, struct error *err);
