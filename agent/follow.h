/* SPDX-License-Identifier: Apache-2.0 */
/* follow - services while the agent runs: changes, passes, checks, addresses, sweeps. */
#pragma once

#include <stdbool.h>

#include "agent/agent.h"

struct follow;

/*
 * follow_new - begins to follow the source, the node's addresses and the records (it becomes
 * agent->endpoints.sink, so that it comes before the first scan). Answers once the loop runs.
 */
int follow_new(struct agent *agent, struct event_base *base, struct follow **ret_follow,
	       struct error *err);
/* follow_free - the maps stay as they are. NULL is fine. */
void follow_free(struct follow **follow);

/* follow_start - the first pass: the records have been read. */
void follow_start(struct follow *follow);
