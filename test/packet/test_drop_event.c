/* SPDX-License-Identifier: Apache-2.0 */
/* test_drop_event - each lost packet's record, and the budget that keeps a flood out. */
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "byway/event.h"
#include "byway/ip_text.h"
#include "packet/world.h"
#include "support/cases.h"

#define EVENTS_MAX 512
#define FLOOD 100

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static const char *missing;
static struct drop_event events[EVENTS_MAX];
static size_t event_count;

static int event_take(void *ctx, void *data, size_t size)
{
	(void)ctx;
	assert_int_equal(size, sizeof(struct drop_event));
	assert_true(event_count < EVENTS_MAX);
	memcpy(&events[event_count++], data, size);
	return 0;
}

static void events_read(void)
{
	struct ring_buffer *ring = ring_buffer__new(world.maps.events, event_take, NULL, NULL);

	assert_non_null(ring);
	event_count = 0;
	assert_true(ring_buffer__consume(ring) >= 0);
	ring_buffer__free(ring);
}

/* Programs with these settings, an empty ring, and the cast in the maps. */
static void world_prepare(uint32_t drop_events, uint32_t events_bytes)
{
	struct load_settings settings = { .drop_events = drop_events,
					  .events_bytes = events_bytes };
	struct error err;

	if (missing)
		skip();
	if (world_load(&world, &settings, NULL, &err))
		fail_msg("%s", err.text);
	world_reset(&world);
	events_read();
}

static uint64_t lost_read(enum hook hook)
{
	static struct metric metrics[METRIC_ENTRIES];
	struct error err;

	if (metrics_read(&world.maps, metrics, &err))
		fail_msg("%s", err.text);
	return metrics[metric_index(hook, METRIC_EVENTS_LOST)].packets;
}

static void run_dropped(enum hook hook, enum character via, const struct frame_spec *spec)
{
	int program = hook == HOOK_FROM_POD ? world.maps.from_pod : world.maps.to_pod;
	struct frame frame = frame_build(spec);
	struct outcome outcome = program_run(program, world.ifindex[via], &frame, 0);

	assert_int_equal(outcome.rc, 0);
	assert_int_equal(outcome.verdict, TC_ACT_SHOT);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void next_second_wait(void)
{
	struct timespec at = { .tv_sec = (time_t)(monotonic_ns() / 1000000000) + 1 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
}

struct record_row {
	const char *sentence;
	enum hook hook;
	enum character via;
	struct frame_spec in;
	struct drop_event want; /* time, interface, source and length are filled in */
	const char *source, *target;
};

/* clang-format off */
static const struct record_row record_rows[] = {
	{ "a record names addresses, ports, protocol and reason of an IPv4 packet", HOOK_FROM_POD, POD_A,
	  { FRAME_IPV4, .source = POD_B_V4, .target = OUTSIDE_V4, .protocol = IPPROTO_TCP },
	  { .ethertype = ETH_P_IP, .protocol = IPPROTO_TCP, .source_port = POD_A_PORT, .target_port = POD_B_PORT,
	    .reason = DROP_SOURCE_ADDRESS }, POD_B_V4, OUTSIDE_V4 },
	{ "a record names addresses, ports, protocol and reason of an IPv6 packet", HOOK_FROM_POD, POD_B,
	  { FRAME_IPV6, .extensions = { { IPPROTO_DSTOPTS, 0, 0 } }, .extension_count = 1 },
	  { .ethertype = ETH_P_IPV6, .protocol = IPPROTO_UDP, .source_port = POD_A_PORT, .target_port = POD_B_PORT,
	    .reason = DROP_SOURCE_ADDRESS }, POD_A_V6, POD_B_V6 },
	{ "a record of a packet without ports has none", HOOK_FROM_POD, POD_A,
	  { FRAME_IPV4, .protocol = IPPROTO_ICMP, .icmp_type = 8, .target = LEASED_V4 },
	  { .ethertype = ETH_P_IP, .protocol = IPPROTO_ICMP, .reason = DROP_NO_INTERFACE }, POD_A_V4, LEASED_V4 },
	{ "a record tells the hook", HOOK_TO_POD, POD_B,
	  { FRAME_IPV4, .target = POD_A_V4 },
	  { .ethertype = ETH_P_IP, .protocol = IPPROTO_UDP, .source_port = POD_A_PORT, .target_port = POD_B_PORT,
	    .reason = DROP_NOT_ITS_ADDRESS }, POD_A_V4, POD_A_V4 },
	{ "a record tells the MAC address that was not the pod's", HOOK_FROM_POD, POD_A,
	  { FRAME_IPV4, .from = MAC_STRANGER },
	  { .ethertype = ETH_P_IP, .protocol = IPPROTO_UDP, .source_port = POD_A_PORT, .target_port = POD_B_PORT,
	    .reason = DROP_SOURCE_MAC }, POD_A_V4, POD_B_V4 },
	{ "a record of ARP has its addresses", HOOK_FROM_POD, POD_A,
	  { FRAME_ARP, .target = POD_B_V4 }, { .ethertype = ETH_P_ARP, .reason = DROP_ARP }, POD_A_V4, POD_B_V4 },
	{ "a record of what cannot be read has no addresses", HOOK_FROM_POD, POD_A,
	  { FRAME_OTHER, .ethertype = ETH_P_LLDP, .payload = 46 },
	  { .ethertype = ETH_P_LLDP, .reason = DROP_ETHERTYPE }, NULL, NULL },
};
/* clang-format on */

static struct ip_addr address_or_none(const char *text)
{
	struct ip_addr addr = {};

	if (text)
		assert_true(ip_addr_parse(text, &addr));
	return addr;
}

static struct drop_event record_want(const struct record_row *row)
{
	struct drop_event want = row->want;

	want.kind = EVENT_DROP;
	want.hook = (uint8_t)row->hook;
	want.ifindex = world.ifindex[row->via];
	want.length = (uint32_t)frame_build(&row->in).len;
	want.ethertype = htons(want.ethertype);
	want.source_port = htons(want.source_port);
	want.target_port = htons(want.target_port);
	want.source = address_or_none(row->source);
	want.target = address_or_none(row->target);
	memcpy(want.source_mac, mac_of(row->in.from, true), MAC_SIZE);
	return want;
}

static void record_test(void **state)
{
	const struct record_row *row = *state;
	struct drop_event want;
	uint64_t begin;

	world_prepare(UINT32_MAX, 0);
	want = record_want(row);
	begin = monotonic_ns();
	run_dropped(row->hook, row->via, &row->in);
	events_read();
	assert_int_equal(event_count, 1);
	assert_in_range(events[0].time_ns, begin, monotonic_ns());
	want.time_ns = events[0].time_ns;
	assert_memory_equal(&events[0], &want, sizeof(want));
}

static const struct frame_spec forgery = { FRAME_IPV4, .source = OUTSIDE_V4 };

static void no_budget_means_no_records(void **state)
{
	uint64_t lost;

	(void)state;
	world_prepare(0, 0);
	lost = lost_read(HOOK_FROM_POD);
	for (size_t i = 0; i < FLOOD; i++)
		run_dropped(HOOK_FROM_POD, POD_A, &forgery);
	events_read();
	assert_int_equal(event_count, 0);
	assert_int_equal(lost_read(HOOK_FROM_POD), lost); /* nobody asked for them */
}

/* At the beginning of a second, on one CPU: the flood is over long before the next one. */
static void flood(uint32_t budget)
{
	uint64_t lost = lost_read(HOOK_FROM_POD), begin, end;

	do {
		next_second_wait();
		events_read();
		lost = lost_read(HOOK_FROM_POD);
		begin = monotonic_ns() / 1000000000;
		for (size_t i = 0; i < FLOOD; i++)
			run_dropped(HOOK_FROM_POD, POD_A, &forgery);
		end = monotonic_ns() / 1000000000;
	} while (end != begin); /* a machine so busy that it took a second */
	events_read();
	assert_int_equal(event_count, budget);
	assert_int_equal(lost_read(HOOK_FROM_POD) - lost, FLOOD - budget);
}

static void a_flood_is_cut_to_the_budget(void **state)
{
	cpu_set_t one, all;

	(void)state;
	world_prepare(3, 0);
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	CPU_ZERO(&one);
	for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	flood(3);
	flood(3); /* the next second has a budget of its own */
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void what_a_full_ring_cannot_hold_is_counted(void **state)
{
	uint64_t lost;

	(void)state;
	world_prepare(UINT32_MAX, 4096);
	lost = lost_read(HOOK_FROM_POD);
	for (size_t i = 0; i < FLOOD; i++)
		run_dropped(HOOK_FROM_POD, POD_A, &forgery);
	events_read();
	assert_in_range(event_count, 1, 4096 / sizeof(struct drop_event));
	assert_int_equal(lost_read(HOOK_FROM_POD) - lost, FLOOD - event_count);
}

static int world_begin(void **state)
{
	struct error err;

	(void)state;
	missing = world_enter();
	if (missing) {
		fprintf(stderr, "# skipped: %s\n", missing);
		return 0;
	}
	if (world_make(&world, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	datapath_maps_close(&world.maps);
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, record_rows, record_test);
	case_add(&cases, "a budget of 0 means no records", no_budget_means_no_records, NULL);
	case_add(&cases, "a flood is cut to the budget of each second, and the rest counted",
		 a_flood_is_cut_to_the_budget, NULL);
	case_add(&cases, "what a full ring cannot hold is counted",
		 what_a_full_ring_cannot_hold_is_counted, NULL);
	return cases_run("drop_event", &cases, world_begin, world_end);
}
