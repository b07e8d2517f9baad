/* SPDX-License-Identifier: Apache-2.0 */
/* guard - loadBalancerSourceRanges: who from outside may use a load-balancer IP. */
#pragma once

#include "agent/compile/frontends.h"
#include "agent/compile/rows.h"

/*
 * guard_add - the ranges of the frontends' family, when one of them is a load-balancer IP.
 * *ret_guarded: there is a guard. Without a range of the family there is none, nor with 0.0.0.0/0
 * (::/0) among them.
 */
int guard_add(const struct service_object *service, const struct frontend *frontends, size_t count,
	      uint32_t id, struct service_rows *rows, bool *ret_guarded);
