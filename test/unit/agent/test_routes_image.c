/* SPDX-License-Identifier: Apache-2.0 */
/* test_routes_image - which rows map routes has for a configuration, and what must change. */
#include "support/cases.h"

#include <string.h>

#include "agent/routes_image.h"

#define ITEMS_MAX 6

struct row {
	const char *sentence;
	const char *local[ITEMS_MAX], *cluster[ITEMS_MAX];
	const char *held[ITEMS_MAX]; /* "L prefix" or "C prefix", as what follows */
	const char *wanted;	     /* the image */
	const char *changes;	     /* + put, - delete */
};

/* clang-format off */
static const struct row rows[] = {
	{ "nothing makes nothing", {}, {}, {}, "", "" },
	{ "pods' ranges are local, the others the cluster's", { "10.9.1.0/24", "fd09:1::/112" }, { "10.0.0.0/8" },
	  {}, "L10.9.1.0/24 Lfd09:1::/112 C10.0.0.0/8", "+L10.9.1.0/24 +Lfd09:1::/112 +C10.0.0.0/8" },
	{ "for equal prefixes local wins", { "10.9.0.0/16" }, { "10.9.0.0/16" }, {}, "L10.9.0.0/16", "+L10.9.0.0/16" },
	{ "the same address with another length is another row", { "10.9.0.0/24" }, { "10.9.0.0/16" }, {},
	  "L10.9.0.0/24 C10.9.0.0/16", "+L10.9.0.0/24 +C10.9.0.0/16" },
	{ "what is in place stays", { "10.9.1.0/24" }, { "10.0.0.0/8" }, { "L10.9.1.0/24", "C10.0.0.0/8" },
	  "L10.9.1.0/24 C10.0.0.0/8", "" },
	{ "another kind replaces", { "10.9.1.0/24" }, {}, { "C10.9.1.0/24" }, "L10.9.1.0/24", "+L10.9.1.0/24" },
	{ "puts come before deletes", { "10.9.2.0/24" }, {}, { "L10.9.1.0/24", "C::/0" }, "L10.9.2.0/24",
	  "+L10.9.2.0/24 -L10.9.1.0/24 -C::/0" },
	{ "everything may be the cluster's", {}, { "0.0.0.0/0", "::/0" }, {}, "C0.0.0.0/0 C::/0", "+C0.0.0.0/0 +C::/0" },
};
/* clang-format on */

struct text {
	char text[512];
	size_t used;
};

static void row_write(struct text *text, const struct route_row *row, const char *sign)
{
	struct ip_prefix prefix = { .addr = row->key.addr, .length = row->key.prefix };

	text->used += (size_t)snprintf(text->text + text->used, sizeof(text->text) - text->used,
				       "%s%s%c%s", text->used ? " " : "", sign,
				       row->route.kind == ROUTE_LOCAL ? 'L' : 'C',
				       ip_prefix_text(&prefix).text);
}

static void change_write(const struct route_row *row, bool wanted, void *ctx)
{
	row_write(ctx, row, wanted ? "+" : "-");
}

static size_t prefixes_parse(const char *const *texts, struct ip_prefix *ret)
{
	size_t count = 0;

	for (; count < ITEMS_MAX && texts[count]; count++)
		assert_true(ip_prefix_parse(texts[count], &ret[count]));
	return count;
}

/* Also with the kinds added the other way round: the same rows, in another order. */
static void the_other_way_round(const struct row *row, size_t count)
{
	struct ip_prefix prefixes[ITEMS_MAX];
	struct routes_image image = {};
	struct error err;
	size_t local = 0;

	assert_int_equal(routes_image_add(&image, prefixes, prefixes_parse(row->cluster, prefixes),
					  ROUTE_CLUSTER, &err),
			 0);
	assert_int_equal(routes_image_add(&image, prefixes, prefixes_parse(row->local, prefixes),
					  ROUTE_LOCAL, &err),
			 0);
	assert_int_equal(image.count, count);
	for (size_t i = 0; i < image.count; i++)
		local += image.rows[i].route.kind == ROUTE_LOCAL;
	assert_int_equal(local, prefixes_parse(row->local, prefixes));
	routes_image_done(&image);
}

static void image_is_made(void **state)
{
	const struct row *row = *state;
	struct ip_prefix prefixes[ITEMS_MAX];
	struct route_row held[ITEMS_MAX];
	struct text got = {}, changes = {};
	struct routes_image image = {};
	size_t held_count = 0;
	struct error err;

	assert_int_equal(routes_image_add(&image, prefixes, prefixes_parse(row->local, prefixes),
					  ROUTE_LOCAL, &err),
			 0);
	assert_int_equal(routes_image_add(&image, prefixes, prefixes_parse(row->cluster, prefixes),
					  ROUTE_CLUSTER, &err),
			 0);
	for (size_t i = 0; i < image.count; i++)
		row_write(&got, &image.rows[i], "");
	assert_string_equal(got.text, row->wanted);

	for (; held_count < ITEMS_MAX && row->held[held_count]; held_count++) {
		const char *text = row->held[held_count];

		assert_true(ip_prefix_parse(text + 1, &prefixes[0]));
		held[held_count] = (struct route_row){
			.key = { .prefix = prefixes[0].length, .addr = prefixes[0].addr },
			.route = { .kind = text[0] == 'L' ? ROUTE_LOCAL : ROUTE_CLUSTER }
		};
	}
	routes_diff(held, held_count, &image, change_write, &changes);
	assert_string_equal(changes.text, row->changes);
	the_other_way_round(row, image.count);
	routes_image_done(&image);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, image_is_made);
	return cases_run("agent/routes_image", &cases, NULL, NULL);
}
