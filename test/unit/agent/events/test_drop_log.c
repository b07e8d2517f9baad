/* SPDX-License-Identifier: Apache-2.0 */
/* test_drop_log - the ring of the last drops: numbers without gaps, and the oldest forgotten. */
#include "support/cases.h"

#include <string.h>

#include "agent/events/drop_log.h"

struct row {
	const char *sentence;
	uint64_t added, since, first; /* first 0: nothing newer */
};

static const struct row rows[] = {
	{ "nothing was lost", 0, 0, 0 },
	{ "the first drop", 1, 0, 1 },
	{ "all of a few", 5, 0, 1 },
	{ "those that are newer", 5, 3, 4 },
	{ "none is newer than the newest", 5, 5, 0 },
	{ "a reader of a former agent asks for what has not been yet", 5, 900, 0 },
	{ "exactly full", DROP_LOG_SIZE, 0, 1 },
	{ "one more forgets the oldest", DROP_LOG_SIZE + 1, 0, 2 },
	{ "a reader that was too slow gets what there still is", 3 * DROP_LOG_SIZE, 7,
	  2 * DROP_LOG_SIZE + 1 },
};

static void reading_begins(void **state)
{
	static struct drop_log log;
	const struct row *row = *state;

	memset(&log, 0, sizeof(log));
	for (uint64_t i = 1; i <= row->added; i++) {
		struct drop_event event = { .length = (__u32)i };

		drop_log_add(&log, &event, NULL);
	}
	assert_int_equal(drop_log_first(&log, row->since), row->first);
	if (!row->first)
		return;
	for (uint64_t number = row->first; number <= row->added; number++) {
		assert_int_equal(drop_log_entry(&log, number)->number, number);
		assert_int_equal(drop_log_entry(&log, number)->event.length, number);
	}
	assert_null(drop_log_entry(&log, row->added + 1));
}

static void long_names_are_cut(void **state)
{
	static struct drop_log log;
	struct drop_event event = {};
	char name[DROP_POD_SIZE + 50];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	drop_log_add(&log, &event, name);
	assert_int_equal(strlen(drop_log_entry(&log, 1)->pod), DROP_POD_SIZE - 1);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, reading_begins);
	case_add(&cases, "a name that is too long is cut", long_names_are_cut, NULL);
	return cases_run("agent/events/drop_log", &cases, NULL, NULL);
}
