/* SPDX-License-Identifier: Apache-2.0 */
/* map_walk - all entries of a map, many at a time. */
#pragma once

#include <stdint.h>

#include "base/error.h"

/* count keys and count values, each beside the next. Other than 0 stops the walk. */
typedef int map_batch_fn(const void *keys, const void *values, uint32_t count, void *ctx);

/*
 * map_walk - a hash, LRU hash or LPM map. Entries that come and go meanwhile may or may not be
 * seen. Returns what fn returned if that is not 0, else 0, or an error with err filled in.
 */
int map_walk(int map_fd, map_batch_fn *fn, void *ctx, struct error *err);

/* map_count - how many entries there are; 0 when it cannot be told. A walk: 0.5 us an entry. */
uint32_t map_count(int map_fd);
