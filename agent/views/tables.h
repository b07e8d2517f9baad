/* SPDX-License-Identifier: Apache-2.0 */
/* tables - how full each map of services and connections is. */
#pragma once

#include <stdint.h>

#include "agent/views/view.h"
#include "byway/conntrack.h"

struct table_fill {
	const char *name;
	uint32_t entries, capacity;
};

#define TABLE_FILLS_MAX 8

/* Nearly full: doctor warns. */
#define TABLE_NEARLY_FULL_PERCENT 90

struct table_fills {
	struct table_fill list[TABLE_FILLS_MAX];
	size_t count;
	uint32_t connections[CT_STATE_COUNT]; /* by state; a translated one counts once */
};

/* tables_look - none where the maps are not open. */
void tables_look(const struct node_view *view, struct table_fills *ret_fills);
