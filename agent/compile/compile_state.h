/* SPDX-License-Identifier: Apache-2.0 */
/* compile_state - what a compiler remembers of each service, shared by the files of the compiler.
 */
#pragma once

#include "agent/compile/frontend_claims.h"
#include "agent/compile/compile.h"
#include "agent/compile/problems.h"

struct compile_state {
	struct claimer claimer; /* first: a claimer is its state */
	UT_hash_handle hh;
	struct service_rows had;
	struct service_rows *wanted; /* NULL: what is had */
	struct problems problems;
	struct compile_state *next_changed, *next_again;
	size_t written; /* writes done of the phase in which one failed */
	uint8_t phase;	/* that phase */
	bool broken;	/* a write failed in this pass: the later ones are left */
	bool failed;	/* and in the last pass, so that it waits for compiler_retry() */
	bool changed, again, no_maglev, maglev_refused;
	char key[];
};

struct compiler {
	struct compile_state *states;
	struct compile_state *changed; /* have a wanted */
	struct compile_state *again;   /* must be compiled, though nobody marked them dirty */
	struct compile_state *stale;   /* rows that nobody claimed */
	struct frontend_claims claims;
	struct held pool; /* what the maps held at the start and nobody has claimed yet */
	uint32_t id_last;
	size_t mended;
};

static inline struct compile_state *state_of(struct claimer *claimer)
{
	return (struct compile_state *)claimer;
}

struct compile_state *state_find(const struct compiler *compiler, const char *key);
void state_again(struct compiler *compiler, struct compile_state *state);
/* state_settle - forget it when there is nothing to remember. */
void state_settle(struct compiler *compiler, struct compile_state *state);
void state_free(struct compile_state *state);
/* state_want - takes the rows; they are written unless they are what is had. */
int state_want(struct compiler *compiler, struct compile_state *state, struct service_rows *rows);
/* state_commit - what was wanted is had. */
void state_commit(struct compile_state *state);
