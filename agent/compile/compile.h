/* SPDX-License-Identifier: Apache-2.0 */
/* compile - services that have changed -> the writes that make the maps tell of them. */
#pragma once

#include "agent/compile/diff.h"
#include "agent/compile/held.h"
#include "agent/compile/rows.h"
#include "agent/model/cluster.h"

/*
 * A compiler knows what the maps hold, service by service. One pass:
 *
 *	compiler_update(compiler, cluster, complete, &err);
 *	for (phase = 0; phase < WRITE_PHASE_COUNT; phase++)
 *		compiler_write(compiler, phase, emit, ctx);
 *	again = compiler_done(compiler);
 *
 * and at the start, before the first, compiler_learn() with what the maps hold.
 */
struct compiler;

/* compiler_new - NULL when there is no memory. */
struct compiler *compiler_new(void);
/* compiler_free - NULL is fine; for CLEANUP(). */
void compiler_free(struct compiler **compiler);

/*
 * compiler_learn - the maps hold this, whatever was thought before; takes it out of maps
 * (held_sort). Not within a pass. At the start nothing is known yet: services that come find their
 * ids and slots in it. Later it is a check: what is not as it was left is put right in the next
 * pass.
 */
int compiler_learn(struct compiler *compiler, struct held_maps *maps, struct error *err);

/*
 * compiler_ids_above - ids up to this one are not given out: something other than the four maps may
 * still hold it (conntrack, affinity).
 */
void compiler_ids_above(struct compiler *compiler, uint32_t id);

/*
 * compiler_update - compile every dirty service of the cluster, and those that depend on the same
 * frontends. complete: the source has told everything there is (and records have told of host
 * ports), so that what no service claims is stale and goes in this pass; before, it stays.
 */
int compiler_update(struct compiler *compiler, struct cluster *cluster, bool complete,
		    struct error *err);

/*
 * compiler_write - the writes of one phase, over all services that have changed. When emit fails,
 * the rest of that service waits (other services go on); it is tried again in the pass after
 * compiler_retry().
 */
void compiler_write(struct compiler *compiler, enum write_phase phase, write_fn *emit, void *ctx);

/*
 * compiler_done - the pass is over. True: begin another at once, because a table of Maglev found no
 * room and its service is to do without.
 */
bool compiler_done(struct compiler *compiler);

/* compiler_retry - what failed is compiled again in the next pass. True when there is any. */
bool compiler_retry(struct compiler *compiler);

/* What is wrong with a service, in one sentence: reported, while everything else works. */
typedef void problem_fn(const char *service, const char *sentence, void *ctx);
void compiler_problems(const struct compiler *compiler, problem_fn *tell, void *ctx);

/* compiler_rows - what the maps hold of a service (key as in the cluster), or NULL. */
const struct service_rows *compiler_rows(const struct compiler *compiler, const char *key);

struct compiler_counts {
	size_t services, frontends, backends, maglevs, source_ranges;
	size_t failed; /* services of which a write failed and waits */
	size_t mended; /* how often compiler_learn() found a service other than it was left */
};
struct compiler_counts compiler_count(const struct compiler *compiler);
