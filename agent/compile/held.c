/* SPDX-License-Identifier: Apache-2.0 */
/* held - what the maps hold, sorted out by service id. */
#include "agent/compile/held.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct held_service {
	UT_hash_handle hh;
	uint32_t id;
};

struct held_frontend {
	UT_hash_handle hh;
	struct service_key key;
	uint32_t id;
};

void held_maps_done(struct held_maps *maps)
{
	free(maps->frontends);
	free(maps->backends);
	free(maps->maglevs);
	free(maps->source_ranges);
	*maps = (struct held_maps){};
}

void held_done(struct held *held)
{
	struct held_frontend *frontend, *next_frontend;
	struct held_service *service, *next;

	HASH_ITER(hh, held->by_key, frontend, next_frontend) {
		HASH_DEL(held->by_key, frontend);
		free(frontend);
	}
	HASH_ITER(hh, held->by_id, service, next) {
		HASH_DEL(held->by_id, service);
		free(service);
	}
	held_maps_done(&held->maps);
	*held = (struct held){};
}

/* --- the four kinds of rows, by id ------------------------------------------------------------ */

static uint32_t frontend_id(const void *row)
{
	return ((const struct frontend_row *)row)->value.id;
}

static uint32_t backend_id(const void *row)
{
	return ((const struct backend_row *)row)->key.service;
}

static uint32_t maglev_id(const void *row)
{
	return ((const struct maglev_row *)row)->service;
}

static uint32_t source_range_id(const void *row)
{
	return ntohl(((const struct source_range_row *)row)->key.service);
}

#define COMPARE_BY_ID(kind)                                                           \
	static int kind##_by_id(const void *a, const void *b)                         \
	{                                                                             \
		return (kind##_id(a) > kind##_id(b)) - (kind##_id(a) < kind##_id(b)); \
	}
COMPARE_BY_ID(frontend)
COMPARE_BY_ID(backend)
COMPARE_BY_ID(maglev)
COMPARE_BY_ID(source_range)

static void maps_sort(struct held_maps *maps)
{
	if (maps->frontend_count)
		qsort(maps->frontends, maps->frontend_count, sizeof(*maps->frontends),
		      frontend_by_id);
	if (maps->backend_count)
		qsort(maps->backends, maps->backend_count, sizeof(*maps->backends), backend_by_id);
	if (maps->maglev_count)
		qsort(maps->maglevs, maps->maglev_count, sizeof(*maps->maglevs), maglev_by_id);
	if (maps->source_range_count)
		qsort(maps->source_ranges, maps->source_range_count, sizeof(*maps->source_ranges),
		      source_range_by_id);
}

/* Rows of one kind without their type: where each id begins. */
struct kind {
	const char *rows;
	size_t count, size;
	uint32_t (*id)(const void *row);
};

enum { KIND_COUNT = 4 };

static void kinds_of(const struct held_maps *maps, struct kind ret_kinds[KIND_COUNT])
{
	ret_kinds[0] = (struct kind){ (const char *)maps->frontends, maps->frontend_count,
				      sizeof(*maps->frontends), frontend_id };
	ret_kinds[1] = (struct kind){ (const char *)maps->backends, maps->backend_count,
				      sizeof(*maps->backends), backend_id };
	ret_kinds[2] = (struct kind){ (const char *)maps->maglevs, maps->maglev_count,
				      sizeof(*maps->maglevs), maglev_id };
	ret_kinds[3] = (struct kind){ (const char *)maps->source_ranges, maps->source_range_count,
				      sizeof(*maps->source_ranges), source_range_id };
}

/* The rows of one id: [first, first + count). */
struct span {
	size_t first, count;
};

static size_t id_first(const struct kind *kind, uint64_t id)
{
	size_t low = 0, high = kind->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (kind->id(kind->rows + middle * kind->size) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct span id_span(const struct kind *kind, uint32_t id)
{
	size_t first = id_first(kind, id);

	return (struct span){ first, id_first(kind, (uint64_t)id + 1) - first };
}

/* --- indices ---------------------------------------------------------------------------------- */

static bool id_know(struct held *held, uint32_t id)
{
	struct held_service *service;

	HASH_FIND(hh, held->by_id, &id, sizeof(id), service);
	if (service)
		return true;
	service = calloc(1, sizeof(*service));
	if (!service)
		return false;
	service->id = id;
	HASH_ADD(hh, held->by_id, id, sizeof(service->id), service);
	if (id > held->id_max)
		held->id_max = id;
	return true;
}

static bool ids_know(struct held *held)
{
	struct kind kinds[KIND_COUNT];
	uint32_t id, last = 0;

	kinds_of(&held->maps, kinds);
	for (size_t kind = 0; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < kinds[kind].count; i++) {
			id = kinds[kind].id(kinds[kind].rows + i * kinds[kind].size);
			if ((i == 0 || id != last) && !id_know(held, id))
				return false;
			last = id;
		}
	return true;
}

static bool keys_know(struct held *held)
{
	struct held_frontend *frontend;

	for (size_t i = 0; i < held->maps.frontend_count; i++) {
		frontend = calloc(1, sizeof(*frontend));
		if (!frontend)
			return false;
		frontend->key = held->maps.frontends[i].key;
		frontend->id = held->maps.frontends[i].value.id;
		HASH_ADD(hh, held->by_key, key, sizeof(frontend->key), frontend);
	}
	return true;
}

int held_sort(struct held_maps *maps, struct held *ret_held, struct error *err)
{
	struct held held = { .maps = *maps };

	*maps = (struct held_maps){};
	maps_sort(&held.maps);
	if (!ids_know(&held) || !keys_know(&held)) {
		held_done(&held);
		return error_set(err, -ENOMEM, "sort out what the maps hold");
	}
	*ret_held = held;
	return 0;
}

uint32_t held_id_of(const struct held *held, const struct service_key *key)
{
	struct held_frontend *frontend;

	HASH_FIND(hh, held->by_key, key, sizeof(*key), frontend);
	return frontend ? frontend->id : 0;
}

/* --- taking ----------------------------------------------------------------------------------- */

static int rows_append(void **rows, size_t *count, const struct kind *kind, struct span span)
{
	char *more;

	if (!span.count)
		return 0;
	more = realloc(*rows, (*count + span.count) * kind->size);
	if (!more)
		return -ENOMEM;
	memcpy(more + *count * kind->size, kind->rows + span.first * kind->size,
	       span.count * kind->size);
	*rows = more;
	*count += span.count;
	return 0;
}

static int spans_append(const struct kind kinds[KIND_COUNT], const struct span spans[KIND_COUNT],
			struct service_rows *rows)
{
	int rc = rows_append((void **)&rows->frontends, &rows->frontend_count, &kinds[0], spans[0]);

	if (!rc)
		rc = rows_append((void **)&rows->backends, &rows->backend_count, &kinds[1],
				 spans[1]);
	if (!rc)
		rc = rows_append((void **)&rows->maglevs, &rows->maglev_count, &kinds[2], spans[2]);
	if (!rc)
		rc = rows_append((void **)&rows->source_ranges, &rows->source_range_count,
				 &kinds[3], spans[3]);
	return rc;
}

int held_take(struct held *held, uint32_t id, struct service_rows *rows)
{
	struct kind kinds[KIND_COUNT];
	struct span spans[KIND_COUNT];
	struct held_service *service;
	int rc;

	HASH_FIND(hh, held->by_id, &id, sizeof(id), service);
	if (!service)
		return false;
	kinds_of(&held->maps, kinds);
	for (size_t i = 0; i < KIND_COUNT; i++)
		spans[i] = id_span(&kinds[i], id);
	rc = spans_append(kinds, spans, rows);
	if (rc)
		return rc;
	HASH_DEL(held->by_id, service);
	free(service);
	return true;
}

int held_take_all(struct held *held, struct service_rows *rows)
{
	struct held_service *service, *next;
	int rc, taken = false;

	HASH_ITER(hh, held->by_id, service, next) {
		rc = held_take(held, service->id, rows);
		if (rc < 0)
			return rc;
		taken = true;
	}
	return taken;
}
