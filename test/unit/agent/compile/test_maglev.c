/* SPDX-License-Identifier: Apache-2.0 */
/* test_maglev - equal shares, the same on every node, and little that moves. */
#include "support/cases.h"

#include <arpa/inet.h>
#include <string.h>

#include "agent/compile/maglev.h"

enum { MANY = 200 };

static void backends_make(size_t count, struct maglev_backend *ret)
{
	for (size_t i = 0; i < count; i++)
		ret[i] = (struct maglev_backend){
			.addr = ip_addr_from_v4(htonl(0x0a010001u + (uint32_t)i)),
			.port = htons(8080),
			.slot = (uint16_t)i,
		};
}

static void shares_are_equal(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 10, MANY };
	struct maglev_backend backends[MANY];
	struct maglev table;

	(void)state;
	for (size_t c = 0; c < 5; c++) {
		size_t count = counts[c], shares[MANY] = {};

		backends_make(count, backends);
		maglev_fill(backends, count, &table);
		for (size_t i = 0; i < MAGLEV_SIZE; i++)
			shares[table.slot[i]]++;
		for (size_t i = 0; i < count; i++)
			assert_in_range(shares[i], MAGLEV_SIZE / count, MAGLEV_SIZE / count + 1);
	}
}

static void slots_are_only_names(void **state)
{
	struct maglev_backend here[10], there[10];
	struct maglev a, b;

	(void)state;
	backends_make(10, here);
	backends_make(10, there);
	for (size_t i = 0; i < 10; i++)
		there[i].slot = (uint16_t)(99 - i);
	maglev_fill(here, 10, &a);
	maglev_fill(there, 10, &b);
	for (size_t i = 0; i < MAGLEV_SIZE; i++)
		assert_int_equal(b.slot[i], 99 - a.slot[i]);
	assert_int_not_equal(maglev_digest(&a), maglev_digest(&b));
	assert_int_not_equal(maglev_made_of(here, 10), maglev_made_of(there, 10));
	assert_int_not_equal(maglev_made_of(here, 10), maglev_made_of(here, 9));
}

/* Of those that need not, at most a few in a hundred move. */
static void little_moves(void **state)
{
	struct maglev_backend backends[MANY], less[MANY];
	struct maglev before, after;
	size_t moved = 0, gone = 17;

	(void)state;
	backends_make(MANY, backends);
	memcpy(less, backends, gone * sizeof(*less));
	memcpy(less + gone, backends + gone + 1, (MANY - gone - 1) * sizeof(*less));
	maglev_fill(backends, MANY, &before);
	maglev_fill(less, MANY - 1, &after);
	for (size_t i = 0; i < MAGLEV_SIZE; i++)
		moved += before.slot[i] != gone && before.slot[i] != after.slot[i];
	assert_true(moved < MAGLEV_SIZE / 20);
	backends_make(10, backends);
	maglev_fill(backends, 10, &before);
	maglev_fill(backends, 9, &after);
	moved = 0;
	for (size_t i = 0; i < MAGLEV_SIZE; i++)
		moved += before.slot[i] != 9 && before.slot[i] != after.slot[i];
	assert_true(moved < MAGLEV_SIZE / 20);
}

/* Written down: another version of the agent on another node must pick the same. */
static void it_is_what_it_always_was(void **state)
{
	struct maglev_backend backends[3];
	struct maglev table;

	(void)state;
	backends_make(3, backends);
	maglev_fill(backends, 3, &table);
	assert_int_equal(maglev_digest(&table), 0xf458df0c2fee1a53ULL);
}

static void extremes(void **state)
{
	static struct maglev_backend backends[MAGLEV_SIZE + 10];
	struct maglev table;

	(void)state;
	backends_make(MAGLEV_SIZE + 10, backends);
	maglev_fill(backends, 0, &table);
	assert_int_equal(table.slot[0], 0);
	maglev_fill(backends, MAGLEV_SIZE + 10, &table);
	for (size_t i = 0; i < MAGLEV_SIZE; i++)
		assert_true(table.slot[i] < MAGLEV_SIZE);
}

int main(void)
{
	struct cases cases = {};

	case_add(&cases, "every backend has the same share", shares_are_equal, NULL);
	case_add(&cases, "nodes with other slots pick the same backends", slots_are_only_names,
		 NULL);
	case_add(&cases, "the end of one backend moves few of the others' connections",
		 little_moves, NULL);
	case_add(&cases, "the table is the one that other versions make", it_is_what_it_always_was,
		 NULL);
	case_add(&cases, "none, and more than the table has room for", extremes, NULL);
	return cases_run("agent/compile/maglev", &cases, NULL, NULL);
}
