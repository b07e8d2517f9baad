/* SPDX-License-Identifier: Apache-2.0 */
/* ask - a view of the node: from the agent, or where none answers from the pinned maps. */
#pragma once

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "agent/cli/verb.h"
#include "agent/views/view.h"

typedef int view_fn(const struct node_view *view, cJSON **ret_json, struct error *err);

/*
 * ask - the document at path, or the same made by fn. *ret_agent (may be NULL): an agent answered.
 * -ENOENT when no agent answers and the datapath is not loaded either.
 */
int ask(const struct options *options, const char *path, view_fn *fn, cJSON **ret_json,
	bool *ret_agent, struct error *err);
