/* SPDX-License-Identifier: Apache-2.0 */
/* drop_source - where the drops verb learns of drops: the agent, or the ring of records itself. */
#pragma once

#include <stdint.h>

#include <cjson/cJSON.h>

#include "agent/cli/verb.h"

struct drop_source;

/* drop_source_new - -ENOENT when no agent answers and the datapath is not loaded either. */
int drop_source_new(const struct options *options, struct drop_source **ret_source,
		    struct error *err);
void drop_source_free(struct drop_source **source);

/*
 * drop_source_take - the document of view_drops() with the recent drops that are newer than since.
 */
int drop_source_take(struct drop_source *source, uint64_t since, cJSON **ret_json,
		     struct error *err);

/* drop_source_wait - until there may be news. */
void drop_source_wait(struct drop_source *source);
