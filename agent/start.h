/* SPDX-License-Identifier: Apache-2.0 */
/* start - from a configuration to an agent that is ready, step by step. */
#pragma once

#include "agent/agent.h"

/*
 * agent_start - config is filled in, and descriptors are -1. On failure what was begun is left to
 * agent_stop(); -EINVAL means that the configuration is to blame.
 */
int agent_start(struct agent *agent, struct error *err);

/* agent_stop - gives back what the process holds. The datapath, the conflist and node.json stay. */
void agent_stop(struct agent *agent);

/*
 * forwarding_ensure - as the families of the pods' ranges need it. Called now and then: service
 * managers set sysctls back when they read their files again.
 */
void forwarding_ensure(const struct agent *agent, bool warn);
