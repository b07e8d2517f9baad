/* SPDX-License-Identifier: Apache-2.0 */
/* routes - the hand that makes map routes hold what the configuration wants. */
#include "agent/routes.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

struct held_routes {
	struct route_row *rows;
	size_t count, room;
};

static void held_free(struct held_routes *held)
{
	free(held->rows);
}

static int row_hold(const struct route_key *key, const struct route *route, void *ctx)
{
	struct held_routes *held = ctx;

	if (held->count == held->room) {
		size_t room = held->room ? held->room * 2 : 64;
		struct route_row *larger = realloc(held->rows, room * sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		held->rows = larger;
		held->room = room;
	}
	held->rows[held->count++] = (struct route_row){ .key = *key, .route = *route };
	return 0;
}

static int routes_read(const struct route_maps *maps, struct held_routes *held, struct error *err)
{
	struct error why = {};
	int rc = route_for_each(maps, row_hold, held, &why);

	if (rc == -ENOMEM && !*why.text)
		return error_set(err, rc, "read map routes");
	if (rc)
		*err = why;
	return rc;
}

static int image_make(struct routes_image *image, const struct agent_config *config,
		      struct error *err)
{
	const struct config_ranges *local = &config->pod_cidrs;
	const struct config_ranges *cluster = &config->non_masquerade_cidrs;
	int rc = routes_image_add(image, local->items, local->count, ROUTE_LOCAL, err);

	return rc ? rc :
		    routes_image_add(image, cluster->items, cluster->count, ROUTE_CLUSTER, err);
}

struct writing {
	const struct route_maps *maps;
	struct error err;
	size_t writes;
	int rc;
};

static void row_write(const struct route_row *row, bool wanted, void *ctx)
{
	struct writing *writing = ctx;
	struct error err;
	int rc = wanted ? route_put(writing->maps, &row->key, &row->route, &err) :
			  route_delete(writing->maps, &row->key, &err);

	writing->writes += rc == 0;
	if (rc && !writing->rc) {
		writing->rc = rc;
		writing->err = err;
	}
}

int routes_sync(const struct route_maps *maps, const struct epoch *epoch,
		const struct agent_config *config, struct error *err)
{
	CLEANUP(routes_image_done) struct routes_image image = {};
	CLEANUP(held_free) struct held_routes held = {};
	struct writing writing = { .maps = maps };
	int rc;

	if ((rc = image_make(&image, config, err)) || (rc = routes_read(maps, &held, err)))
		return rc;
	routes_diff(held.rows, held.count, &image, row_write, &writing);
	if (writing.writes)
		epoch_advance(epoch);
	if (writing.rc)
		*err = writing.err;
	return writing.rc;
}
