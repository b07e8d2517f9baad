/* SPDX-License-Identifier: Apache-2.0 */
/* no_memory - the real programs on a kernel that cannot change packets or add to maps. */
#pragma once

#include "packet/world.h"

/*
 * no_memory_load - load and pin the world's programs with every call of a helper that changes a
 * packet, or puts an entry into a map, replaced by its failure (-ENOMEM), and open them. The maps
 * are those that a later world_load() goes on with.
 */
int no_memory_load(struct world *world, const struct load_settings *settings,
		   struct datapath_maps *ret_maps, struct error *err);
