/* SPDX-License-Identifier: Apache-2.0 */
/* sysctl - the few settings of the node's network stack that Byway needs. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/*
 * sysctl_get - the number at /proc/sys/net/NAME ("ipv4/ip_forward"); -ENOENT where there is none.
 */
int sysctl_get(const char *name, long *ret_value, struct error *err);

/* sysctl_require - make it value; *ret_changed says whether it was something else. */
int sysctl_require(const char *name, long value, bool *ret_changed, struct error *err);

/*
 * sysctl_forwarding - let the node forward the families given. Interfaces that take router
 * advertisements go on doing so (accept_ra 2), which forwarding would otherwise end. Every change
 * is a line in the log, and with warn every failure: without forwarding, pods still reach pods of
 * the same node.
 */
void sysctl_forwarding(bool v4, bool v6, bool warn);
