/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_packet - any frame through both programs: one verdict, one counter, one record. */
#include "fuzz_target.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>

#include "packet/world.h"

/* An input is one byte that says how the frame comes, and the frame. */
#define BY_TO_POD 1
#define BY_POD_B 2
#define BY_POD_PENDING 4
#define AS_GSO 8
#define ANSWER_LEN_ND 86

/* BPF_PROG_RUN takes a little less than a page. */
#define INPUT_FRAME_MAX 3000

#define SKIP 77

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static struct metric before[METRIC_ENTRIES], after[METRIC_ENTRIES];
static struct ring_buffer *ring;

/* libFuzzer cannot see into the kernel: the counter that rose is what it gets as coverage. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t reached[METRIC_ENTRIES];

static uint64_t records;

static int record_take(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	records++;
	return 0;
}

/* clang-format off */
static const struct frame_spec seeds[] = {
	{ FRAME_IPV4, .payload = 20 },
	{ FRAME_IPV4, .protocol = IPPROTO_TCP, .options = 3, .target = OUTSIDE_V4 },
	{ FRAME_IPV4, .protocol = IPPROTO_ICMP, .fragment = 0x2001, .target = LEASED_V4 },
	{ FRAME_IPV4, .protocol = IPPROTO_TCP, .unsaid = true, .payload = 400, .gso_size = 100 },
	{ FRAME_IPV4, .protocol = IPPROTO_IGMP, .target = "224.0.0.22" },
	{ FRAME_IPV6, .protocol = IPPROTO_TCP },
	{ FRAME_IPV6, .extension_count = 4,
	  .extensions = { { IPPROTO_HOPOPTS, 1, 0 }, { IPPROTO_AH, 4, 0 }, { IPPROTO_FRAGMENT, 0, 1 },
			  { IPPROTO_DSTOPTS, 0, 0 } } },
	{ FRAME_IPV6, .protocol = IPPROTO_ICMPV6, .icmp_type = 135, .hop_limit = 255,
	  .target = "ff02::1:ff00:1", .asked = GATEWAY_V6 },
	{ FRAME_IPV6, .protocol = IPPROTO_ICMPV6, .icmp_type = 143, .target = "ff02::16" },
	{ FRAME_IPV6, .protocol = IPPROTO_UDP, .target = "ff02::fb" },
	{ FRAME_ARP, .to = MAC_BROADCAST },
	{ FRAME_ARP, .arp_operation = 2, .padding = 18 },
	{ FRAME_OTHER, .ethertype = ETH_P_8021Q, .payload = 46 },
};
/* clang-format on */

static void seed_write(const char *folder, size_t index, uint8_t how)
{
	struct frame frame = frame_build(&seeds[index]);
	char path[4096];
	FILE *file;

	how |= seeds[index].gso_size ? AS_GSO : 0;
	snprintf(path, sizeof(path), "%s/seed-%02zu-%u", folder, index, how);
	file = fopen(path, "w");
	if (!file || fputc(how, file) == EOF || !fwrite(frame.bytes, frame.len, 1, file) ||
	    fclose(file))
		perror(path);
}

/* Into the first folder, where new inputs go. */
static void seeds_write(int argc, char **argv)
{
	struct stat info;
	int i = 1;

	while (i < argc && (stat(argv[i], &info) < 0 || !S_ISDIR(info.st_mode)))
		i++;
	for (size_t seed = 0; i < argc && seed < sizeof(seeds) / sizeof(*seeds); seed++) {
		seed_write(argv[i], seed, 0);
		seed_write(argv[i], seed, BY_TO_POD | BY_POD_B);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct load_settings settings = { .drop_events = 100 };
	const char *missing = world_enter();
	struct error err;

	if (missing) {
		puts(missing);
		exit(SKIP);
	}
	if (world_make(&world, &err) || world_load(&world, &settings, NULL, &err) ||
	    metrics_read(&world.maps, before, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	ring = ring_buffer__new(world.maps.events, record_take, NULL, NULL);
	fuzz_check(ring != NULL, "the ring can be opened");
	world_reset(&world);
	seeds_write(*argc, *argv);
	return 0;
}

/* The one slot that rose, of the hook; reports of records that were lost aside. */
static uint32_t slot_that_rose(enum hook hook)
{
	uint32_t slot = METRIC_SLOTS;

	for (uint32_t i = 0; i < METRIC_ENTRIES; i++) {
		uint64_t rose = after[i].packets - before[i].packets;

		if (!rose || i % METRIC_SLOTS == METRIC_EVENTS_LOST)
			continue;
		fuzz_check(rose == 1 && slot == METRIC_SLOTS, "exactly one counter rises, by one");
		fuzz_check(i / METRIC_SLOTS == hook, "it is the hook's own");
		slot = i % METRIC_SLOTS;
	}
	fuzz_check(slot != METRIC_SLOTS, "a counter rises");
	return slot;
}

static void check_frame(uint32_t slot, const struct frame *in, const struct frame *out)
{
	size_t rewritten = slot == COUNTER_DIRECT ? 2 * MAC_SIZE : 0;

	if (slot == COUNTER_ANSWERED) {
		fuzz_check(out->len == in->len || out->len == ANSWER_LEN_ND, "an answer's length");
		return;
	}
	fuzz_check(out->len == in->len, "a frame keeps its length");
	fuzz_check(!memcmp(out->bytes + rewritten, in->bytes + rewritten, in->len - rewritten),
		   "a frame keeps its bytes");
}

static void check_verdict(uint32_t slot, uint32_t verdict)
{
	if (slot < METRIC_COUNTERS_BEGIN || slot == COUNTER_ABSORBED)
		fuzz_check(verdict == TC_ACT_SHOT, "what is lost is shot");
	else if (slot == COUNTER_STACK || slot == COUNTER_DELIVERED)
		fuzz_check(verdict == (uint32_t)TC_ACT_UNSPEC, "what passes is left to the stack");
	else
		fuzz_check(verdict == TC_ACT_REDIRECT, "what is sent is redirected");
}

static void check_records(enum hook hook, uint32_t slot)
{
	uint32_t lost = metric_index(hook, METRIC_EVENTS_LOST);
	bool dropped = slot < METRIC_COUNTERS_BEGIN;

	records = 0;
	ring_buffer__consume(ring);
	fuzz_check(records + after[lost].packets - before[lost].packets == dropped,
		   "a drop, and only that, has a record, sent or counted as lost");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum hook hook = size && data[0] & BY_TO_POD ? HOOK_TO_POD : HOOK_FROM_POD;
	static struct frame in;
	struct outcome outcome;
	enum character via;
	struct error err;
	uint32_t slot;

	if (size < 1 + ETH_HLEN || size - 1 > INPUT_FRAME_MAX)
		return 0;
	via = data[0] & BY_POD_PENDING ? POD_PENDING : data[0] & BY_POD_B ? POD_B : POD_A;
	in.len = size - 1;
	memcpy(in.bytes, data + 1, in.len);
	outcome = program_run(hook == HOOK_TO_POD ? world.maps.to_pod : world.maps.from_pod,
			      world.ifindex[via], &in, data[0] & AS_GSO ? 100 : 0);
	if (outcome.rc == -EINVAL)
		return 0; /* too short for the kernel itself */
	fuzz_check(outcome.rc == 0, "the program runs");

	fuzz_check(!metrics_read(&world.maps, after, &err), "the metrics can be read");
	slot = slot_that_rose(hook);
	reached[metric_index(hook, slot)] = 1;
	check_verdict(slot, outcome.verdict);
	check_frame(slot, &in, &outcome.out);
	check_records(hook, slot);
	memcpy(before, after, sizeof(before));
	return 0;
}
