/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile - one pass: what has changed is compiled, and the maps made to tell of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "agent/compile/compile.h"
#include "agent/sync.h"
#include "datapath/epoch.h"

/* What views and metrics tell of the passes. */
struct reconcile_facts {
	bool complete;	       /* everything has been told: what nobody claims was removed */
	uint64_t passes;       /* that wrote or tried to */
	time_t last_pass;      /* wall clock; 0 = none yet */
	uint64_t last_pass_ns; /* CLOCK_MONOTONIC, of any pass, also one without a write */
	uint32_t last_us;      /* how long that one took */
	uint64_t last_writes;
	uint64_t healed;	   /* writes that undid what others did to the maps */
	uint64_t total_us;	   /* of all passes */
	uint64_t pending_since_ns; /* CLOCK_MONOTONIC; 0: nothing waits to be written */
};

struct reconcile {
	struct cluster *cluster;
	struct compiler *compiler;
	struct sync sync;
	const struct epoch *epoch;
	struct reconcile_facts facts;
	bool behind; /* some write failed and waits */
};

/*
 * reconcile_init - learns what the maps hold, so that the first pass writes only what differs. maps
 * and epoch are the caller's. End with reconcile_done(), which leaves the maps as they are.
 */
int reconcile_init(struct reconcile *reconcile, const char *node_name,
		   const struct service_maps *maps, const struct epoch *epoch, struct error *err);
void reconcile_done(struct reconcile *reconcile);

/*
 * reconcile_pass - after a burst of changes. complete: the source has told everything (see
 * compiler_update). Returns the number of writes. What failed is in sync.last_error and waits for
 * reconcile_retry().
 */
uint64_t reconcile_pass(struct reconcile *reconcile, bool complete);

/* reconcile_retry - what failed is tried again. False: nothing had failed, or not now. */
bool reconcile_retry(struct reconcile *reconcile);

/* reconcile_is_behind - some write failed and waits. */
bool reconcile_is_behind(const struct reconcile *reconcile);

/*
 * reconcile_check - compare the maps with what they were left as, and put right what somebody else
 * changed. Returns how many writes that took; they are logged.
 */
uint64_t reconcile_check(struct reconcile *reconcile);
