/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile - one pass: what has changed is compiled, and the maps made to tell of it. */
#include "agent/reconcile.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "agent/clock.h"
#include "base/log.h"

/* So many writes in one pass leave megabytes that are not needed again soon. */
#define TRIM_WRITES 1000

/* The compiler asks for another pass when a table of Maglev found no room: once is enough. */
#define PASSES_MAX 3

static int maps_learn(struct reconcile *reconcile, struct error *err)
{
	struct held_maps held = {};
	int rc = sync_read(&reconcile->sync, &held, err);

	if (rc == 0)
		rc = compiler_learn(reconcile->compiler, &held, err);
	held_maps_done(&held);
	return rc;
}

int reconcile_init(struct reconcile *reconcile, const char *node_name,
		   const struct service_maps *maps, const struct epoch *epoch, struct error *err)
{
	uint32_t id_max = 0;
	int rc;

	*reconcile = (struct reconcile){ .epoch = epoch };
	sync_init(&reconcile->sync, maps);
	reconcile->cluster = cluster_new(node_name);
	reconcile->compiler = compiler_new();
	if (!reconcile->cluster || !reconcile->compiler)
		return error_set(err, -ENOMEM, "begin to follow services");
	if ((rc = maps_learn(reconcile, err)) || (rc = sync_id_max(&reconcile->sync, &id_max, err)))
		return rc;
	compiler_ids_above(reconcile->compiler, id_max);
	return 0;
}

void reconcile_done(struct reconcile *reconcile)
{
	sync_done(&reconcile->sync);
	compiler_free(&reconcile->compiler);
	cluster_free(&reconcile->cluster);
}

bool reconcile_is_behind(const struct reconcile *reconcile)
{
	return reconcile->behind;
}

/* Returns whether some write failed. */
static bool writes_carry_out(struct reconcile *reconcile, bool complete)
{
	struct sync *sync = &reconcile->sync;
	uint64_t errors = sync->errors;
	struct error err;
	int passes = 0;

	do {
		if (compiler_update(reconcile->compiler, reconcile->cluster, complete, &err)) {
			sync->errors++;
			sync->last_error = err;
			sync->last_error_time = time(NULL);
		}
		for (int phase = 0; phase < WRITE_PHASE_COUNT; phase++) {
			compiler_write(reconcile->compiler, (enum write_phase)phase, sync_write,
				       sync);
			sync_phase_end(sync);
		}
	} while (compiler_done(reconcile->compiler) && ++passes < PASSES_MAX);
	sync_pass_end(sync);
	return sync->errors != errors;
}

static void facts_note(struct reconcile *reconcile, uint64_t began_ns, uint64_t writes,
		       uint64_t errors)
{
	struct reconcile_facts *facts = &reconcile->facts;
	uint64_t now_ns = clock_ns(), took_us = (now_ns - began_ns) / 1000;

	facts->last_pass_ns = now_ns;
	/* A map that is full is the problem of the services left out, and not of the whole node. */
	if (!reconcile_is_behind(reconcile) || sync_lacks_room(&reconcile->sync))
		facts->pending_since_ns = 0;
	else if (!facts->pending_since_ns)
		facts->pending_since_ns = now_ns;
	if (!writes && !errors)
		return;
	facts->passes++;
	facts->last_pass = time(NULL);
	facts->last_us = (uint32_t)took_us;
	facts->last_writes = writes;
	facts->total_us += took_us;
}

uint64_t reconcile_pass(struct reconcile *reconcile, bool complete)
{
	uint64_t began_ns = clock_ns(), before = sync_write_count(&reconcile->sync);
	uint64_t errors = reconcile->sync.errors, writes;

	reconcile->facts.complete = complete;
	reconcile->behind |= writes_carry_out(reconcile, complete);
	writes = sync_write_count(&reconcile->sync) - before;
	errors = reconcile->sync.errors - errors;
	if (writes)
		epoch_advance(reconcile->epoch);
	if (errors)
		log_error("%llu writes for services failed, the last: %s; tried again",
			  (unsigned long long)errors, reconcile->sync.last_error.text);
	facts_note(reconcile, began_ns, writes, errors);
	if (writes >= TRIM_WRITES)
		malloc_trim(0);
	return writes;
}

bool reconcile_retry(struct reconcile *reconcile)
{
	struct error err;

	if (!reconcile->behind)
		return false;
	if (reconcile->sync.lost && maps_learn(reconcile, &err)) {
		log_error("read the maps of services: %s; tried again", err.text);
		return false;
	}
	reconcile->behind = false;
	compiler_retry(reconcile->compiler);
	reconcile_pass(reconcile, reconcile->facts.complete);
	return true;
}

uint64_t reconcile_check(struct reconcile *reconcile)
{
	size_t mended = compiler_count(reconcile->compiler).mended;
	struct error err;
	uint64_t writes = 0;

	reconcile_retry(reconcile);
	if (maps_learn(reconcile, &err)) {
		log_error("compare the maps of services: %s; tried again later", err.text);
		return 0;
	}
	/* Else there may be half a burst of changes, which is not to be written yet. */
	if (compiler_count(reconcile->compiler).mended != mended)
		writes = reconcile_pass(reconcile, reconcile->facts.complete);
	reconcile->facts.healed += writes;
	if (writes)
		log_warning("the maps of services were changed by somebody else: %llu writes put "
			    "it right",
			    (unsigned long long)writes);
	malloc_trim(0);
	return writes;
}
