/* SPDX-License-Identifier: Apache-2.0 */
/* cases - a table of rows becomes a list of cmocka tests, each named by its row's sentence. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CASES_MAX 512

struct cases {
	struct CMUnitTest tests[CASES_MAX];
	size_t count;
};

/* case_add - one test; row (may be NULL) arrives as *state. */
static inline void case_add(struct cases *cases, const char *sentence, CMUnitTestFunction fn,
			    const void *row)
{
	assert_true(cases->count < CASES_MAX);
	cases->tests[cases->count++] = (struct CMUnitTest){
		.name = sentence,
		.test_func = fn,
		.initial_state = (void *)(uintptr_t)row,
	};
}

/* rows_add - a test for each row of an array, whose first member is the sentence. */
static inline void rows_add(struct cases *cases, const void *rows, size_t count, size_t row_size,
			    CMUnitTestFunction fn)
{
	const char *row = rows;

	for (size_t i = 0; i < count; i++, row += row_size)
		case_add(cases, *(const char *const *)(const void *)row, fn, row);
}
#define ROWS_ADD(cases, rows, fn) \
	rows_add(cases, rows, sizeof(rows) / sizeof(*(rows)), sizeof(*(rows)), fn)

/* cases_run - for main: the exit status. setup and teardown may be NULL. */
static inline int cases_run(const char *name, const struct cases *cases, CMFixtureFunction setup,
			    CMFixtureFunction teardown)
{
	return _cmocka_run_group_tests(name, cases->tests, cases->count, setup, teardown);
}
