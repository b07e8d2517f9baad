/* SPDX-License-Identifier: Apache-2.0 */
/* compile_write - a pass's writes, and what is known of the maps when some of them failed. */
#include <stdlib.h>

#include "agent/compile/compile_state.h"

struct writing {
	struct compiler *compiler;
	struct compile_state *state;
	write_fn *emit;
	void *ctx;
};

/* Does the map hold the state's own value wherever it has won? */
static bool state_is_in_place(const struct compile_state *state)
{
	return state->wanted ? !state->broken : !state->failed;
}

/* The key is another service's by now, which has written its own value there. */
static bool frontend_has_moved(const struct writing *writing, const struct write *write)
{
	struct claimer *winner;

	if (write->map != MAP_SERVICES || write->value)
		return false;
	winner = frontend_claims_winner(&writing->compiler->claims, write->key);
	return winner && winner != &writing->state->claimer && state_is_in_place(state_of(winner));
}

static int write_try(const struct write *write, void *ctx)
{
	struct writing *writing = ctx;
	int rc = 0;

	if (!frontend_has_moved(writing, write))
		rc = writing->emit(write, writing->ctx);
	if (!rc)
		writing->state->written++;
	else if (write->map == MAP_MAGLEV && write->value)
		writing->state->maglev_refused = true;
	return rc;
}

void compiler_write(struct compiler *compiler, enum write_phase phase, write_fn *emit, void *ctx)
{
	for (struct compile_state *each = compiler->changed; each; each = each->next_changed) {
		struct writing writing = { compiler, each, emit, ctx };

		if (each->broken || !each->wanted)
			continue;
		each->written = 0;
		each->phase = (uint8_t)phase;
		each->broken = rows_diff(&each->had, each->wanted, phase, write_try, &writing) != 0;
	}
}

/* On failure nothing more is known than before: compiler_learn() will put that right. */
static bool broken_close(struct compiler *compiler, struct compile_state *state)
{
	bool again = state->maglev_refused;

	rows_advance(&state->had, state->wanted, state->phase, state->written);
	service_rows_done(state->wanted);
	free(state->wanted);
	state->wanted = NULL;
	state->broken = false;
	state->failed = !again;
	if (again) {
		state->no_maglev = true;
		state_again(compiler, state);
	}
	return again;
}

static bool state_close(struct compiler *compiler, struct compile_state *state)
{
	bool again = false;

	state->changed = false;
	if (!state->wanted)
		return false;
	if (state->broken) {
		again = broken_close(compiler, state);
	} else {
		state->failed = false;
		state_commit(state);
	}
	state->maglev_refused = false;
	return again;
}

bool compiler_done(struct compiler *compiler)
{
	struct compile_state *next;
	bool again = false;

	for (struct compile_state *each = compiler->changed; each; each = next) {
		next = each->next_changed;
		again |= state_close(compiler, each);
		if (each != compiler->stale)
			state_settle(compiler, each);
	}
	compiler->changed = NULL;
	return again;
}

bool compiler_retry(struct compiler *compiler)
{
	bool any = compiler->again != NULL || (compiler->stale && compiler->stale->failed);

	for (struct compile_state *each = compiler->states; each; each = each->hh.next)
		if (each->failed) {
			any = true;
			state_again(compiler, each);
		}
	return any;
}
