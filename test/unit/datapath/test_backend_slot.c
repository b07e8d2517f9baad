/* SPDX-License-Identifier: Apache-2.0 */
/* test_backend_slot - from a hash to slots: in range, spread evenly, and one try unlike another. */
#include "datapath/logic/backend_slot.h"

#include <math.h>
#include <string.h>

#include "support/cases.h"

#define SLOTS_MAX 64

struct spread_row {
	const char *sentence;
	__u16 slots;
	__u32 step; /* between one hash and the next */
	__u32 number;
};

/* clang-format off */
static const struct spread_row spread_rows[] = {
	{ "counting hashes spread over 2 slots", 2, 1, 0 },
	{ "counting hashes spread over 3 slots", 3, 1, 0 },
	{ "counting hashes spread over 7 slots", 7, 1, 0 },
	{ "counting hashes spread over 64 slots", 64, 1, 0 },
	{ "hashes that differ only in high bits spread over 7 slots", 7, 1u << 16, 0 },
	{ "hashes of a large odd step spread over 10 slots", 10, 0x9e3779b9, 0 },
	{ "the second try spreads over 3 slots", 3, 1, 1 },
	{ "the last try spreads over 64 slots", 64, 1, BACKEND_TRIES - 1 },
};
/* clang-format on */

#define DRAWS_EACH 1000

static void spread_test(void **state)
{
	const struct spread_row *row = *state;
	int hits[SLOTS_MAX] = {};
	double chi = 0;

	for (__u32 i = 0; i < DRAWS_EACH * row->slots; i++) {
		__u16 slot = backend_slot(i * row->step, row->number, row->slots);

		assert_in_range(slot, 0, row->slots - 1);
		hits[slot]++;
	}
	for (int i = 0; i < row->slots; i++)
		chi += pow(hits[i] - DRAWS_EACH, 2) / DRAWS_EACH;
	/* Of chi squared with n - 1 degrees of freedom, what is above this is one in a million. */
	assert_true(chi < row->slots - 1 + 5 * sqrt(2.0 * row->slots) + 12);
}

static void one_slot_is_always_found(void **state)
{
	(void)state;
	for (__u32 hash = 0; hash < 1000; hash++)
		assert_int_equal(backend_slot(hash * 0x12345, hash % BACKEND_TRIES, 1), 0);
}

static void no_slot_is_beyond_the_last(void **state)
{
	(void)state;
	for (__u32 hash = 0; hash < 100000; hash++)
		assert_in_range(backend_slot(hash * 0x9e3779b9, 0, 65535), 0, 65534);
}

static void the_same_hash_finds_the_same_slot(void **state)
{
	(void)state;
	for (__u32 hash = 0; hash < 1000; hash++)
		assert_int_equal(backend_slot(hash, 3, 100), backend_slot(hash, 3, 100));
}

/* Every other slot is a hole: what all tries miss takes the slot that is sure. */
static void one_pick_in_256_finds_only_holes(void **state)
{
	int lost = 0;

	(void)state;
	for (__u32 hash = 0; hash < 256000; hash++) {
		__u32 number = 0;

		while (number < BACKEND_TRIES && backend_slot(hash, number, 64) % 2)
			number++;
		lost += number == BACKEND_TRIES;
	}
	assert_in_range(lost, 800, 1200);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, spread_rows, spread_test);
	case_add(&cases, "one slot is always found", one_slot_is_always_found, NULL);
	case_add(&cases, "no slot is beyond the last", no_slot_is_beyond_the_last, NULL);
	case_add(&cases, "the same hash finds the same slot", the_same_hash_finds_the_same_slot,
		 NULL);
	case_add(&cases, "with half of the slots empty one pick in 256 finds none",
		 one_pick_in_256_finds_only_holes, NULL);
	return cases_run("backend_slot", &cases, NULL, NULL);
}
