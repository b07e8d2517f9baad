/* SPDX-License-Identifier: Apache-2.0 */
/* frontend_claims - which service has a frontend that several want: the first by name, the others
 * wait. */
#pragma once

#include <stddef.h>

#include "byway/service.h"

struct frontend_claim;
struct frontend_claimant;

/* Begin with { NULL }, end with frontend_claims_done(). */
struct frontend_claims {
	struct frontend_claim *by_key;
};

/* Who claims; part of what a service has. Begin with { name }. */
struct claimer {
	const char *name; /* valid for as long as it claims anything */
	struct frontend_claimant *claimants;
};

void frontend_claims_done(struct frontend_claims *claims);

/* A claimer other than the one at work has won or lost a frontend. */
typedef void frontend_claims_moved_fn(struct claimer *claimer, void *ctx);

/* frontend_claims_set - the claimer wants these and nothing else. -ENOMEM: it has some of them. */
int frontend_claims_set(struct frontend_claims *claims, struct claimer *claimer,
			const struct service_key *keys, size_t count,
			frontend_claims_moved_fn *moved, void *ctx);

/* frontend_claims_winner - who has it, or NULL. */
struct claimer *frontend_claims_winner(const struct frontend_claims *claims,
				       const struct service_key *key);
