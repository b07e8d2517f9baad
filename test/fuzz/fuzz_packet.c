/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_packet - any frame through every program: one verdict, one counter, good checksums. */
#include "fuzz_target.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>

#include "packet/services.h"
#include "packet/slots.h"
#include "packet/world.h"

/* An input is one byte that says how the frame comes, and the frame. */
#define BY_TO_POD 1
#define BY_POD_B 2
#define BY_POD_PENDING 4
#define AS_GSO 8
#define BY_UPLINK 16 /* with BY_TO_POD: out of it */
#define ANSWER_LEN_ND 86

/* BPF_PROG_RUN takes a little less than a page. */
#define INPUT_FRAME_MAX 3000

#define SKIP 77

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static struct node node;
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
#define FLOW(from_addr, from_port, to_addr, to_port)                                  \
	FRAME_IPV4, .source = (from_addr), .source_port = (from_port), .target = (to_addr), \
	.target_port = (to_port), .summed = true
#define TCP(flags) .protocol = IPPROTO_TCP, .tcp_flags = (flags)
#define ERROR(from_addr, to_addr, what)                                               \
	FRAME_IPV4, .source = (from_addr), .target = (to_addr), .summed = true,        \
	.protocol = IPPROTO_ICMP, .icmp_type = 3, .icmp_code = 3, .quote = (what)
#define SPEC(...) (&(const struct frame_spec){ __VA_ARGS__ })
#define BY_B .from = MAC_POD_B
#define BY_WORLD .from = MAC_STRANGER, .to = MAC_UPLINK

/* Before each input, so that there are connections for it to belong to. */
static const struct { uint8_t how; struct frame_spec spec; } known[] = {
	{ 0, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT) } },
	{ 0, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT), TCP(2) } },
	{ 0, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443) } },
	{ BY_UPLINK, { FLOW(OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR), BY_WORLD } },
};

static const struct { uint8_t how; struct frame_spec spec; } flows[] = {
	{ 0, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT), TCP(16), .payload = 9 } },
	{ 0, { FLOW(POD_A_V4, 40000, SVC_SELF, SVC_PORT), TCP(2) } },
	{ 0, { FLOW(POD_A_V4, 40000, SVC_EMPTY, SVC_PORT), TCP(2) } },
	{ 0, { FLOW(POD_A_V4, 40000, SVC_EMPTY, SVC_PORT), .payload = 99 } },
	{ 0, { FLOW(POD_A_V4, 40000, SVC_EVEN, SVC_PORT), .protocol = IPPROTO_SCTP } },
	{ 0, { FRAME_IPV4, .target = OUTSIDE_V4, .summed = true, .protocol = IPPROTO_ICMP, .icmp_type = 8, .echo = 7 } },
	{ 0, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT), .fragment = 0x2000, .payload = 64 } },
	{ BY_POD_B, { FLOW(POD_B_V4, BACKEND_PORT, POD_A_V4, 40000), BY_B } },
	{ BY_POD_B, { FLOW(POD_B_V4, BACKEND_PORT, POD_A_V4, 40000), TCP(18), BY_B } },
	{ BY_POD_B, { ERROR(POD_B_V4, POD_A_V4, SPEC(FLOW(POD_A_V4, 40000, POD_B_V4, BACKEND_PORT), .payload = 20)), BY_B } },
	{ 0, { ERROR(POD_A_V4, SVC_WEB, SPEC(FLOW(SVC_WEB, SVC_PORT, POD_A_V4, 40000))) } },
	{ BY_UPLINK, { FLOW(OUTSIDE_V4, 5555, NODE, NODE_PORT_WEB), TCP(2), BY_WORLD } },
	{ BY_UPLINK, { FLOW(OUTSIDE_V4, 443, NODE, 40000), BY_WORLD } },
	{ BY_UPLINK, { FLOW(POD_FAR, BACKEND_PORT, NODE, 5555), BY_WORLD } },
	{ BY_UPLINK, { ERROR(ROUTER, NODE, SPEC(FLOW(NODE, 40000, OUTSIDE_V4, 443))), BY_WORLD } },
	{ BY_UPLINK | BY_TO_POD, { FLOW(NODE, 5000, SVC_WEB, SVC_PORT), TCP(2) } },
	{ BY_UPLINK | BY_TO_POD, { FLOW(NODE, 5000, OUTSIDE_V4, 22), TCP(2) } },
};
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

static void seed_write(const char *folder, const char *name, size_t index, uint8_t how,
		       const struct frame_spec *spec)
{
	struct frame frame = frame_build(spec);
	char path[4096];
	FILE *file;

	how |= spec->gso_size ? AS_GSO : 0;
	snprintf(path, sizeof(path), "%s/%s-%02zu-%u", folder, name, index, how);
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
		seed_write(argv[i], "seed", seed, 0, &seeds[seed]);
		seed_write(argv[i], "seed", seed, BY_TO_POD | BY_POD_B, &seeds[seed]);
	}
	for (size_t flow = 0; i < argc && flow < sizeof(flows) / sizeof(*flows); flow++) {
		struct frame_spec v6 = spec_in_v6(&flows[flow].spec);

		seed_write(argv[i], "flow", flow, flows[flow].how, &flows[flow].spec);
		if (!v6.quote) /* it would be of IPv4 */
			seed_write(argv[i], "flow6", flow, flows[flow].how, &v6);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct load_settings settings = { .drop_events = 100, .masquerade = true };
	const char *missing = world_enter();
	struct error err;

	if (missing) {
		puts(missing);
		exit(SKIP);
	}
	if (world_make(&world, &err) || uplink_make(&world, &err) ||
	    world_load(&world, &settings, NULL, &err) || node_open(&world, &node, &err) ||
	    metrics_read(&world.maps, before, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	ring = ring_buffer__new(world.maps.events, record_take, NULL, NULL);
	fuzz_check(ring != NULL, "the ring can be opened");
	node_reset(&node, &world);
	seeds_write(*argc, *argv);
	return 0;
}

/*
 * The one slot that rose, of the hook; reports of records that were lost aside. METRIC_SLOTS: none
 * did, as the node sent something that is no business of ours.
 */
static uint32_t slot_that_rose(enum hook hook)
{
	uint32_t slot = METRIC_SLOTS;

	for (uint32_t i = 0; i < METRIC_ENTRIES; i++) {
		uint64_t rose = after[i].packets - before[i].packets;

		if (!rose || i % METRIC_SLOTS == METRIC_EVENTS_LOST ||
		    i % METRIC_SLOTS == COUNTER_PORT_TRIES)
			continue;
		fuzz_check(rose == 1 && slot == METRIC_SLOTS, "exactly one counter rises, by one");
		fuzz_check(i / METRIC_SLOTS == hook, "it is the hook's own");
		slot = i % METRIC_SLOTS;
	}
	fuzz_check(slot != METRIC_SLOTS || hook == HOOK_TO_UPLINK, "a counter rises");
	return slot;
}

static bool is_icmp(const struct frame *frame)
{
	uint8_t protocol = frame->bytes[ETH_HLEN] >> 4 == 4 ? frame->bytes[ETH_HLEN + 9] :
							      frame->bytes[ETH_HLEN + 6];

	/* Of what stands behind extension headers nothing is claimed either. */
	return protocol != IPPROTO_TCP && protocol != IPPROTO_UDP;
}

static bool has_same_addresses(const struct frame *in, const struct frame *out)
{
	bool v4 = in->bytes[ETH_HLEN] >> 4 == 4;
	size_t at = ETH_HLEN + (v4 ? 12 : 8), size = v4 ? 8 : 32;

	return in->len < at + size || !memcmp(in->bytes + at, out->bytes + at, size);
}

/* A frame that was not translated: MAC addresses apart, and the hops where it goes further. */
static void check_untranslated(uint32_t slot, const struct frame *in, const struct frame *out)
{
	size_t header = slot == COUNTER_FORWARDED ? ETH_HLEN + 12 : ETH_HLEN;

	fuzz_check(!memcmp(out->bytes + header, in->bytes + header, in->len - header),
		   "a frame that is not translated keeps its bytes");
}

static void check_frame(uint32_t slot, uint32_t verdict, const struct frame *in,
			const struct frame *out)
{
	if (verdict == TC_ACT_SHOT)
		return;
	fuzz_check(sums_complaint(in) || !sums_complaint(out), "good checksums stay good");
	if (slot == DROP_NO_BACKEND) {
		fuzz_check(out->len <= ETH_HLEN + 96, "a refusal is short");
		return;
	}
	if (slot == COUNTER_ANSWERED) {
		fuzz_check(out->len == in->len || out->len == ANSWER_LEN_ND, "an answer's length");
		return;
	}
	fuzz_check(out->len == in->len, "a frame keeps its length");
	if (in->len > ETH_HLEN + 12 && !is_icmp(in) && has_same_addresses(in, out))
		check_untranslated(slot, in, out);
}

static void check_verdict(enum hook hook, uint32_t slot, uint32_t verdict)
{
	if (slot == DROP_NO_BACKEND && verdict == TC_ACT_REDIRECT)
		return;
	fuzz_check(verdict == slot_verdict(hook, slot), "the verdict is the counter's");
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

static enum hook hook_of(uint8_t how)
{
	if (how & BY_UPLINK)
		return how & BY_TO_POD ? HOOK_TO_UPLINK : HOOK_FROM_UPLINK;
	return how & BY_TO_POD ? HOOK_TO_POD : HOOK_FROM_POD;
}

static struct outcome run(uint8_t how, const struct frame *in)
{
	const int programs[] = { [HOOK_FROM_POD] = world.maps.from_pod,
				 [HOOK_TO_POD] = world.maps.to_pod,
				 [HOOK_FROM_UPLINK] = node.from_uplink,
				 [HOOK_TO_UPLINK] = node.to_uplink };
	enum character via = how & BY_UPLINK	  ? UPLINK :
			     how & BY_POD_PENDING ? POD_PENDING :
			     how & BY_POD_B	  ? POD_B :
						    POD_A;

	return program_run(programs[hook_of(how)], world.ifindex[via], in, how & AS_GSO ? 100 : 0);
}

static void connections_make(void)
{
	struct error err;

	connections_clear(&node);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct frame_spec v6 = spec_in_v6(&known[i].spec);
		struct frame four = frame_build(&known[i].spec), six = frame_build(&v6);

		run(known[i].how, &four);
		run(known[i].how, &six);
	}
	fuzz_check(!metrics_read(&world.maps, before, &err), "the metrics can be read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct frame in;
	struct outcome outcome;
	struct error err;
	enum hook hook;
	uint32_t slot;

	if (size < 1 + ETH_HLEN || size - 1 > INPUT_FRAME_MAX)
		return 0;
	hook = hook_of(data[0]);
	in.len = size - 1;
	memcpy(in.bytes, data + 1, in.len);
	connections_make();
	outcome = run(data[0], &in);
	if (outcome.rc == -EINVAL)
		return 0; /* too short for the kernel itself */
	fuzz_check(outcome.rc == 0, "the program runs");

	fuzz_check(!metrics_read(&world.maps, after, &err), "the metrics can be read");
	slot = slot_that_rose(hook);
	if (slot == METRIC_SLOTS) {
		fuzz_check(outcome.verdict == (uint32_t)TC_ACT_UNSPEC, "it passes");
		fuzz_check(!memcmp(outcome.out.bytes, in.bytes, in.len), "as it is");
		return 0;
	}
	reached[metric_index(hook, slot)] = 1;
	check_verdict(hook, slot, outcome.verdict);
	check_frame(slot, outcome.verdict, &in, &outcome.out);
	check_records(hook, slot);
	return 0;
}
