/* SPDX-License-Identifier: Apache-2.0 */
/* world - random worlds and changes, and how the cluster model hears of them. */
#pragma once

#include "agent/model/cluster.h"
#include "oracle.h"

struct dice {
	uint64_t state;
};

/* dice_roll - 0 to sides - 1; the same for the same seed everywhere. */
unsigned int dice_roll(struct dice *dice, unsigned int sides);

void world_make(struct dice *dice, struct world *ret_world);

/* world_change - one to three changes, told to the cluster in a random order. */
void world_change(struct dice *dice, struct world *world, struct cluster *cluster);

/* world_tell - all of it. */
void world_tell(const struct world *world, struct cluster *cluster);
