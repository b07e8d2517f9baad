/* SPDX-License-Identifier: Apache-2.0 */
/* mountinfo - a line of /proc/self/mountinfo, which tells where a cgroup2 is mounted. Pure. */
#pragma once

#include <stdbool.h>

#include "paths.h"

/* cgroup_mount_parse - the mount point, if it is of a cgroup2 and from its root; else false. */
bool cgroup_mount_parse(const char *line, struct byway_path *ret_path);
