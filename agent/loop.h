/* SPDX-License-Identifier: Apache-2.0 */
/* loop - what the agent reacts to while it runs: records, interfaces, drops, time and signals. */
#pragma once

#include "agent/agent.h"

struct event_base;

/* loop_new - everything is watched from here on, and answered once loop_run() runs. */
int loop_new(struct agent *agent, struct loop **ret_loop, struct error *err);
void loop_free(struct loop **loop);

/* loop_run - until SIGTERM or SIGINT; returns which. */
int loop_run(struct loop *loop);

struct event_base *loop_base(const struct loop *loop);

/* loop_facts_update - bring the facts that views tell in line with what has been counted. */
void loop_facts_update(struct agent *agent);
