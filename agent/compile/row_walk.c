/* SPDX-License-Identifier: Apache-2.0 */
/* row_walk - two sets of rows side by side, and in which phase each difference is written. */
#include "agent/compile/row_walk.h"

#include <string.h>

#define ROW_LIST(member, key_type)                                                             \
	{                                                                                      \
		(const char *)rows->member##s, rows->member##_count, sizeof(*rows->member##s), \
			sizeof(key_type)                                                       \
	}

struct row_list row_list_of(const struct service_rows *rows, enum write_map map)
{
	switch (map) {
	case MAP_SERVICES:
		return (struct row_list)ROW_LIST(frontend, struct service_key);
	case MAP_BACKENDS:
		return (struct row_list)ROW_LIST(backend, struct backend_key);
	case MAP_MAGLEV:
		return (struct row_list)ROW_LIST(maglev, uint32_t);
	default:
		return (struct row_list)ROW_LIST(source_range, struct source_range_key);
	}
}

static bool frontend_same(const struct frontend_row *a, const struct frontend_row *b)
{
	return !memcmp(&a->value, &b->value, sizeof(a->value));
}

static bool backend_same(const struct backend_row *a, const struct backend_row *b)
{
	return !memcmp(&a->value, &b->value, sizeof(a->value));
}

static bool maglev_same(const struct maglev_row *a, const struct maglev_row *b)
{
	return (a->made_of && a->made_of == b->made_of) || (a->digest && a->digest == b->digest);
}

static bool pair_same(const struct row_pair *pair)
{
	switch (pair->map) {
	case MAP_SERVICES:
		return frontend_same(pair->had, pair->wanted);
	case MAP_BACKENDS:
		return backend_same(pair->had, pair->wanted);
	case MAP_MAGLEV:
		return maglev_same(pair->had, pair->wanted);
	default:
		return true;
	}
}

static bool begins_to_drain(const struct row_pair *pair)
{
	const struct backend_row *had = pair->had, *wanted = pair->wanted;

	return pair->map == MAP_BACKENDS && wanted->value.flags & BACKEND_DRAINING &&
	       !(had->value.flags & BACKEND_DRAINING);
}

enum write_phase row_phase(const struct row_pair *pair)
{
	bool services = pair->map == MAP_SERVICES;

	if (!pair->wanted)
		return services ? WRITE_FRONTENDS_GONE : WRITE_BACKENDS_GONE;
	if (pair->had && pair_same(pair))
		return ROW_SAME;
	if (pair->had && begins_to_drain(pair))
		return WRITE_BACKENDS_GONE;
	return services ? WRITE_FRONTENDS : WRITE_BACKENDS;
}

static const void *row_value(enum write_map map, const void *row, const struct maglev *table)
{
	static const uint8_t allowed = 1;

	switch (map) {
	case MAP_SERVICES:
		return &((const struct frontend_row *)row)->value;
	case MAP_BACKENDS:
		return &((const struct backend_row *)row)->value;
	case MAP_MAGLEV:
		return table;
	default:
		return &allowed;
	}
}

/* A row begins with its key. */
struct write row_write(const struct row_pair *pair, const struct maglev *table)
{
	return (struct write){
		.map = pair->map,
		.key = pair->wanted ? pair->wanted : pair->had,
		.value = pair->wanted ? row_value(pair->map, pair->wanted, table) : NULL,
	};
}

static int list_walk(enum write_map map, struct row_list had, struct row_list wanted,
		     row_pair_fn *visit, void *ctx)
{
	while (had.count || wanted.count) {
		int order = !had.count	  ? 1 :
			    !wanted.count ? -1 :
					    memcmp(had.rows, wanted.rows, had.key_size);
		struct row_pair pair = { map, order <= 0 ? had.rows : NULL,
					 order >= 0 ? wanted.rows : NULL };
		int rc = visit(&pair, ctx);

		if (rc)
			return rc;
		if (order <= 0) {
			had.rows += had.size;
			had.count--;
		}
		if (order >= 0) {
			wanted.rows += wanted.size;
			wanted.count--;
		}
	}
	return 0;
}

int rows_walk(const struct service_rows *had, const struct service_rows *wanted, row_pair_fn *visit,
	      void *ctx)
{
	for (int map = 0; map < WRITE_MAP_COUNT; map++) {
		int rc =
			list_walk(map, row_list_of(had, map), row_list_of(wanted, map), visit, ctx);

		if (rc)
			return rc;
	}
	return 0;
}

static int pair_differs(const struct row_pair *pair, void *ctx)
{
	(void)ctx;
	return row_phase(pair) != ROW_SAME;
}

bool rows_same(const struct service_rows *had, const struct service_rows *wanted)
{
	return !rows_walk(had, wanted, pair_differs, NULL);
}
