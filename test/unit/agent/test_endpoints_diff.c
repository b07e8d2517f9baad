/* SPDX-License-Identifier: Apache-2.0 */
/* test_endpoints_diff - which policy entries come and go, by what is known of an interface. */
#include "support/cases.h"

#include <string.h>

#include "agent/endpoints_diff.h"

#define FACTS_MAX 4

struct row {
	const char *sentence;
	struct endpoint_facts facts[FACTS_MAX]; /* of one ifindex, from several places */
	size_t count;
	enum endpoint_step step;
};

#define RECORD                                             \
	{                                                  \
		.ifindex = 7, .record = true, .link = true \
	}
#define STALE_RECORD                            \
	{                                       \
		.ifindex = 7, .forgotten = true \
	}
#define ENTRY                                                             \
	{                                                                 \
		.ifindex = 7, .link = true, .policy = true, .ready = true \
	}
#define PENDING_ENTRY                                      \
	{                                                  \
		.ifindex = 7, .link = true, .policy = true \
	}
#define ENTRY_WITHOUT_LINK                                  \
	{                                                   \
		.ifindex = 7, .policy = true, .ready = true \
	}

/* clang-format off */
static const struct row rows[] = {
	{ "a record whose interface is there gets a policy", { RECORD }, 1, ENDPOINT_PUT },
	{ "a pending entry of a record becomes ready", { RECORD, PENDING_ENTRY }, 2, ENDPOINT_PUT },
	{ "what is in place stays", { RECORD, ENTRY }, 2, ENDPOINT_KEEP },
	{ "a record whose interface is gone gets nothing", { STALE_RECORD }, 1, ENDPOINT_KEEP },
	{ "an entry whose interface is gone goes", { ENTRY_WITHOUT_LINK }, 1, ENDPOINT_DELETE },
	{ "an entry whose record's interface is gone goes", { STALE_RECORD, ENTRY_WITHOUT_LINK }, 2, ENDPOINT_DELETE },
	{ "an entry whose ifindex another interface has by now goes", { STALE_RECORD, ENTRY }, 2, ENDPOINT_DELETE },
	{ "a stale record does not spoil what a fresh one says", { STALE_RECORD, RECORD, ENTRY }, 3, ENDPOINT_KEEP },
	{ "a fresh record is put in place beside a stale one", { ENTRY_WITHOUT_LINK, STALE_RECORD, RECORD }, 3, ENDPOINT_KEEP },
	{ "an entry of which no record has told is another's", { ENTRY }, 1, ENDPOINT_KEEP },
	{ "a pending entry of which no record has told stays pending", { PENDING_ENTRY }, 1, ENDPOINT_KEEP },
};
/* clang-format on */

static void step_is_taken(void **state)
{
	const struct row *row = *state;
	struct endpoint_facts facts[FACTS_MAX];

	memcpy(facts, row->facts, sizeof(facts));
	assert_int_equal(endpoints_merge(facts, row->count), 1);
	assert_int_equal(endpoint_decide(&facts[0]), row->step);
}

static void merging_sorts(void **state)
{
	struct endpoint_facts facts[] = {
		{ .ifindex = 9, .link = true },
		{ .ifindex = 3, .record = true },
		{ .ifindex = 9, .policy = true },
		{ .ifindex = 5 },
	};

	(void)state;
	assert_int_equal(endpoints_merge(facts, 4), 3);
	assert_int_equal(facts[0].ifindex, 3);
	assert_int_equal(facts[1].ifindex, 5);
	assert_int_equal(facts[2].ifindex, 9);
	assert_true(facts[2].link && facts[2].policy && !facts[2].record);
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	assert_int_equal(endpoints_merge(NULL, 0), 0);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, step_is_taken);
	case_add(&cases, "facts are sorted, and those about one interface joined", merging_sorts,
		 NULL);
	case_add(&cases, "no facts make no decision", nothing_is_nothing, NULL);
	return cases_run("agent/endpoints_diff", &cases, NULL, NULL);
}
