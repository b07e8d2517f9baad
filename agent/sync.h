/* SPDX-License-Identifier: Apache-2.0 */
/* sync - the only hand that writes the maps of services, and reads back what they hold. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "agent/compile/held.h"
#include "agent/compile/rows.h"
#include "agent/node_addresses.h"
#include "agent/write_batch.h"
#include "base/error.h"
#include "datapath/service_maps.h"

/*
 * The first writes of a phase are made one by one, so that each that fails is known at once. What
 * comes after them is gathered into batches, as long as there is room in the map for all: then only
 * memory can be missing.
 */
struct sync {
	const struct service_maps *maps;
	struct write_batch batches[WRITE_MAP_COUNT][2]; /* puts, deletes */
	uint32_t capacity[WRITE_MAP_COUNT];
	uint64_t entries[WRITE_MAP_COUNT]; /* at most so many are in the map */
	uint32_t phase_writes;
	bool lost;		/* a batch failed: what the maps hold must be read again */
	uint64_t puts, deletes; /* writes that the kernel took, since the start */
	uint64_t errors;	/* and that it did not */
	struct error last_error;
	time_t last_error_time; /* 0 = never */
};

/* sync_init - maps are the caller's. End with sync_done(). */
void sync_init(struct sync *sync, const struct service_maps *maps);
void sync_done(struct sync *sync);

/*
 * sync_write - a write_fn for compiler_write(); ctx is the struct sync. Errors are counted. While
 * sync->lost nothing is written and everything fails.
 */
int sync_write(const struct write *write, void *ctx);

/* sync_phase_end - what was gathered is written. A failure makes sync->lost true. */
void sync_phase_end(struct sync *sync);

/* sync_pass_end - gives back the batches' memory. */
void sync_pass_end(struct sync *sync);

/* sync_lacks_room - the last write that failed did so because its map is full. */
bool sync_lacks_room(const struct sync *sync);

/* sync_write_count - of both kinds. */
uint64_t sync_write_count(const struct sync *sync);

/*
 * sync_read - everything that the four maps hold; free with held_maps_done(). sync->lost is over:
 * tell the compiler.
 */
int sync_read(struct sync *sync, struct held_maps *ret_held, struct error *err);

/* sync_id_max - the largest service id that connections and affinities remember. */
int sync_id_max(const struct sync *sync, uint32_t *ret_id, struct error *err);

/*
 * sync_node_addresses - make the map hold exactly these. *ret_writes counts; the first failure is
 * returned after all have been tried.
 */
int sync_node_addresses(struct sync *sync, const struct node_address *wanted, size_t count,
			size_t *ret_writes, struct error *err);
