/* SPDX-License-Identifier: Apache-2.0 */
/* test_steps - every step of every hook, every drop reason and every counter. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "packet/answers.h"
#include "packet/no_memory.h"
#include "packet/scenario.h"
#include "packet/slots.h"
#include "packet/steps.h"

struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static const char *missing;
static struct datapath_maps starved = DATAPATH_MAPS_CLOSED; /* programs whose helpers fail */
static struct node node;
struct stage stage = { &world, &node, &starved, NULL };
static struct metric before[METRIC_ENTRIES], after[METRIC_ENTRIES];

static int program_of(const struct row *row)
{
	const struct datapath_maps *maps = row->no_memory ? &starved : &world.maps;

	return row->hook == HOOK_FROM_POD ? maps->from_pod : maps->to_pod;
}

static void metrics_snapshot(struct metric *ret)
{
	struct error err;

	if (metrics_read(&world.maps, ret, &err))
		fail_msg("%s", err.text);
}

static void check_out(const struct row *row, const struct frame *in, const struct frame *out)
{
	struct frame want = *in;

	if (row->out)
		row->out(in, &want);
	else if (row->slot == COUNTER_DIRECT)
		out_to_pod_b(in, &want);
	assert_int_equal(out->len, want.len);
	assert_memory_equal(out->bytes, want.bytes, want.len);
}

static void check_metrics(const struct row *row, size_t bytes)
{
	uint32_t expected = metric_index(row->hook, row->slot);

	for (uint32_t i = 0; i < METRIC_ENTRIES; i++) {
		uint64_t packets = after[i].packets - before[i].packets;

		if (packets != (i == expected))
			fail_msg("'%s' of hook %u rose by %llu, expected was '%s'",
				 slot_name(i % METRIC_SLOTS), i / METRIC_SLOTS,
				 (unsigned long long)packets, slot_name(row->slot));
	}
	assert_int_equal(after[expected].bytes - before[expected].bytes, bytes);
}

void frame_check(const struct row *row, const struct frame *in)
{
	struct outcome outcome;

	world_reset(&world);
	if (row->tweak)
		row->tweak(&world);
	metrics_snapshot(before);
	outcome = program_run(program_of(row), world.ifindex[row->via], in, row->in.gso_size);
	metrics_snapshot(after);

	assert_int_equal(outcome.rc, 0);
	check_metrics(row, in->len);
	assert_int_equal(outcome.verdict, slot_verdict(row->hook, row->slot));
	check_out(row, in, &outcome.out);
}

bool frame_is_refused(const struct row *row, const struct frame *in)
{
	uint32_t ifindex = world.ifindex[row->via];

	return program_run(program_of(row), ifindex, in, row->in.gso_size).rc == -EINVAL;
}

void step_skip_unless_possible(void)
{
	if (missing)
		skip();
}

void row_test(void **state)
{
	const struct row *row = *state;
	struct frame in = frame_build(&row->in);

	step_skip_unless_possible();
	frame_check(row, &in);
}

/* Runs last: the rows above have been everywhere. */
static void reached(uint32_t slot, bool *ret_all)
{
	for (uint32_t hook = 0; hook < HOOK_COUNT; hook++)
		if (after[metric_index(hook, slot)].packets)
			return;
	print_error("nothing reached '%s'\n", slot_name(slot));
	*ret_all = false;
}

static void every_reason_was_reached(void **state)
{
	bool all = true;

	(void)state;
	step_skip_unless_possible();
	metrics_snapshot(after);
	for (uint32_t why = DROP_NONE + 1; why < DROP_REASON_COUNT; why++)
		reached(why, &all);
	assert_true(all);
}

static void every_counter_was_reached(void **state)
{
	bool all = true;

	(void)state;
	step_skip_unless_possible();
	metrics_snapshot(after);
	for (uint32_t counter = METRIC_COUNTERS_BEGIN; counter < COUNTER_END; counter++)
		reached(counter, &all);
	assert_true(all);
}

static int world_begin(void **state)
{
	struct load_settings settings = { .drop_events = 0, .masquerade = true };
	struct error err;

	(void)state;
	stage.missing = missing = world_enter();
	if (missing) {
		fprintf(stderr, "# skipped: %s\n", missing);
		return 0;
	}
	if (world_make(&world, &err) || uplink_make(&world, &err) ||
	    no_memory_load(&world, &settings, &starved, &err) ||
	    world_load(&world, &settings, NULL, &err) || node_open(&world, &node, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	datapath_maps_close(&world.maps);
	datapath_maps_close(&starved);
	if (!missing)
		node_close(&node);
	return 0;
}

int main(void)
{
	static struct cases cases;

	parse_cases(&cases);
	source_cases(&cases);
	neighbour_cases(&cases);
	route_cases(&cases);
	deliver_cases(&cases);
	service_cases(&cases);
	outside_cases(&cases);
	related_cases(&cases);
	part_cases(&cases);
	case_add(&cases, "every drop reason was reached", every_reason_was_reached, NULL);
	case_add(&cases, "every counter was reached", every_counter_was_reached, NULL);
	return cases_run("steps", &cases, world_begin, world_end);
}
