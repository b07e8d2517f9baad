/* SPDX-License-Identifier: Apache-2.0 */
/* test_backend_slot - every slot is as likely as any other, and the tries differ. */
#include "datapath/logic/backend_slot.h"

#include <stdlib.h>

#include "support/cases.h"

#define PICKS 200000

struct slots_row {
	const char *sentence;
	__u16 slots;
};

static const struct slots_row rows[] = {
	{ "one slot", 1 },
	{ "two slots", 2 },
	{ "three slots", 3 },
	{ "a hundred slots", 100 },
};

/* Hashes that follow each other are the worst that a mixer can get. */
static void spread(const struct slots_row *row, __u32 step)
{
	unsigned int *picks = calloc(row->slots, sizeof(*picks));
	unsigned int fair = PICKS / row->slots;

	for (__u32 i = 0; i < PICKS; i++) {
		__u16 slot = backend_slot(i * step, 0, row->slots);

		assert_true(slot < row->slots);
		picks[slot]++;
	}
	for (__u16 slot = 0; slot < row->slots; slot++)
		assert_in_range(picks[slot], fair * 9 / 10, fair * 11 / 10);
	free(picks);
}

static void spread_test(void **state)
{
	spread(*state, 1);
	spread(*state, 1 << 12);
}

/* Half of the slots in use: what byway/service.h promises. */
static void tries_suffice(void **state)
{
	unsigned int unlucky = 0;

	(void)state;
	for (__u32 hash = 0; hash < PICKS; hash++) {
		__u32 i = 0;

		while (i < BACKEND_TRIES && backend_slot(hash, i, 64) >= 32)
			i++;
		unlucky += i == BACKEND_TRIES;
	}
	assert_in_range(unlucky, PICKS / 512, PICKS / 128); /* 1 in 256 */
}

static void all_slots_can_be_had(void **state)
{
	__u16 least = 65535, most = 0;

	(void)state;
	for (__u32 hash = 0; hash < 20 * PICKS; hash++) {
		__u16 slot = backend_slot(hash, 0, 65535);

		least = slot < least ? slot : least;
		most = slot > most ? slot : most;
	}
	assert_int_equal(least, 0);
	assert_int_equal(most, 65534);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, spread_test);
	case_add(&cases, "with half of the slots empty one pick in 256 has no luck", tries_suffice,
		 NULL);
	case_add(&cases, "the first and the last of the most slots can be had",
		 all_slots_can_be_had, NULL);
	return cases_run("backend_slot", &cases, NULL, NULL);
}
