/* SPDX-License-Identifier: Apache-2.0 */
/* compile - services that have changed -> what the maps should tell of them. */
#include "agent/compile/compile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/compile_state.h"
#include "agent/compile/row_walk.h"
#include "agent/compile/service.h"
#include "base/cleanup.h"
#include "byway/ip_text.h"

static struct compile_state *state_new(const char *key)
{
	struct compile_state *state = calloc(1, sizeof(*state) + strlen(key) + 1);

	if (!state)
		return NULL;
	strcpy(state->key, key);
	state->claimer.name = state->key;
	return state;
}

static struct compile_state *state_reach(struct compiler *compiler, const char *key)
{
	struct compile_state *state = state_find(compiler, key);

	if (state)
		return state;
	state = state_new(key);
	if (state)
		HASH_ADD_STR(compiler->states, key, state);
	return state;
}

/* --- one service ------------------------------------------------------------------------------ */

static void state_moved(struct claimer *claimer, void *ctx)
{
	state_again(ctx, state_of(claimer));
}

/* What another service has is left to it, and said. */
static void lost_drop(struct compiler *compiler, struct compile_state *state,
		      struct frontends *frontends)
{
	size_t kept = 0;

	for (size_t i = 0; i < frontends->count; i++) {
		const struct frontend *each = &frontends->items[i];
		struct claimer *winner = frontend_claims_winner(&compiler->claims, &each->key);

		if (winner == &state->claimer)
			frontends->items[kept++] = *each;
		else if (each->kind == FRONTEND_NODE)
			problems_add(&state->problems, "node port %u belongs to %s",
				     ntohs(each->key.port), winner ? winner->name : "nobody");
		else
			problems_add(&state->problems, "%s port %u belongs to %s",
				     ip_addr_text(&each->key.addr).text, ntohs(each->key.port),
				     winner ? winner->name : "nobody");
	}
	frontends->count = kept;
}

static int frontends_claim(struct compiler *compiler, struct compile_state *state,
			   struct frontends *frontends)
{
	struct service_key *keys = calloc(frontends->count + 1, sizeof(*keys));
	int rc;

	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < frontends->count; i++)
		keys[i] = frontends->items[i].key;
	rc = frontend_claims_set(&compiler->claims, &state->claimer, keys, frontends->count,
				 state_moved, compiler);
	free(keys);
	return rc;
}

/* What the maps held at the start under one of these frontends is this service's from now on. */
static int rows_adopt(struct compiler *compiler, struct compile_state *state,
		      const struct frontends *frontends)
{
	bool adopted = false;

	for (size_t i = 0; i < frontends->count && compiler->pool.by_id; i++) {
		uint32_t id = held_id_of(&compiler->pool, &frontends->items[i].key);
		int rc = id ? held_take(&compiler->pool, id, &state->had) : 0;

		if (rc < 0)
			return rc;
		adopted |= rc;
	}
	if (adopted)
		service_rows_sort(&state->had);
	return 0;
}

static int frontends_compile(struct compiler *compiler, struct compile_state *state,
			     const struct cluster *cluster, const struct cluster_service *service,
			     struct frontends *frontends)
{
	struct compile_request request = {
		.cluster = cluster,
		.service = service,
		.frontends = frontends,
		.had = &state->had,
		.id_last = &compiler->id_last,
		.no_maglev = state->no_maglev,
	};
	struct service_rows rows;
	int rc = frontends_claim(compiler, state, frontends);

	if (rc)
		return rc;
	lost_drop(compiler, state, frontends);
	rc = rows_adopt(compiler, state, frontends);
	if (!rc)
		rc = service_compile(&request, &rows, &state->problems);
	return rc ? rc : state_want(compiler, state, &rows);
}

static int state_compile(struct compiler *compiler, struct compile_state *state,
			 const struct cluster *cluster, const struct cluster_service *service)
{
	struct frontends frontends = {};
	int rc = 0;

	problems_done(&state->problems);
	if (service)
		rc = frontends_list(service, &frontends, &state->problems);
	if (!rc)
		rc = frontends_compile(compiler, state, cluster, service, &frontends);
	free(frontends.items);
	if (rc)
		state_again(compiler, state);
	else
		state_settle(compiler, state);
	return rc;
}

/* --- all that have changed -------------------------------------------------------------------- */

static int state_claim(struct compiler *compiler, struct compile_state *state,
		       const struct cluster_service *service)
{
	struct problems ignored = {};
	struct frontends frontends = {};
	int rc;

	state_again(compiler, state);
	rc = frontends_list(service, &frontends, &ignored);
	if (!rc)
		rc = frontends_claim(compiler, state, &frontends);
	free(frontends.items);
	problems_done(&ignored);
	return rc;
}

/* All of them claim before the first is compiled: at a start, each finds its own in the maps. */
static int dirty_claim(struct compiler *compiler, struct cluster *cluster)
{
	struct cluster_service *service;
	struct compile_state *state;
	int rc;

	while ((service = cluster_dirty_next(cluster))) {
		state = state_reach(compiler, service->key);
		if (!state && service->object)
			cluster_dirty_mark(cluster, service);
		rc = state ? state_claim(compiler, state, service) : -ENOMEM;
		if (rc)
			return rc;
	}
	return 0;
}

static int again_compile(struct compiler *compiler, struct cluster *cluster)
{
	while (compiler->again) {
		struct compile_state *state = compiler->again;
		int rc;

		compiler->again = state->next_again;
		state->again = false;
		rc = state_compile(compiler, state, cluster,
				   cluster_service_find(cluster, state->key));
		if (rc)
			return rc;
	}
	return 0;
}

/* What nobody claimed goes, under a name that no service has. */
static int stale_want(struct compiler *compiler)
{
	struct service_rows nothing = {};
	int rc;

	if (!compiler->stale)
		compiler->stale = state_new("");
	if (!compiler->stale)
		return -ENOMEM;
	rc = held_take_all(&compiler->pool, &compiler->stale->had);
	if (rc < 0)
		return rc;
	held_done(&compiler->pool);
	service_rows_sort(&compiler->stale->had);
	return state_want(compiler, compiler->stale, &nothing);
}

int compiler_update(struct compiler *compiler, struct cluster *cluster, bool complete,
		    struct error *err)
{
	int rc = dirty_claim(compiler, cluster);

	if (!rc)
		rc = again_compile(compiler, cluster);
	if (!rc && complete)
		rc = stale_want(compiler);
	return rc ? error_set(err, rc, "compile the services") : 0;
}

/* --- what the maps hold ----------------------------------------------------------------------- */

static int ids_take(struct held *held, const struct service_rows *had, struct service_rows *rows)
{
	int rc = 0;

	for (size_t i = 0; i < had->frontend_count && rc >= 0; i++)
		rc = held_take(held, had->frontends[i].value.id, rows);
	for (size_t i = 0; i < had->backend_count && rc >= 0; i++)
		if (!i || had->backends[i].key.service != had->backends[i - 1].key.service)
			rc = held_take(held, had->backends[i].key.service, rows);
	for (size_t i = 0; i < had->maglev_count && rc >= 0; i++)
		rc = held_take(held, had->maglevs[i].service, rows);
	for (size_t i = 0; i < had->source_range_count && rc >= 0; i++)
		rc = held_take(held, ntohl(had->source_ranges[i].key.service), rows);
	if (rc < 0)
		return rc;
	service_rows_sort(rows);
	return 0;
}

static int state_learn(struct compiler *compiler, struct compile_state *state, struct held *held)
{
	struct service_rows rows = {};
	int rc = ids_take(held, &state->had, &rows);

	if (!rc && !rows_same(&state->had, &rows)) {
		service_rows_done(&state->had);
		state->had = rows;
		rows = (struct service_rows){};
		compiler->mended++;
		state_again(compiler, state);
	}
	service_rows_done(&rows);
	if (state->no_maglev)
		state_again(compiler, state);
	state->no_maglev = false;
	return rc;
}

int compiler_learn(struct compiler *compiler, struct held_maps *maps, struct error *err)
{
	struct held held = {};
	int rc = held_sort(maps, &held, err);

	if (rc)
		return rc;
	for (struct compile_state *each = compiler->states; each && !rc; each = each->hh.next)
		rc = state_learn(compiler, each, &held);
	compiler_ids_above(compiler, held.id_max);
	held_done(&compiler->pool);
	compiler->pool = held;
	if (compiler->stale)
		service_rows_done(&compiler->stale->had);
	return rc ? error_set(err, rc, "compare the services with what the maps hold") : 0;
}

void compiler_ids_above(struct compiler *compiler, uint32_t id)
{
	if (compiler->id_last < id)
		compiler->id_last = id;
}
