/* SPDX-License-Identifier: Apache-2.0 */
/* test_table - tables that fit a terminal and that no name can break out of. */
#include "support/cases.h"

#include "agent/cli/table.h"
#include "base/cleanup.h"

#define CELLS_MAX 6

struct row {
	const char *sentence;
	const char *cells[CELLS_MAX]; /* two columns */
	size_t width;
	const char *text;
};

static const char *const headings[] = { "POD", "STATE", NULL };

static const struct row rows[] = {
	{ "headings alone", { NULL }, 80, "POD  STATE\n" },
	{ "a column is as wide as its widest cell",
	  { "web-0", "ready", "a", "pending" },
	  80,
	  "POD    STATE\nweb-0  ready\na      pending\n" },
	{ "without a terminal nothing is cut",
	  { "a-name-that-is-longer-than-a-line", "ready" },
	  0,
	  "POD                                STATE\na-name-that-is-longer-than-a-line  ready\n" },
	{ "the widest column gives way, and says so",
	  { "a-name-that-is-longer-than-a-line", "ready" },
	  20,
	  "POD            STATE\na-name-that-~  ready\n" },
	{ "no column becomes narrower than it can be read",
	  { "a-long-name", "a-long-state" },
	  5,
	  "POD       STATE\na-long-~  a-long-~\n" },
	{ "an empty cell is shown", { "", "ready" }, 80, "POD  STATE\n-    ready\n" },
	{ "a name cannot steer the terminal",
	  { "a\033[2Jb\n", "%s%n" },
	  80,
	  "POD      STATE\na?[2Jb?  %s%n\n" },
	{ "a row that was not finished is printed as far as it goes",
	  { "a", "b", "c" },
	  80,
	  "POD  STATE\na    b\nc\n" },
};

static void table_is_printed(void **state)
{
	const struct row *row = *state;
	CLEANUP(table_free) struct table *table = table_new(headings);
	CLEANUP(str_free) char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; i < CELLS_MAX && row->cells[i]; i++)
		table_cell(table, row->cells[i]);
	table_print(table, row->width, out);
	fclose(out);
	assert_string_equal(text, row->text);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, table_is_printed);
	return cases_run("agent/cli/table", &cases, NULL, NULL);
}
