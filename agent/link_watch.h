/* SPDX-License-Identifier: Apache-2.0 */
/* link_watch - tells which interfaces went, and which lost a qdisc or a filter, by rtnetlink. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct link_watch;

/* ifindex 0: notifications were lost, so it may have been any. */
typedef void link_changed_fn(uint32_t ifindex, void *ctx);

int link_watch_new(link_changed_fn *fn, void *ctx, struct link_watch **ret_watch,
		   struct error *err);
void link_watch_free(struct link_watch **watch);

/* link_watch_fd - becomes readable when there is something to take. */
int link_watch_fd(const struct link_watch *watch);

/* link_watch_take - call fn for everything that is there, without waiting. */
void link_watch_take(struct link_watch *watch);
