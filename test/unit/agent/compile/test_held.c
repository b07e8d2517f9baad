/* SPDX-License-Identifier: Apache-2.0 */
/* test_held - what the maps hold, by id; and how a starting agent finds itself again in it. */
#include "support/cases.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "agent/compile/held.h"

static struct service_key key_of(uint16_t port)
{
	return (struct service_key){ .port = htons(port) };
}

static void held_make(struct held *held)
{
	static const uint32_t ids[] = { 9, 3, 9, 3, 5 };
	struct held_maps maps = {
		.frontends = calloc(4, sizeof(*maps.frontends)),
		.frontend_count = 4,
		.backends = calloc(5, sizeof(*maps.backends)),
		.backend_count = 5,
		.maglevs = calloc(1, sizeof(*maps.maglevs)),
		.maglev_count = 1,
		.source_ranges = calloc(2, sizeof(*maps.source_ranges)),
		.source_range_count = 2,
	};
	struct error err;

	for (uint16_t i = 0; i < 4; i++)
		maps.frontends[i] =
			(struct frontend_row){ key_of((uint16_t)(80 + i)), { .id = ids[i] } };
	for (uint16_t i = 0; i < 5; i++)
		maps.backends[i].key = (struct backend_key){ .service = ids[i], .slot = i };
	maps.maglevs[0] = (struct maglev_row){ .service = 3, .digest = 1 };
	maps.source_ranges[0].key.service = htonl(3);
	maps.source_ranges[1].key.service = htonl(70000);
	assert_int_equal(held_sort(&maps, held, &err), 0);
	assert_int_equal(maps.frontend_count, 0);
	assert_null(maps.backends);
}

static void by_id(void **state)
{
	struct service_rows rows = {};
	struct held held = {};

	(void)state;
	held_make(&held);
	assert_int_equal(held_take(&held, 3, &rows), true);
	assert_int_equal(rows.frontend_count, 2);
	assert_int_equal(rows.backend_count, 2);
	assert_int_equal(rows.maglev_count, 1);
	assert_int_equal(rows.source_range_count, 1);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(rows.frontends[i].value.id, 3);
		assert_int_equal(rows.backends[i].key.service, 3);
	}
	assert_int_equal(held_take(&held, 3, &rows), false);
	assert_int_equal(held_take(&held, 4, &rows), false);
	assert_int_equal(rows.frontend_count, 2);
	assert_int_equal(held_take(&held, 9, &rows), true);
	assert_int_equal(rows.frontend_count, 4);
	assert_int_equal(held.id_max, 70000);
	service_rows_done(&rows);
	held_done(&held);
}

static void by_frontend(void **state)
{
	struct service_key there = key_of(81), nowhere = key_of(90);
	struct held held = {};

	(void)state;
	held_make(&held);
	assert_int_equal(held_id_of(&held, &there), 3);
	assert_int_equal(held_id_of(&held, &nowhere), 0);
	held_done(&held);
}

static void the_rest(void **state)
{
	struct service_rows mine = {}, rest = {};
	struct held held = {};

	(void)state;
	held_make(&held);
	held_take(&held, 9, &mine);
	assert_int_equal(held_take_all(&held, &rest), true);
	assert_int_equal(rest.frontend_count, 2);
	assert_int_equal(rest.backend_count, 3);
	assert_int_equal(rest.source_range_count, 2);
	assert_int_equal(held_take_all(&held, &rest), false);
	service_rows_done(&mine);
	service_rows_done(&rest);
	held_done(&held);
}

static void nothing(void **state)
{
	struct held_maps maps = {};
	struct service_rows rows = {};
	struct held held = {};
	struct error err;

	(void)state;
	assert_int_equal(held_sort(&maps, &held, &err), 0);
	assert_int_equal(held_take(&held, 0, &rows), false);
	assert_int_equal(held_take_all(&held, &rows), false);
	held_done(&held);
}

int main(void)
{
	struct cases cases = {};

	case_add(&cases, "all rows of an id, once", by_id, NULL);
	case_add(&cases, "a frontend tells its id", by_frontend, NULL);
	case_add(&cases, "what nobody took is the rest", the_rest, NULL);
	case_add(&cases, "empty maps", nothing, NULL);
	return cases_run("agent/compile/held", &cases, NULL, NULL);
}
