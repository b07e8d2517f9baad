/* SPDX-License-Identifier: Apache-2.0 */
/* config_dirs - are the directories and files that the configuration names there? */
#pragma once

#include "agent/config.h"

/*
 * config_dirs_check - those that Byway does not make itself. -EINVAL, and the error names the key.
 */
int config_dirs_check(const struct agent_config *config, struct error *err);
