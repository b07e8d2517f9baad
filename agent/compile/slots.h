/* SPDX-License-Identifier: Apache-2.0 */
/* slots - which slot each backend of a set has: as few of them move as can be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "agent/compile/rows.h"

/* A backend of one set, from what it should be to the slot that it gets. */
struct slotted {
	struct ip_addr addr;
	__be16 port;
	bool takes;	/* takes new connections; else it keeps its slot if it had one */
	uint16_t flags; /* enum backend_flag, without BACKEND_DRAINING */
	int32_t slot;	/* SLOT_NONE: it has none */
};

#define SLOT_NONE (-1)

struct slot_set {
	struct slotted *items; /* ordered by address and port (slotted_compare), each once */
	size_t count;
	/* The results. */
	uint16_t slots, sure;
	size_t takes;	 /* how many take new connections and have a slot */
	size_t left_out; /* how many would, and there is no slot for them */
};

/* What the map holds of the same set. */
struct slot_past {
	const struct backend_row *rows;
	size_t count;
	uint16_t slots, sure; /* of a frontend that chooses from the set; 0 and 0: there is none */
};

int slotted_compare(const void *a, const void *b);

/*
 * slots_assign - give out slots:
 * - a backend keeps the slot that it had; a new one gets the lowest that is free;
 * - slots stays what it was where at least half of its slots are in use, so that the end of a
 *   backend is the end of one entry and nothing else;
 * - where that does not do, backends from the top move down: into holes, then onto draining ones,
 *   which lose their slot;
 * - sure stays what it was where that slot is in use.
 */
int slots_assign(struct slot_set *set, const struct slot_past *past);
