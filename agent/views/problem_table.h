/* SPDX-License-Identifier: Apache-2.0 */
/* problem_table - what is wrong with services, by service: asked of the compiler once. Pure. */
#pragma once

#include "agent/compile/compile.h"

struct problem_entry;

/* Begin with { NULL }, end with problem_table_done(). */
struct problem_table {
	struct problem_entry *by_key;
};

void problem_table_fill(struct problem_table *table, const struct compiler *compiler);
void problem_table_done(struct problem_table *table);

/* problem_table_find - the first problem of the service ("namespace/name"), or NULL. */
const char *problem_table_find(const struct problem_table *table, const char *key);
