/* SPDX-License-Identifier: Apache-2.0 */
/* inspect - the endpoints one by one: what the records say, and what is really there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "datapath/attach_kind.h"
#include "datapath/maps.h"
#include "datapath/record.h"

enum endpoint_state {
	ENDPOINT_STATE_READY,	/* packets pass */
	ENDPOINT_STATE_PENDING, /* its policy is not in place: everything is dropped */
	ENDPOINT_STATE_GONE,	/* its interface is gone */
	ENDPOINT_STATE_COUNT
};

const char *endpoint_state_name(enum endpoint_state state);

struct endpoint_view {
	/* From the record; without one, from the endpoints map: then the container is not known. */
	struct record record;
	bool recorded;
	uint64_t owner;
	enum endpoint_state state;
	enum attach_kind attach; /* ATTACH_AUTO when programs are missing */
	size_t leased;		 /* how many of its addresses the endpoints map has for it */
};

/* Called for each endpoint; other than 0 stops and is returned. */
typedef int endpoint_view_fn(const struct endpoint_view *endpoint, void *ctx);

/* endpoints_inspect - first those with a record, then what the endpoints map holds besides. */
int endpoints_inspect(const struct datapath_maps *maps, const char *run_dir, endpoint_view_fn *fn,
		      void *ctx, struct error *err);
