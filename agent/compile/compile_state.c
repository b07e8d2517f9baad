/* SPDX-License-Identifier: Apache-2.0 */
/* compile_state - what a compiler remembers of each service, and what it can say of it. */
#include "agent/compile/compile_state.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/compile/row_walk.h"

struct compile_state *state_find(const struct compiler *compiler, const char *key)
{
	struct compile_state *state;

	HASH_FIND_STR(compiler->states, key, state);
	return state;
}

void state_again(struct compiler *compiler, struct compile_state *state)
{
	if (state->again)
		return;
	state->again = true;
	state->next_again = compiler->again;
	compiler->again = state;
}

static void wanted_free(struct compile_state *state)
{
	if (state->wanted)
		service_rows_done(state->wanted);
	free(state->wanted);
	state->wanted = NULL;
}

void state_free(struct compile_state *state)
{
	wanted_free(state);
	service_rows_done(&state->had);
	problems_done(&state->problems);
	free(state);
}

void state_settle(struct compiler *compiler, struct compile_state *state)
{
	if (state->changed || state->again || state->failed || state->problems.count ||
	    state->claimer.claimants || !service_rows_are_empty(&state->had))
		return;
	HASH_DEL(compiler->states, state);
	state_free(state);
}

void state_commit(struct compile_state *state)
{
	service_rows_done(&state->had);
	state->had = *state->wanted;
	free(state->wanted);
	state->wanted = NULL;
}

int state_want(struct compiler *compiler, struct compile_state *state, struct service_rows *rows)
{
	wanted_free(state);
	state->wanted = malloc(sizeof(*state->wanted));
	if (!state->wanted) {
		service_rows_done(rows);
		return -ENOMEM;
	}
	*state->wanted = *rows;
	if (rows_same(&state->had, rows)) {
		state_commit(state);
		state->failed = false;
	} else if (!state->changed) {
		state->changed = true;
		state->next_changed = compiler->changed;
		compiler->changed = state;
	}
	return 0;
}

struct compiler *compiler_new(void)
{
	return calloc(1, sizeof(struct compiler));
}

void compiler_free(struct compiler **compiler)
{
	struct compiler *doomed = *compiler;
	struct compile_state *state, *next;

	*compiler = NULL;
	if (!doomed)
		return;
	frontend_claims_done(&doomed->claims);
	HASH_ITER(hh, doomed->states, state, next) {
		HASH_DEL(doomed->states, state);
		state_free(state);
	}
	if (doomed->stale)
		state_free(doomed->stale);
	held_done(&doomed->pool);
	free(doomed);
}

/* --- what it can say -------------------------------------------------------------------------- */

void compiler_problems(const struct compiler *compiler, problem_fn *tell, void *ctx)
{
	for (const struct compile_state *each = compiler->states; each; each = each->hh.next) {
		char more[64];

		for (size_t i = 0; i < each->problems.count && i < PROBLEMS_MAX; i++)
			tell(each->key, each->problems.items[i], ctx);
		if (each->problems.count <= PROBLEMS_MAX)
			continue;
		snprintf(more, sizeof(more), "and %zu more", each->problems.count - PROBLEMS_MAX);
		tell(each->key, more, ctx);
	}
}

const struct service_rows *compiler_rows(const struct compiler *compiler, const char *key)
{
	const struct compile_state *state = state_find(compiler, key);

	return state ? &state->had : NULL;
}

struct compiler_counts compiler_count(const struct compiler *compiler)
{
	struct compiler_counts counts = { .mended = compiler->mended };

	if (compiler->stale)
		counts.failed = compiler->stale->failed;
	for (const struct compile_state *each = compiler->states; each; each = each->hh.next) {
		counts.services += each->had.frontend_count > 0;
		counts.frontends += each->had.frontend_count;
		counts.backends += each->had.backend_count;
		counts.maglevs += each->had.maglev_count;
		counts.source_ranges += each->had.source_range_count;
		counts.failed += each->failed;
	}
	return counts;
}
