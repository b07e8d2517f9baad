/* SPDX-License-Identifier: Apache-2.0 */
/* conflist - the network configuration that tells the container runtime to run the plugin. */
#pragma once

#include <stdbool.h>

#include "agent/config.h"
#include "base/error.h"

/* conflist_format - pure; the caller frees the text. NULL when there is no memory. */
char *conflist_format(const struct agent_config *config);

/*
 * conflist_write - into config's cniConfDir by rename, so that a runtime that watches the directory
 * never reads half of it. Unchanged content is not written again: a runtime would reload for
 * nothing. *ret_changed may be NULL.
 */
int conflist_write(const struct agent_config *config, bool *ret_changed, struct error *err);

/* conflist_is_ours - does the text hold what an agent with this runDir wrote, and nothing else? */
bool conflist_is_ours(const char *text, const char *run_dir);
