/* SPDX-License-Identifier: Apache-2.0 */
/* address_events - the node's addresses while the agent runs, and map node_addresses with them. */
#pragma once

#include "agent/agent.h"

struct address_events;
struct event_base;

/* address_events_new - begins to watch. Answers to changes once the loop runs. */
int address_events_new(struct agent *agent, struct event_base *base,
		       struct address_events **ret_events, struct error *err);
/* address_events_free - the map stays as it is. NULL is fine. */
void address_events_free(struct address_events **events);

/* address_events_look - bring the map in line now. What fails is logged and tried again. */
void address_events_look(struct address_events *events);
