/* SPDX-License-Identifier: Apache-2.0 */
/* netns - network namespaces: opened, compared, entered for a moment. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/*
 * netns_open - -ENOENT when the path is gone; refuses (CNI_ENVIRONMENT) what is no network
 * namespace.
 */
int netns_open(const char *path, int *ret_fd, struct error *err);

/* netns_is_own - whether it is the one that the caller is in. */
int netns_is_own(int netns, bool *ret_own, struct error *err);

/* netns_run - call fn in the namespace. fn's error is returned; so is a failure to come back. */
typedef int netns_fn(void *ctx, struct error *err);
int netns_run(int netns, netns_fn *fn, void *ctx, struct error *err);
