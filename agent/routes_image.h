/* SPDX-License-Identifier: Apache-2.0 */
/* routes_image - what addresses are to this node: from the configuration to the rows of map routes.
 * Pure. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "byway/ip_text.h"
#include "byway/route.h"

/* A row of the map. key.prefix counts the 128 bits of the one address type. */
struct route_row {
	struct route_key key;
	struct route route;
};

/*
 * A growing list of rows without two for the same prefix, in the map's order of nothing. Zeroed is
 * empty; free with routes_image_done().
 */
struct routes_image {
	struct route_row *rows;
	size_t count, room;
};

/*
 * routes_image_add - prefixes that are all of one kind. For equal prefixes the nearer kind wins,
 * whichever comes first: what is this node's own is never another's (enum route_kind is in that
 * order).
 */
int routes_image_add(struct routes_image *image, const struct ip_prefix *prefixes, size_t count,
		     enum route_kind kind, struct error *err);
void routes_image_done(struct routes_image *image);

/* routes_diff - row.route.kind is what to put; wanted false: the row must go. Puts come first. */
typedef void route_row_fn(const struct route_row *row, bool wanted, void *ctx);
void routes_diff(const struct route_row *held, size_t held_count, const struct routes_image *wanted,
		 route_row_fn *fn, void *ctx);
