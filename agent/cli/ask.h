/* SPDX-License-Identifier: Apache-2.0 */
/* ask - a view of the node: from the agent, or where none answers from the pinned maps. */
#pragma once

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "agent/cli/verb.h"
#include "agent/views/view.h"

typedef int view_fn(const struct node_view *view, cJSON **ret_json, struct error *err);

/* ask_path - path?key=value, the value encoded (RFC 3986 2.1). */
#define ASK_PATH_SIZE 2048
void ask_path(char ret_path[ASK_PATH_SIZE], const char *path, const char *key, const char *value);

/*
 * ask - the document at path, or the same made by fn. *ret_agent (may be NULL): an agent answered.
 * -ENOENT when no agent answers and the datapath is not loaded either.
 */
int ask(const struct options *options, const char *path, view_fn *fn, cJSON **ret_json,
	bool *ret_agent, struct error *err);
