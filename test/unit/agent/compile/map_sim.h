/* SPDX-License-Identifier: Apache-2.0 */
/* map_sim - the four maps as arrays, which are watched while they are written. */
#pragma once

#include "agent/compile/diff.h"
#include "agent/compile/held.h"

enum { SIM_FRONTENDS = 256, SIM_BACKENDS = 1024, SIM_RANGES = 256, SIM_MAGLEVS = 32 };

struct map_sim {
	struct frontend_row frontends[SIM_FRONTENDS];
	struct backend_row backends[SIM_BACKENDS];
	struct source_range_row source_ranges[SIM_RANGES];
	struct {
		uint32_t service;
		struct maglev table;
	} maglevs[SIM_MAGLEVS];
	size_t frontend_count, backend_count, source_range_count, maglev_count;
	size_t writes, useless;
	/* 0: never; else this many writes go well, and the next fails. */
	size_t fail_in;
	char broken[256]; /* what was wrong after a write; "" = nothing */
};

/* map_sim_write - a write_fn; ctx is the struct map_sim. Says in broken what a client would see. */
int map_sim_write(const struct write *write, void *ctx);

const struct service *map_sim_frontend(const struct map_sim *sim, const struct service_key *key);
const struct backend *map_sim_backend(const struct map_sim *sim, uint32_t id, uint8_t set,
				      uint16_t slot);
const struct maglev *map_sim_maglev(const struct map_sim *sim, uint32_t id);

/* map_sim_read - as an agent that starts would read them; mixed up by seed. */
void map_sim_read(const struct map_sim *sim, unsigned int seed, struct held_maps *ret_maps);

/* map_sim_judge - no frontend of the id points to an empty set. */
bool map_sim_judge(struct map_sim *sim, uint32_t id);
