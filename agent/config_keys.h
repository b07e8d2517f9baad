/* SPDX-License-Identifier: Apache-2.0 */
/* config_keys - the table of the agent's keys: type, member, help, and whether it has an effect. */
#pragma once

#include "agent/config.h"
#include "agent/config_values.h"

enum shape { SHAPE_TEXT, SHAPE_NUMBER, SHAPE_BOOL, SHAPE_LIST, SHAPE_COUNT };

enum use { USED, UNUSED };

struct config_key {
	const char *name; /* "source.kind" is kind of the object source */
	value_fn *take;
	size_t offset; /* of the member in struct agent_config */
	const char *help;
	enum shape shape;
	enum use use; /* UNUSED: accepted and checked, for work to come */
};

/* key_find - by its whole name; NULL when there is none. */
const struct config_key *key_find(const char *name);

/* key_bit - the key's bit in struct agent_config.given. */
uint64_t key_bit(const struct config_key *key);

/* group_exists - is name an object of which some key is a member? */
bool group_exists(const char *name);

/* shape_name - "a string", for errors. */
const char *shape_name(enum shape shape);
