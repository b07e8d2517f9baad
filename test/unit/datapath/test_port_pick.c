/* SPDX-License-Identifier: Apache-2.0 */
/* test_port_pick - which source ports are tried. */
#include "datapath/logic/port_pick.h"

#include <stdbool.h>
#include <string.h>

#include "support/cases.h"

#define DRAWS 645120 /* ten for each port from PORT_PICK_FIRST on */
#define PARTS 63     /* of 1024 ports each */

/* Any generator would do whose numbers spread. */
static __u32 draw(__u32 *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed;
}

static void the_first_try_is_the_senders_own(void **state)
{
	static const __u16 own[] = { 0, 1, 80, 1023, 1024, 40000, 65535 };

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		assert_int_equal(port_pick(own[i], 0xdeadbeef, 0), own[i]);
}

static void no_system_port_is_given(void **state)
{
	__u32 seed = 1;

	(void)state;
	for (int i = 0; i < DRAWS; i++)
		assert_in_range(port_pick(80, draw(&seed), 1 + (__u32)i % 31), PORT_PICK_FIRST,
				65535);
	assert_in_range(port_pick(80, 0, 1), PORT_PICK_FIRST, 65535);
	assert_in_range(port_pick(80, UINT32_MAX, 31), PORT_PICK_FIRST, 65535);
}

static void every_part_of_the_range_is_as_likely(void **state)
{
	static int hits[PARTS];
	__u32 seed = 7;

	(void)state;
	memset(hits, 0, sizeof(hits));
	for (int i = 0; i < DRAWS; i++)
		hits[(port_pick(80, draw(&seed), 1) - PORT_PICK_FIRST) / 1024]++;
	for (int i = 0; i < PARTS; i++) /* 10240 each; five standard deviations are 500 */
		assert_in_range(hits[i], 9740, 10740);
}

/* With half of the ports taken, PORT_TRIES tries all fail for one connection in 2^31. */
static void the_tries_of_one_connection_differ(void **state)
{
	__u32 seed = 3;
	int same = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		__u32 random = draw(&seed);

		for (__u32 a = 1; a < PORT_TRIES; a++)
			for (__u32 b = a + 1; b < PORT_TRIES; b++)
				same += port_pick(80, random, a) == port_pick(80, random, b);
	}
	assert_in_range(same, 0, 30); /* chance alone makes 7 of 465,000 pairs */
}

static void a_crowded_range_is_mostly_enough(void **state)
{
	__u32 seed = 11;
	int lost = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		__u32 random = draw(&seed), number = 1;

		/* Taken are those that eight does not divide. */
		while (number < PORT_TRIES && port_pick(80, random, number) % 8)
			number++;
		lost += number == PORT_TRIES;
	}
	assert_in_range(lost, 50, 300); /* (7/8)^31 of 10000 is 159 */
}

struct outside_row {
	const char *sentence;
	__u16 own, first, last;
	bool keeps; /* the first try is the sender's own */
};

/* clang-format off */
static const struct outside_row outside_rows[] = {
	{ "a port above what is left out is kept", 61000, 32768, 60999, true },
	{ "a port below what is left out is kept", 32767, 32768, 60999, true },
	{ "the first port of what is left out is not kept", 32768, 32768, 60999, false },
	{ "the last port of what is left out is not kept", 60999, 32768, 60999, false },
	{ "a system port is not kept", 80, 32768, 60999, false },
	{ "all that is left out may be at the top", 65535, 20000, 65535, false },
	{ "all that is left out may be at the bottom", 1024, 1024, 60000, false },
	{ "where nothing is left out every port is kept", 40000, 0, 0, true },
	{ "where only system ports are left out every port is kept", 40000, 1, 1023, true },
	{ "what is left out may begin among the system ports", 40000, 500, 45000, false },
	{ "where next to nothing is left everything is used", 40000, 1024, 65000, true },
	{ "where nothing is left everything is used", 40000, 1, 65535, true },
};
/* clang-format on */

static void outside_test(void **state)
{
	const struct outside_row *row = *state;
	bool enough = row->last < PORT_PICK_FIRST || row->last < 65000;
	__u32 seed = 5;

	assert_int_equal(port_pick_outside(row->own, 9, 0, row->first, row->last) == row->own,
			 row->keeps);
	for (int i = 0; i < DRAWS; i++) {
		__u16 port = port_pick_outside(row->own, draw(&seed), 1 + (__u32)i % 31, row->first,
					       row->last);

		assert_true(port >= PORT_PICK_FIRST);
		if (enough || row->first > 2 * PORT_PICK_FIRST)
			assert_true(port < row->first || port > row->last);
	}
}

static void every_port_outside_is_found(void **state)
{
	static bool found[65536];
	__u32 seed = 13;

	(void)state;
	memset(found, 0, sizeof(found));
	for (int i = 0; i < 40 * 36000; i++)
		found[port_pick_outside(50000, draw(&seed), 1, 32768, 60999)] = true;
	for (int port = PORT_PICK_FIRST; port < 65536; port++)
		assert_int_equal(found[port], port < 32768 || port > 60999);
}

int main(void)
{
	static struct cases cases;

	case_add(&cases, "the first try is the sender's own", the_first_try_is_the_senders_own,
		 NULL);
	case_add(&cases, "no system port is given", no_system_port_is_given, NULL);
	case_add(&cases, "every part of the range is as likely",
		 every_part_of_the_range_is_as_likely, NULL);
	case_add(&cases, "the tries of one connection differ", the_tries_of_one_connection_differ,
		 NULL);
	case_add(&cases, "of a range seven eighths full, nearly all find a port",
		 a_crowded_range_is_mostly_enough, NULL);
	ROWS_ADD(&cases, outside_rows, outside_test);
	case_add(&cases, "every port outside is found", every_port_outside_is_found, NULL);
	return cases_run("port_pick", &cases, NULL, NULL);
}
