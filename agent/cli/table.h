/* SPDX-License-Identifier: Apache-2.0 */
/* table - rows in columns that fit a terminal: what is too long is cut and ends in '~'. Pure. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 12

struct table;

/* table_new - headings is NULL-terminated and outlives the table. Free with table_free(). */
struct table *table_new(const char *const *headings);
void table_free(struct table **table);

/*
 * table_cell - the next cell, row by row; text is copied, and what is not printable in it becomes
 * '?': names come from outside and must not steer a terminal. An empty one is shown as "-".
 */
void table_cell(struct table *table, const char *text);
__attribute__((format(printf, 2, 3))) void table_cellf(struct table *table, const char *fmt, ...);

/* table_print - within width columns where that is possible; 0 = as wide as it wants to be. */
void table_print(const struct table *table, size_t width, FILE *out);

/* table_print_bare - the rows alone, two spaces between cells, nothing aligned and nothing cut. */
void table_print_bare(const struct table *table, FILE *out);
