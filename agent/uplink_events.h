/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_events - uplinks and routes while the agent runs: what the kernel tells, and time. */
#pragma once

#include "agent/agent.h"

struct event_base;
struct uplink_events;

/*
 * uplink_events_new - begins to watch and then looks for the first time, which attaches the
 * programs anew. Answers to changes once the loop runs. Failures to attach are logged and tried
 * again, no reason for an agent not to run.
 */
int uplink_events_new(struct agent *agent, struct event_base *base, struct uplink_events **ret,
		      struct error *err);
/* uplink_events_free - programs and maps stay as they are. NULL is fine. */
void uplink_events_free(struct uplink_events **events);
