/* SPDX-License-Identifier: Apache-2.0 */
/* test_translate - what masquerade set to off changes, and what two CPUs do with one flow at once.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "packet/scenario.h"

#define FLOWS 300

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static struct node node;
struct stage stage = { &world, &node, NULL, NULL };
static struct error err;

#define REQUEST (CT_SERVICE | CT_REQUEST)
#define REPLY (CT_SERVICE | CT_REPLY)

/* clang-format off */
static const struct scenario rows[] = {
	{ "without masquerade a pod shows the world its own address",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443) }, COUNTER_FORWARDED,
	      SPEC(FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), A_HOP_LESS) },
	    { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 443, POD_A_V4, 40000), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(FLOW(OUTSIDE_V4, 443, POD_A_V4, 40000), TO_A) } },
	  { { POD_A_V4, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, CT_REPLIED } } },
	{ "without masquerade a later part without its first goes out",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), .fragment = 9, .bare = true, .payload = 8 },
	      COUNTER_FORWARDED,
	      SPEC(FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), .fragment = 9, .bare = true, .payload = 8, A_HOP_LESS) } } },
	{ "without masquerade a node port still brings the answers of another node's pod back here",
	  { { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR), BY_WORLD }, COUNTER_FORWARDED,
	      SPEC(FLOW(NODE, 5555, POD_FAR, BACKEND_PORT), BY_WORLD, A_HOP_LESS) } },
	  { { OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR, CT_DATAGRAM, REQUEST | CT_MASQUERADE },
	    { NODE, 5555, POD_FAR, BACKEND_PORT, CT_DATAGRAM, REPLY | CT_MASQUERADE } } },
	{ "without masquerade a pod reaches itself through a service all the same",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_SELF, SVC_PORT) }, COUNTER_DIRECT,
	      SPEC(FLOW(SVC_SELF, 40000, POD_A_V4, BACKEND_PORT), TO_A) } },
	  { { POD_A_V4, 40000, SVC_SELF, SVC_PORT, CT_DATAGRAM, REQUEST | CT_MASQUERADE },
	    { SVC_SELF, 40000, POD_A_V4, BACKEND_PORT, CT_DATAGRAM, REPLY | CT_MASQUERADE } } },
};
/* clang-format on */

/* The first datagrams of many flows, sent by two threads as nearly at once as they can. */
struct racer {
	pthread_barrier_t *barrier;
	struct frame out[FLOWS];
};

static void *race(void *ctx)
{
	struct racer *racer = ctx;

	for (uint16_t i = 0; i < FLOWS; i++) {
		struct frame_spec spec = { FLOW(POD_A_V4, (uint16_t)(20000 + i), SVC_WEB,
						SVC_PORT) };
		struct frame in = frame_build(&spec);

		pthread_barrier_wait(racer->barrier);
		racer->out[i] = program_run(world.maps.from_pod, world.ifindex[POD_A], &in, 0).out;
	}
	return NULL;
}

static size_t entries_count(void)
{
	struct ct_key key, *last = NULL;
	size_t count = 0;

	for (; !bpf_map_get_next_key(node.maps.conntrack, last, &key); last = &key)
		count++;
	return count;
}

static void two_cpus_decide_alike(void **state)
{
	static struct racer racers[2];
	pthread_barrier_t barrier;
	pthread_t thread;

	(void)state;
	if (stage.missing)
		skip();
	node_reset(&node, &world);
	assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
	racers[0].barrier = racers[1].barrier = &barrier;
	assert_int_equal(pthread_create(&thread, NULL, race, &racers[1]), 0);
	race(&racers[0]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_barrier_destroy(&barrier);
	for (int i = 0; i < FLOWS; i++) {
		assert_null(sums_complaint(&racers[0].out[i]));
		assert_int_equal(racers[0].out[i].len, racers[1].out[i].len);
		assert_memory_equal(racers[0].out[i].bytes, racers[1].out[i].bytes,
				    racers[0].out[i].len);
	}
	assert_int_equal(entries_count(), 2 * FLOWS);
}

static int world_begin(void **state)
{
	struct load_settings settings = { .masquerade = false };

	(void)state;
	stage.missing = world_enter();
	if (stage.missing) {
		fprintf(stderr, "# skipped: %s\n", stage.missing);
		return 0;
	}
	if (world_make(&world, &err) || uplink_make(&world, &err) ||
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
	if (!stage.missing)
		node_close(&node);
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, scenario_test);
	case_add(&cases, "two CPUs that see a flow's first datagrams at once decide alike",
		 two_cpus_decide_alike, NULL);
	return cases_run("translate", &cases, world_begin, world_end);
}
