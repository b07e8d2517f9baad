/* SPDX-License-Identifier: Apache-2.0 */
/* sockets - the hooks on sockets as the configuration wants them, and sockets that need freeing. */
#pragma once

#include "agent/config.h"
#include "base/error.h"

/*
 * sockets_take_over - the loaded programs replace those of before, or begin, or end. What the
 * machine cannot give (no cgroup2, somebody's exclusive program) is said in the log: services are
 * then translated per packet. -EINVAL when config->cgroup_dir is no cgroup2.
 */
int sockets_take_over(const struct agent_config *config, struct error *err);

/* sockets_free_stale - after services have changed, and now and then. Says what it did. */
void sockets_free_stale(const struct agent_config *config);
