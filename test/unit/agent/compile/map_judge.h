/* SPDX-License-Identifier: Apache-2.0 */
/* map_judge - do the maps say what the oracle says? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "map_sim.h"
#include "oracle.h"

/* map_judge - false: why says what is wrong. */
bool map_judge(const struct map_sim *sim, const struct world *world, char *why, size_t size);

/* map_judge_change - between two states: nothing moved that need not. */
bool map_judge_change(const struct map_sim *before, const struct world *world_before,
		      const struct map_sim *after, const struct world *world_after, char *why,
		      size_t size);
