/* SPDX-License-Identifier: Apache-2.0 */
/* routes_image - what addresses are to this node: from the configuration to the rows of map routes.
 * Pure. */
#include "agent/routes_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool key_equal(const struct route_key *a, const struct route_key *b)
{
	return a->prefix == b->prefix && ip_addr_equal(&a->addr, &b->addr);
}

static struct route_row *row_find(const struct routes_image *image, const struct route_key *key)
{
	for (size_t i = 0; i < image->count; i++)
		if (key_equal(&image->rows[i].key, key))
			return &image->rows[i];
	return NULL;
}

static struct route_row *row_make(struct routes_image *image)
{
	if (image->count == image->room) {
		size_t room = image->room ? image->room * 2 : 32;
		struct route_row *larger = realloc(image->rows, room * sizeof(*larger));

		if (!larger)
			return NULL;
		image->rows = larger;
		image->room = room;
	}
	return &image->rows[image->count++];
}

int routes_image_add(struct routes_image *image, const struct ip_prefix *prefixes, size_t count,
		     enum route_kind kind, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct route_key key = { .prefix = prefixes[i].length,
					       .addr = prefixes[i].addr };
		struct route_row *row = row_find(image, &key);

		if (row && row->route.kind >= kind)
			continue;
		if (!row && !(row = row_make(image)))
			return error_set(err, -ENOMEM, "gather the routes");
		*row = (struct route_row){ .key = key, .route = { .kind = (__u8)kind } };
	}
	return 0;
}

void routes_image_done(struct routes_image *image)
{
	free(image->rows);
	*image = (struct routes_image){};
}

static const struct route_row *held_find(const struct route_row *held, size_t count,
					 const struct route_key *key)
{
	for (size_t i = 0; i < count; i++)
		if (key_equal(&held[i].key, key))
			return &held[i];
	return NULL;
}

void routes_diff(const struct route_row *held, size_t held_count, const struct routes_image *wanted,
		 route_row_fn *fn, void *ctx)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct route_row *row = &wanted->rows[i];
		const struct route_row *old = held_find(held, held_count, &row->key);

		if (!old || old->route.kind != row->route.kind)
			fn(row, true, ctx);
	}
	for (size_t i = 0; i < held_count; i++)
		if (!row_find(wanted, &held[i].key))
			fn(&held[i], false, ctx);
}
