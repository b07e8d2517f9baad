/* SPDX-License-Identifier: Apache-2.0 */
/* problem_table - what is wrong with services, by service: asked of the compiler once. Pure. */
#include "agent/views/problem_table.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct problem_entry {
	UT_hash_handle hh;
	char *sentence;
	char key[];
};

static struct problem_entry *entry_find(const struct problem_table *table, const char *key)
{
	struct problem_entry *entry;

	HASH_FIND_STR(table->by_key, key, entry);
	return entry;
}

static void problem_found(const char *service, const char *sentence, void *ctx)
{
	struct problem_table *table = ctx;
	struct problem_entry *entry;

	if (entry_find(table, service))
		return;
	entry = calloc(1, sizeof(*entry) + strlen(service) + 1);
	if (!entry)
		return; /* one problem less is told; the rest of the view is right */
	strcpy(entry->key, service);
	entry->sentence = strdup(sentence);
	HASH_ADD_STR(table->by_key, key, entry);
}

void problem_table_fill(struct problem_table *table, const struct compiler *compiler)
{
	compiler_problems(compiler, problem_found, table);
}

void problem_table_done(struct problem_table *table)
{
	struct problem_entry *entry, *next;

	HASH_ITER(hh, table->by_key, entry, next) {
		HASH_DEL(table->by_key, entry);
		free(entry->sentence);
		free(entry);
	}
}

const char *problem_table_find(const struct problem_table *table, const char *key)
{
	const struct problem_entry *entry = entry_find(table, key);

	return entry ? entry->sentence : NULL;
}
