/* SPDX-License-Identifier: Apache-2.0 */
/* sync_read - what the maps of services hold. */
#include "agent/sync.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/compile/maglev.h"
#include "byway/conntrack.h"
#include "datapath/map_walk.h"

/* Room for count more rows; NULL when there is no memory, and then rows stay as they are. */
static void *rows_grow(void **rows, size_t have, uint32_t count, size_t size)
{
	char *larger = realloc(*rows, (have + count) * size);

	if (!larger)
		return NULL;
	*rows = larger;
	return larger + have * size;
}

static int frontends_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	struct held_maps *held = ctx;
	const struct service_key *key = keys;
	const struct service *value = values;
	struct frontend_row *row =
		rows_grow((void **)&held->frontends, held->frontend_count, count, sizeof(*row));

	if (!row)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		row[i] = (struct frontend_row){ key[i], value[i] };
	held->frontend_count += count;
	return 0;
}

static int backends_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	struct held_maps *held = ctx;
	const struct backend_key *key = keys;
	const struct backend *value = values;
	struct backend_row *row =
		rows_grow((void **)&held->backends, held->backend_count, count, sizeof(*row));

	if (!row)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		row[i] = (struct backend_row){ key[i], value[i] };
	held->backend_count += count;
	return 0;
}

static int maglevs_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	struct held_maps *held = ctx;
	const uint32_t *key = keys;
	const struct maglev *value = values;
	struct maglev_row *row =
		rows_grow((void **)&held->maglevs, held->maglev_count, count, sizeof(*row));

	if (!row)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		row[i] = (struct maglev_row){ .service = key[i],
					      .digest = maglev_digest(&value[i]) };
	held->maglev_count += count;
	return 0;
}

static int ranges_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	struct held_maps *held = ctx;
	const struct source_range_key *key = keys;
	struct source_range_row *row = rows_grow((void **)&held->source_ranges,
						 held->source_range_count, count, sizeof(*row));

	(void)values;
	if (!row)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		row[i] = (struct source_range_row){ key[i] };
	held->source_range_count += count;
	return 0;
}

int sync_read(struct sync *sync, struct held_maps *ret_held, struct error *err)
{
	struct held_maps held = {};
	int rc;

	error_set(err, -ENOMEM, "read the maps of services");
	if ((rc = map_walk(sync->maps->services, frontends_take, &held, err)) ||
	    (rc = map_walk(sync->maps->backends, backends_take, &held, err)) ||
	    (rc = map_walk(sync->maps->maglev, maglevs_take, &held, err)) ||
	    (rc = map_walk(sync->maps->source_ranges, ranges_take, &held, err))) {
		held_maps_done(&held);
		return rc;
	}
	sync->entries[MAP_SERVICES] = held.frontend_count;
	sync->entries[MAP_BACKENDS] = held.backend_count;
	sync->entries[MAP_MAGLEV] = held.maglev_count;
	sync->entries[MAP_SOURCE_RANGES] = held.source_range_count;
	sync->lost = false;
	*ret_held = held;
	return 0;
}

static int connections_look(const void *keys, const void *values, uint32_t count, void *ctx)
{
	const struct conntrack *ct = values;
	uint32_t *max = ctx;

	(void)keys;
	for (uint32_t i = 0; i < count; i++)
		if (ct[i].flags & CT_SERVICE && ct[i].service > *max)
			*max = ct[i].service;
	return 0;
}

static int affinities_look(const void *keys, const void *values, uint32_t count, void *ctx)
{
	const struct affinity_key *key = keys;
	uint32_t *max = ctx;

	(void)values;
	for (uint32_t i = 0; i < count; i++)
		if (key[i].service > *max)
			*max = key[i].service;
	return 0;
}

int sync_id_max(const struct sync *sync, uint32_t *ret_id, struct error *err)
{
	uint32_t max = 0;
	int rc;

	if ((rc = map_walk(sync->maps->conntrack, connections_look, &max, err)) ||
	    (rc = map_walk(sync->maps->affinity, affinities_look, &max, err)))
		return rc;
	*ret_id = max;
	return 0;
}
