/* SPDX-License-Identifier: Apache-2.0 */
/* rows - the map entries that one service stands for: what is wanted, or what the maps hold. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "byway/service.h"

/* Sorted by key, bytewise, each; without duplicates. Addresses of both families together. */
struct frontend_row {
	struct service_key key;
	struct service value;
};

struct backend_row {
	struct backend_key key;
	struct backend value;
};

/*
 * The tables themselves would fill the agent's memory: a table is made when it is written
 * (maglev_of_rows), and known by its digest.
 */
struct maglev_row {
	uint32_t service;
	uint64_t digest;  /* maglev_digest() of the table; 0 = not made yet */
	uint64_t made_of; /* maglev_made_of() its backends; 0 = not known */
};

struct source_range_row {
	struct source_range_key key;
};

/* All map entries of one Kubernetes Service (all its ports, both families). */
struct service_rows {
	struct frontend_row *frontends;
	size_t frontend_count;
	struct backend_row *backends;
	size_t backend_count;
	struct maglev_row *maglevs;
	size_t maglev_count;
	struct source_range_row *source_ranges;
	size_t source_range_count;
};

void service_rows_done(struct service_rows *rows);

/* service_rows_sort - as the comment above says; rows of the same key must not be in there. */
void service_rows_sort(struct service_rows *rows);

bool service_rows_are_empty(const struct service_rows *rows);

/*
 * One write to one map, in words that sync.c can carry out. The phases are the order in which the
 * writes of a change are made, over all services of a burst: what is pointed to comes before what
 * points to it, and goes after it.
 */
enum write_phase {
	WRITE_BACKENDS,	      /* put: backends, maglev, source_ranges */
	WRITE_FRONTENDS,      /* put: services */
	WRITE_FRONTENDS_GONE, /* delete: services */
	WRITE_BACKENDS_GONE,  /* delete: backends, maglev, source_ranges; and put: backends that
				 are draining from now on, to which no `sure` points any more */
	WRITE_PHASE_COUNT
};

enum write_map { MAP_SERVICES, MAP_BACKENDS, MAP_MAGLEV, MAP_SOURCE_RANGES, WRITE_MAP_COUNT };

struct write {
	enum write_map map;
	const void *key;
	const void *value; /* NULL: delete */
};
