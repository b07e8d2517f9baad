/* SPDX-License-Identifier: Apache-2.0 */
/* drop_log - the last drops, in memory: a ring that forgets the oldest. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "byway/event.h"

#define DROP_LOG_SIZE 512
#define DROP_POD_SIZE 128

struct drop_entry {
	uint64_t number; /* from 1, without gaps */
	struct drop_event event;
	char pod[DROP_POD_SIZE]; /* whose interface; "" when nobody knew */
};

struct drop_log {
	struct drop_entry entries[DROP_LOG_SIZE];
	uint64_t count; /* how many there have ever been: the newest one's number */
};

/* drop_log_add - pod may be NULL, and is cut to fit. */
void drop_log_add(struct drop_log *log, const struct drop_event *event, const char *pod);

/*
 * drop_log_first - the number of the oldest that is still there and newer than since; 0 when none
 * is.
 */
uint64_t drop_log_first(const struct drop_log *log, uint64_t since);

/* drop_log_entry - by number; NULL when it is forgotten or not yet there. */
const struct drop_entry *drop_log_entry(const struct drop_log *log, uint64_t number);
