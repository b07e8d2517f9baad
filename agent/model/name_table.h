/* SPDX-License-Identifier: Apache-2.0 */
/* name_table - texts that many objects share (nodes, zones, ports), kept once, by number. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct name;

/* Begin with { NULL }, end with name_table_done(). */
struct name_table {
	struct name *by_text;
	struct name **by_id;
	uint32_t *free; /* numbers that nobody holds */
	uint32_t count, room, free_count;
};

void name_table_done(struct name_table *names);

/*
 * name_hold - the number of a text, held once more; 0 is "", and also what there is no memory for.
 * Each hold is undone by one name_drop.
 */
uint32_t name_hold(struct name_table *names, const char *text);
void name_drop(struct name_table *names, uint32_t id);

/* name_text - never NULL; valid while the name is held. */
const char *name_text(const struct name_table *names, uint32_t id);
