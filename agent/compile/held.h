/* SPDX-License-Identifier: Apache-2.0 */
/* held - what the maps hold, sorted out by service id. */
#pragma once

#include "agent/compile/rows.h"
#include "base/error.h"

/*
 * The four maps, read flat, in any order. Of a Maglev table only its service and maglev_digest()
 * are wanted. held_maps_done() is for who read them and can't use them.
 */
struct held_maps {
	struct frontend_row *frontends;
	size_t frontend_count;
	struct backend_row *backends;
	size_t backend_count;
	struct maglev_row *maglevs; /* service and digest */
	size_t maglev_count;
	struct source_range_row *source_ranges;
	size_t source_range_count;
};

void held_maps_done(struct held_maps *maps);

struct held_service;
struct held_frontend;

/* All of it by id. Begin with {}, end with held_done(). */
struct held {
	struct held_maps maps; /* each sorted by id, then by key */
	struct held_service *by_id;
	struct held_frontend *by_key;
	uint32_t id_max;
};

void held_done(struct held *held);

/*
 * held_sort - takes everything out of maps, which is empty afterwards, also on failure. *ret_held
 * must be {} before, and still is on failure.
 */
int held_sort(struct held_maps *maps, struct held *ret_held, struct error *err);

/* held_id_of - the id that a frontend has, or 0. */
uint32_t held_id_of(const struct held *held, const struct service_key *key);

/*
 * held_take - add all rows of an id to those in rows, once: true; false: there are none (any more).
 * rows are not sorted then. -ENOMEM is negative.
 */
int held_take(struct held *held, uint32_t id, struct service_rows *rows);

/* held_take_all - the same for everything that is left. */
int held_take_all(struct held *held, struct service_rows *rows);
