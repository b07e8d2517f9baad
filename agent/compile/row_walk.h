/* SPDX-License-Identifier: Apache-2.0 */
/* row_walk - two sets of rows side by side, and in which phase each difference is written. */
#pragma once

#include "agent/compile/rows.h"

/* One key: what the map holds of it and what is wanted; one of them may be NULL. */
struct row_pair {
	enum write_map map;
	const void *had, *wanted;
};

#define ROW_SAME WRITE_PHASE_COUNT

/* row_phase - when the difference is written; ROW_SAME: there is none. */
enum write_phase row_phase(const struct row_pair *pair);

/* row_write - what is written then; table: of a Maglev row that is put. */
struct write row_write(const struct row_pair *pair, const struct maglev *table);

typedef int row_pair_fn(const struct row_pair *pair, void *ctx);

/* rows_walk - each key of either, map by map, in the order of keys; not 0 ends it. */
int rows_walk(const struct service_rows *had, const struct service_rows *wanted, row_pair_fn *visit,
	      void *ctx);

/* rows_same - nothing would be written. */
bool rows_same(const struct service_rows *had, const struct service_rows *wanted);

/* A map's rows within the rows of a service, without their type. */
struct row_list {
	const char *rows;
	size_t count, size, key_size;
};
struct row_list row_list_of(const struct service_rows *rows, enum write_map map);
