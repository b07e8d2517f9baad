/* SPDX-License-Identifier: Apache-2.0 */
/* name_table - texts that many objects share (nodes, zones, ports), kept once, by number. */
#include "agent/model/name_table.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct name {
	UT_hash_handle hh;
	uint32_t id, holds;
	char text[];
};

void name_table_done(struct name_table *names)
{
	struct name *name, *next;

	HASH_ITER(hh, names->by_text, name, next) {
		HASH_DEL(names->by_text, name);
		free(name);
	}
	free(names->by_id);
	free(names->free);
	*names = (struct name_table){};
}

/* Both lists grow together, so that giving a number back never needs memory. */
static bool room_make(struct name_table *names)
{
	uint32_t room = names->room ? names->room * 2 : 64;
	struct name **by_id = realloc(names->by_id, room * sizeof(struct name *));
	uint32_t *spare;

	if (!by_id)
		return false;
	names->by_id = by_id;
	spare = realloc(names->free, room * sizeof(*spare));
	if (!spare)
		return false;
	names->free = spare;
	names->room = room;
	return true;
}

static struct name *name_add(struct name_table *names, const char *text)
{
	size_t size = strlen(text) + 1;
	struct name *name;

	if (!names->free_count && names->count + 1 >= names->room && !room_make(names))
		return NULL;
	name = calloc(1, sizeof(*name) + size);
	if (!name)
		return NULL;
	memcpy(name->text, text, size);
	name->id = names->free_count ? names->free[--names->free_count] : ++names->count;
	names->by_id[name->id] = name;
	HASH_ADD_STR(names->by_text, text, name);
	return name;
}

uint32_t name_hold(struct name_table *names, const char *text)
{
	struct name *name;

	if (!*text)
		return 0;
	HASH_FIND_STR(names->by_text, text, name);
	if (!name)
		name = name_add(names, text);
	if (!name)
		return 0;
	name->holds++;
	return name->id;
}

void name_drop(struct name_table *names, uint32_t id)
{
	struct name *name = id ? names->by_id[id] : NULL;

	if (!name || --name->holds)
		return;
	HASH_DEL(names->by_text, name);
	names->by_id[id] = NULL;
	names->free[names->free_count++] = id;
	free(name);
}

const char *name_text(const struct name_table *names, uint32_t id)
{
	return id ? names->by_id[id]->text : "";
}
