/* SPDX-License-Identifier: Apache-2.0 */
/* claims - which file gives which object, and what of it was told last. */
#include "agent/source/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "agent/model/object_hash.h"

/* A letter for the kind, and two names with a slash and a NUL. */
#define KEY_SIZE (1 + 253 + 1 + 253 + 1)

/* One object. */
struct entry {
	UT_hash_handle hh;
	uint64_t told; /* hash of the version that was told; of nothing yet: told_any is false */
	struct claim *claims; /* by name of file: the first gives it */
	bool told_any;
	uint8_t kind;
	char key[]; /* kind, namespace '/' name */
};

struct claim {
	struct claim *next_of_entry, *next_of_file;
	struct entry *entry;
	struct claim_file *file;
	uint64_t hash;
	unsigned int line;
	unsigned int round;
};

struct claims {
	struct entry *entries;
	size_t doubles;
};

struct claims *claims_new(void)
{
	return calloc(1, sizeof(struct claims));
}

void claims_free(struct claims **claims)
{
	struct claims *doomed = *claims;
	struct entry *entry, *next;

	*claims = NULL;
	if (!doomed)
		return;
	HASH_ITER(hh, doomed->entries, entry, next) {
		struct claim *claim = entry->claims;

		while (claim) {
			struct claim *after = claim->next_of_entry;

			free(claim);
			claim = after;
		}
		HASH_DEL(doomed->entries, entry);
		free(entry);
	}
	free(doomed);
}

size_t claims_count(const struct claims *claims)
{
	return HASH_COUNT(claims->entries);
}

size_t claims_double_count(const struct claims *claims)
{
	return claims->doubles;
}

void claims_begin(struct claim_file *file)
{
	file->round++;
}

static size_t key_format(const struct object *object, char ret_key[KEY_SIZE])
{
	return (size_t)snprintf(ret_key, KEY_SIZE, "%c%.253s/%.253s", 'a' + (int)object->kind,
				object->namespace, object->name);
}

static struct entry *entry_find(const struct claims *claims, const struct object *object)
{
	struct entry *entry;
	char key[KEY_SIZE];
	size_t len = key_format(object, key);

	HASH_FIND(hh, claims->entries, key, len, entry);
	return entry;
}

static struct entry *entry_add(struct claims *claims, const struct object *object)
{
	char key[KEY_SIZE];
	size_t len = key_format(object, key);
	struct entry *entry = calloc(1, sizeof(*entry) + len + 1);

	if (!entry)
		return NULL;
	entry->kind = (uint8_t)object->kind;
	memcpy(entry->key, key, len + 1);
	HASH_ADD_KEYPTR(hh, claims->entries, entry->key, len, entry);
	return entry;
}

static void entry_gone(struct claims *claims, struct entry *entry, const struct claims_end_fn *fn)
{
	char *slash = strchr(entry->key, '/');

	HASH_DEL(claims->entries, entry);
	*slash = '\0';
	if (entry->told_any)
		fn->gone(entry->kind, entry->key + 1, slash + 1, fn->ctx);
	free(entry);
}

static struct claim *claim_find(const struct entry *entry, const struct claim_file *file)
{
	struct claim *claim = entry->claims;

	while (claim && claim->file != file)
		claim = claim->next_of_entry;
	return claim;
}

static bool entry_is_double(const struct entry *entry)
{
	return entry->claims && entry->claims->next_of_entry;
}

static struct claim *claim_add(struct claims *claims, struct entry *entry, struct claim_file *file)
{
	struct claim *claim = calloc(1, sizeof(*claim)), **at = &entry->claims;
	bool was_double = entry_is_double(entry);

	if (!claim)
		return NULL;
	while (*at && strcmp((*at)->file->name, file->name) < 0)
		at = &(*at)->next_of_entry;
	claim->next_of_entry = *at;
	*at = claim;
	claim->entry = entry;
	claim->file = file;
	claim->round = file->round - 1;
	claim->next_of_file = file->claims;
	file->claims = claim;
	claims->doubles += !was_double && entry_is_double(entry);
	return claim;
}

enum claim_result claims_put(struct claims *claims, struct claim_file *file,
			     const struct object *object, unsigned int line)
{
	struct entry *entry = entry_find(claims, object);
	struct claim *claim;

	if (!entry && !(entry = entry_add(claims, object)))
		return CLAIM_NO_MEMORY;
	claim = claim_find(entry, file);
	if (claim && claim->round == file->round)
		return CLAIM_TWICE;
	if (!claim && !(claim = claim_add(claims, entry, file)))
		return CLAIM_NO_MEMORY;
	claim->round = file->round;
	claim->line = line;
	claim->hash = object_hash(object);
	if (entry->claims != claim)
		return CLAIM_WAITS;
	if (entry->told_any && entry->told == claim->hash)
		return CLAIM_SAME;
	entry->told_any = true;
	entry->told = claim->hash;
	return CLAIM_TELL;
}

bool claims_keep(struct claims *claims, struct claim_file *file, const struct object *object)
{
	struct entry *entry = entry_find(claims, object);
	struct claim *claim = entry ? claim_find(entry, file) : NULL;

	if (claim)
		claim->round = file->round;
	return claim;
}

void claims_keep_all(struct claim_file *file)
{
	for (struct claim *claim = file->claims; claim; claim = claim->next_of_file)
		claim->round = file->round;
}

static void claim_remove(struct claims *claims, struct claim *claim, const struct claims_end_fn *fn)
{
	struct entry *entry = claim->entry;
	struct claim **at = &entry->claims;
	bool was_double = entry_is_double(entry), was_first = entry->claims == claim;

	while (*at && *at != claim)
		at = &(*at)->next_of_entry;
	*at = claim->next_of_entry;
	free(claim);
	claims->doubles -= was_double && !entry_is_double(entry);
	if (!entry->claims)
		entry_gone(claims, entry, fn);
	else if (was_first && entry->claims->hash != entry->told)
		fn->heir(entry->claims->file, fn->ctx);
}

void claims_end(struct claims *claims, struct claim_file *file, const struct claims_end_fn *fn)
{
	struct claim **at = &file->claims;

	while (*at) {
		struct claim *claim = *at;

		if (claim->round == file->round) {
			at = &claim->next_of_file;
			continue;
		}
		*at = claim->next_of_file;
		claim_remove(claims, claim, fn);
	}
}

void claims_waiting(const struct claim_file *file, claim_waiting_fn *fn, void *ctx)
{
	for (struct claim *claim = file->claims; claim; claim = claim->next_of_file) {
		const struct entry *entry = claim->entry;
		const char *slash = strchr(entry->key, '/');
		char namespace[KEY_SIZE];

		if (entry->claims == claim)
			continue;
		snprintf(namespace, sizeof(namespace), "%.*s", (int)(slash - entry->key - 1),
			 entry->key + 1);
		fn(entry->kind, namespace, slash + 1, claim->line, entry->claims->file, ctx);
	}
}
