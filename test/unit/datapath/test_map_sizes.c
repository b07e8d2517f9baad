/* SPDX-License-Identifier: Apache-2.0 */
/* test_map_sizes - how many connections a machine's memory gives room for. */
#include "support/cases.h"

#include "datapath/map_sizes.h"

#define GIB (1024ULL * 1024 * 1024)

static const struct row {
	const char *sentence;
	uint64_t memory_bytes;
	struct map_sizes given, wanted;
} rows[] = {
	{ "memory that is not known gives the least",
	  0,
	  {},
	  { .conntrack = 65536, .affinity = 16384 } },
	{ "a small machine has the least", GIB, {}, { .conntrack = 65536, .affinity = 16384 } },
	{ "a hundredth of 4 GiB is for connections",
	  4 * GIB,
	  {},
	  { .conntrack = 214748, .affinity = 53687 } },
	{ "a large machine has the most",
	  1024 * GIB,
	  {},
	  { .conntrack = 1048576, .affinity = 262144 } },
	{ "what was said is kept",
	  4 * GIB,
	  { .conntrack = 7, .services = 5 },
	  { .conntrack = 7, .services = 5, .affinity = 53687 } },
	{ "of both", 4 * GIB, { .conntrack = 7, .affinity = 3 }, { .conntrack = 7, .affinity = 3 } },
};

static void sizes_are_filled_in(void **state)
{
	const struct row *row = *state;
	struct map_sizes sizes = row->given;

	map_sizes_by_memory(&sizes, row->memory_bytes);
	assert_int_equal(sizes.conntrack, row->wanted.conntrack);
	assert_int_equal(sizes.affinity, row->wanted.affinity);
	assert_int_equal(sizes.services, row->wanted.services);
	assert_int_equal(sizes.backends, 0);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, sizes_are_filled_in);
	return cases_run("map_sizes", &cases, NULL, NULL);
}
