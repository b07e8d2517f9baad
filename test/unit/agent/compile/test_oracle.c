/* SPDX-License-Identifier: Apache-2.0 */
/* test_oracle - random clusters and changes: the maps say what the oracle says, after each write.
 */
#include "support/cases.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/compile/compile.h"
#include "map_judge.h"
#include "map_sim.h"
#include "world.h"

enum { CLUSTERS = 1000, CHANGES = 8 };

struct run {
	uint64_t seed;
	int change;
	struct dice dice;
	struct world world;
	struct cluster *cluster;
	struct compiler *compiler;
	struct map_sim *sim, *before;
	struct world world_before;
};

static void run_fail(const struct run *run, const char *why)
{
	fail_msg("seed %llu, change %d: %s", (unsigned long long)run->seed, run->change, why);
}

static void pass(struct run *run)
{
	struct error err;
	bool again;

	do {
		assert_int_equal(compiler_update(run->compiler, run->cluster, true, &err), 0);
		for (int phase = 0; phase < WRITE_PHASE_COUNT; phase++)
			compiler_write(run->compiler, (enum write_phase)phase, map_sim_write,
				       run->sim);
		again = compiler_done(run->compiler);
	} while (again);
}

static void learn(struct run *run, struct compiler *compiler)
{
	struct held_maps maps;
	struct error err;

	map_sim_read(run->sim, dice_roll(&run->dice, 100), &maps);
	assert_int_equal(compiler_learn(compiler, &maps, &err), 0);
	held_maps_done(&maps);
}

static void all_dirty(struct run *run)
{
	for (struct cluster_service *each = cluster_services(run->cluster); each;
	     each = each->hh.next)
		cluster_dirty_mark(run->cluster, each);
}

static void expect_quiet(struct run *run, const char *when)
{
	size_t writes = run->sim->writes;
	char why[128];

	all_dirty(run);
	pass(run);
	snprintf(why, sizeof(why), "%s writes %zu entries", when, run->sim->writes - writes);
	if (run->sim->writes != writes)
		run_fail(run, why);
}

static void judge(struct run *run)
{
	char why[512] = "";

	if (*run->sim->broken)
		run_fail(run, run->sim->broken);
	if (run->sim->useless)
		run_fail(run, "a write changed nothing");
	if (!map_judge(run->sim, &run->world, why, sizeof(why)))
		run_fail(run, why);
}

static void restart(struct run *run)
{
	struct compiler *compiler = compiler_new();

	assert_non_null(compiler);
	learn(run, compiler);
	compiler_free(&run->compiler);
	run->compiler = compiler;
	expect_quiet(run, "a restart");
}

/* Some write fails; later there is room again. */
static void disturbed_pass(struct run *run)
{
	run->sim->fail_in = 1 + dice_roll(&run->dice, 12);
	pass(run);
	run->sim->fail_in = 0;
	if (*run->sim->broken)
		run_fail(run, run->sim->broken);
	compiler_retry(run->compiler);
	learn(run, run->compiler);
	pass(run);
}

/* Somebody else takes an entry away, or puts another value there. */
static void foreign_change(struct run *run)
{
	struct map_sim *sim = run->sim;
	unsigned int which = dice_roll(&run->dice, 3), at;

	if (which == 0 && sim->backend_count) {
		at = dice_roll(&run->dice, (unsigned int)sim->backend_count--);
		sim->backends[at] = sim->backends[sim->backend_count];
	} else if (which == 1 && sim->frontend_count) {
		at = dice_roll(&run->dice, (unsigned int)sim->frontend_count);
		sim->frontends[at].value.id = dice_roll(&run->dice, 100);
	} else if (sim->maglev_count) {
		sim->maglevs[0].table.slot[17] ^= 1;
	}
	learn(run, run->compiler);
	pass(run);
	sim->broken[0] = '\0';
	for (size_t i = 0; i < sim->frontend_count; i++)
		map_sim_judge(sim, sim->frontends[i].value.id);
}

static void step(struct run *run)
{
	char why[512] = "";

	*run->before = *run->sim;
	run->world_before = run->world;
	world_change(&run->dice, &run->world, run->cluster);
	if (dice_roll(&run->dice, 6) == 0) {
		disturbed_pass(run);
		judge(run);
	} else {
		pass(run);
		judge(run);
		if (!map_judge_change(run->before, &run->world_before, run->sim, &run->world, why,
				      sizeof(why)))
			run_fail(run, why);
	}
	expect_quiet(run, "the same again");
	if (dice_roll(&run->dice, 3) == 0)
		restart(run);
	if (dice_roll(&run->dice, 8) == 0) {
		foreign_change(run);
		judge(run);
	}
}

static void run_one(uint64_t seed)
{
	struct run run = { .seed = seed, .dice = { seed * 7919 } };

	run.cluster = cluster_new("node_1");
	run.compiler = compiler_new();
	run.sim = calloc(1, sizeof(*run.sim));
	run.before = calloc(1, sizeof(*run.before));
	assert_true(run.cluster && run.compiler && run.sim && run.before);
	world_make(&run.dice, &run.world);
	world_tell(&run.world, run.cluster);
	pass(&run);
	judge(&run);
	for (run.change = 1; run.change <= CHANGES; run.change++)
		step(&run);
	compiler_free(&run.compiler);
	cluster_free(&run.cluster);
	free(run.sim);
	free(run.before);
}

/* BYWAY_SEED=N runs that one alone. */
static void clusters(void **state)
{
	const char *seed = getenv("BYWAY_SEED");

	(void)state;
	if (seed) {
		run_one(strtoull(seed, NULL, 10));
		return;
	}
	for (uint64_t i = 1; i <= CLUSTERS; i++)
		run_one(i);
}

int main(void)
{
	struct cases cases = {};

	case_add(&cases, "1,000 random clusters and their changes are as the oracle has them",
		 clusters, NULL);
	return cases_run("agent/compile/oracle", &cases, NULL, NULL);
}
