/* SPDX-License-Identifier: Apache-2.0 */
/* diff - rows that the maps hold, rows that are wanted -> the writes between them. */
#pragma once

#include "agent/compile/rows.h"

/* write_fn - carry out one write; not 0 ends the diff, which returns it. */
typedef int write_fn(const struct write *write, void *ctx);

/*
 * rows_diff - the writes of one phase, none that changes nothing. Done in the order of the phases,
 * no frontend ever points to a set whose sure slot is not in use. The digests of tables that are
 * written are noted in wanted.
 */
int rows_diff(const struct service_rows *had, struct service_rows *wanted, enum write_phase phase,
	      write_fn *emit, void *ctx);

/*
 * rows_advance - had becomes what the maps hold after the phases before `phase`, and after the
 * first `count` writes of that phase. -ENOMEM: had is what it was.
 */
int rows_advance(struct service_rows *had, const struct service_rows *wanted,
		 enum write_phase phase, size_t count);

/* write_text - the write in words, for errors: "put frontend 10.96.0.1:80/TCP". */
struct write_text {
	char text[160];
};
struct write_text write_describe(const struct write *write);
