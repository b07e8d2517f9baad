/* SPDX-License-Identifier: Apache-2.0 */
/* agent_client - what the plugin asks the agent: a policy in place, and whether it is ready. */
#pragma once

#include "base/error.h"

/*
 * agent_confirm - wait until the agent has put the endpoint's policy in place, for timeout_ms at
 * the most. An agent that is just being restarted is tried again meanwhile. Errors are
 * CNI_TRY_AGAIN.
 */
int agent_confirm(const char *run_dir, const char *container_id, const char *ifname,
		  unsigned int timeout_ms, struct error *err);

/* agent_ready - one question, answered within a second or not at all: CNI_NOT_AVAILABLE. */
int agent_ready(const char *run_dir, struct error *err);
