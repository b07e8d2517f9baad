/* SPDX-License-Identifier: Apache-2.0 */
/* set - one set of backends of one service port and family: its rows, and how it is chosen from. */
#pragma once

#include "agent/compile/candidates.h"
#include "agent/compile/rows.h"
#include "agent/compile/slots.h"

/* A port of a service in one family, as far as its sets must know. */
struct set_scope {
	uint32_t id;
	const struct candidate *candidates; /* judged, of the family */
	size_t candidate_count;
	const struct service_rows *had;
};

/*
 * set_compile - add the set's rows to rows. *ret_set are the backends with their slots
 * (ret_set->items is the caller's). When no candidate serves anywhere, what was there stays, as
 * draining: a client's flow is not forgotten before there is something better.
 */
int set_compile(const struct set_scope *scope, enum backend_set which,
		const struct slot_past *past_choice, struct service_rows *rows,
		struct slot_set *ret_set);
