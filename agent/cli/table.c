/* SPDX-License-Identifier: Apache-2.0 */
/* table - rows in columns that fit a terminal: what is too long is cut and ends in '~'. Pure. */
#include "agent/cli/table.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2
#define COLUMN_MIN 8 /* no column is cut below that */

struct table {
	const char *const *headings;
	size_t columns;
	char **cells;
	size_t count, room;
};

struct table *table_new(const char *const *headings)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->headings = headings;
	while (headings[table->columns] && table->columns < TABLE_COLUMNS_MAX)
		table->columns++;
	return table;
}

void table_free(struct table **table)
{
	if (!*table)
		return;
	for (size_t i = 0; i < (*table)->count; i++)
		free((*table)->cells[i]);
	free((*table)->cells);
	free(*table);
	*table = NULL;
}

static char *cell_copy(const char *text)
{
	char *copy = strdup(*text ? text : "-");

	for (char *c = copy; c && *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	return copy;
}

void table_cell(struct table *table, const char *text)
{
	if (!table)
		return;
	if (table->count == table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		char **larger = realloc(table->cells, room * sizeof(*larger));

		if (!larger)
			return;
		table->cells = larger;
		table->room = room;
	}
	table->cells[table->count++] = cell_copy(text);
}

void table_cellf(struct table *table, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	table_cell(table, text);
}

static const char *cell_at(const struct table *table, size_t place)
{
	return table->cells[place] ? table->cells[place] : "?";
}

static void widths_wanted(const struct table *table, size_t widths[TABLE_COLUMNS_MAX])
{
	for (size_t column = 0; column < table->columns; column++)
		widths[column] = strlen(table->headings[column]);
	for (size_t i = 0; i < table->count; i++) {
		size_t len = strlen(cell_at(table, i)), column = i % table->columns;

		if (len > widths[column])
			widths[column] = len;
	}
}

/* The widest column gives way first, so that short ones stay whole. */
static void widths_fit(const struct table *table, size_t width, size_t widths[TABLE_COLUMNS_MAX])
{
	size_t total = GAP * (table->columns - 1);

	for (size_t column = 0; column < table->columns; column++)
		total += widths[column];
	for (; total > width; total--) {
		size_t widest = 0;

		for (size_t column = 1; column < table->columns; column++)
			if (widths[column] > widths[widest])
				widest = column;
		if (widths[widest] <= COLUMN_MIN)
			return;
		widths[widest]--;
	}
}

static void cell_print(const char *text, size_t width, bool is_last, FILE *out)
{
	size_t len = strlen(text);

	if (len > width)
		fprintf(out, "%.*s~", (int)width - 1, text);
	else
		fputs(text, out);
	if (is_last)
		fputc('\n', out);
	else
		fprintf(out, "%*s", (int)(len > width ? 0 : width - len) + GAP, "");
}

void table_print(const struct table *table, size_t width, FILE *out)
{
	size_t widths[TABLE_COLUMNS_MAX];
	size_t last;

	if (!table || !table->columns)
		return;
	last = table->columns - 1;
	widths_wanted(table, widths);
	if (width)
		widths_fit(table, width, widths);
	for (size_t column = 0; column <= last; column++)
		cell_print(table->headings[column], widths[column], column == last, out);
	for (size_t i = 0; i < table->count; i++)
		cell_print(cell_at(table, i), widths[i % table->columns],
			   i % table->columns == last || i + 1 == table->count, out);
}

void table_print_bare(const struct table *table, FILE *out)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++) {
		bool last = i % table->columns == table->columns - 1;

		fprintf(out, "%s%s", cell_at(table, i), last ? "\n" : "  ");
	}
}
