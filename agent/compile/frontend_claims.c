/* SPDX-License-Identifier: Apache-2.0 */
/* frontend_claims - which service has a frontend that several want: the first by name, the others
 * wait. */
#include "agent/compile/frontend_claims.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

/* A frontend, and who wants it, by name: the first has it. */
struct frontend_claim {
	UT_hash_handle hh;
	struct service_key key;
	struct frontend_claimant *first;
};

struct frontend_claimant {
	struct frontend_claim *claim;
	struct claimer *claimer;
	struct frontend_claimant *next;	   /* of the same frontend, by name */
	struct frontend_claimant *sibling; /* of the same claimer */
	bool wanted;
};

void frontend_claims_done(struct frontend_claims *claims)
{
	struct frontend_claim *claim, *next;

	HASH_ITER(hh, claims->by_key, claim, next) {
		HASH_DEL(claims->by_key, claim);
		for (struct frontend_claimant *each = claim->first, *after; each; each = after) {
			after = each->next;
			free(each);
		}
		free(claim);
	}
}

static struct frontend_claim *claim_find(const struct frontend_claims *claims,
					 const struct service_key *key)
{
	struct frontend_claim *claim;

	HASH_FIND(hh, claims->by_key, key, sizeof(*key), claim);
	return claim;
}

static struct frontend_claim *claim_reach(struct frontend_claims *claims,
					  const struct service_key *key)
{
	struct frontend_claim *claim = claim_find(claims, key);

	if (claim)
		return claim;
	claim = calloc(1, sizeof(*claim));
	if (!claim)
		return NULL;
	claim->key = *key;
	HASH_ADD(hh, claims->by_key, key, sizeof(claim->key), claim);
	return claim;
}

struct claimer *frontend_claims_winner(const struct frontend_claims *claims,
				       const struct service_key *key)
{
	const struct frontend_claim *claim = claim_find(claims, key);

	return claim && claim->first ? claim->first->claimer : NULL;
}

static struct frontend_claimant *claimant_find(const struct frontend_claim *claim,
					       const struct claimer *claimer)
{
	for (struct frontend_claimant *each = claim->first; each; each = each->next)
		if (each->claimer == claimer)
			return each;
	return NULL;
}

/* Behind those whose name comes first. Whoever had it until now hears of it. */
static void claimant_join(struct frontend_claimant *claimant, frontend_claims_moved_fn *moved,
			  void *ctx)
{
	struct frontend_claimant **place = &claimant->claim->first;

	while (*place && strcmp((*place)->claimer->name, claimant->claimer->name) < 0)
		place = &(*place)->next;
	claimant->next = *place;
	*place = claimant;
	if (claimant->claim->first == claimant && claimant->next)
		moved(claimant->next->claimer, ctx);
}

static int claim_want(struct frontend_claims *claims, struct claimer *claimer,
		      const struct service_key *key, frontend_claims_moved_fn *moved, void *ctx)
{
	struct frontend_claim *claim = claim_reach(claims, key);
	struct frontend_claimant *claimant = claim ? claimant_find(claim, claimer) : NULL;

	if (!claim)
		return -ENOMEM;
	if (!claimant) {
		claimant = calloc(1, sizeof(*claimant));
		if (!claimant)
			return -ENOMEM;
		claimant->claim = claim;
		claimant->claimer = claimer;
		claimant->sibling = claimer->claimants;
		claimer->claimants = claimant;
		claimant_join(claimant, moved, ctx);
	}
	claimant->wanted = true;
	return 0;
}

static void claimant_leave(struct frontend_claims *claims, struct frontend_claimant *claimant,
			   frontend_claims_moved_fn *moved, void *ctx)
{
	struct frontend_claim *claim = claimant->claim;
	struct frontend_claimant **place = &claim->first;
	bool had = claim->first == claimant;

	while (*place != claimant)
		place = &(*place)->next;
	*place = claimant->next;
	free(claimant);
	if (!claim->first) {
		HASH_DEL(claims->by_key, claim);
		free(claim);
	} else if (had) {
		moved(claim->first->claimer, ctx);
	}
}

int frontend_claims_set(struct frontend_claims *claims, struct claimer *claimer,
			const struct service_key *keys, size_t count,
			frontend_claims_moved_fn *moved, void *ctx)
{
	struct frontend_claimant **place = &claimer->claimants;
	int rc = 0;

	for (size_t i = 0; i < count && !rc; i++)
		rc = claim_want(claims, claimer, &keys[i], moved, ctx);
	while (*place) {
		struct frontend_claimant *each = *place;

		if (each->wanted) {
			each->wanted = false;
			place = &each->sibling;
			continue;
		}
		*place = each->sibling;
		claimant_leave(claims, each, moved, ctx);
	}
	return rc;
}
