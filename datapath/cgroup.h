/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup - where the cgroup2 hierarchy is mounted, and by which number the kernel knows a cgroup.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "paths.h"

/*
 * cgroup_find - a mount of cgroup2, wherever it is (also beside cgroup v1). *ret_whole: it holds
 * every process of the machine, and not only those of a cgroup namespace. -ENOENT when there is
 * none.
 */
int cgroup_find(struct byway_path *ret_path, bool *ret_whole, struct error *err);

/* cgroup_id - of an open directory; -ENOTSUP when it is not one of a cgroup2. */
int cgroup_id(int dir, uint64_t *ret_id);
