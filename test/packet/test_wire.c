/* SPDX-License-Identifier: Apache-2.0 */
/* test_wire - frames over real veth pairs: where they arrive, also those BPF_PROG_RUN refuses. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "datapath/attach.h"
#include "packet/answers.h"
#include "packet/veth.h"
#include "packet/world.h"
#include "support/cases.h"

#define PATIENCE_MS 5000
#define VLAN_TAG_SIZE 4

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static const char *missing;
static struct error err;
static int pods[CHARACTER_COUNT]; /* packet sockets on the pods' sides */

static const char *const host_names[] = { "veth_a", "veth_b", "veth_pending" };
static const char *const pod_names[] = { "pod_a", "pod_b", "pod_pending" };

struct wire_row {
	const char *sentence;
	struct frame_spec in; /* from pod_a */
	uint32_t slot;
	enum character receiver;
	void (*out)(const struct frame *in, struct frame *want); /* NULL = it arrives nowhere */
};

/* clang-format off */
static const struct wire_row rows[] = {
	{ "IPv4 arrives in the other pod", { FRAME_IPV4, .payload = 100 }, COUNTER_DIRECT, POD_B, out_to_pod_b },
	{ "IPv6 arrives in the other pod", { FRAME_IPV6, .payload = 100 }, COUNTER_DIRECT, POD_B, out_to_pod_b },
	{ "a full frame arrives in the other pod", { FRAME_IPV4, .payload = 1472 }, COUNTER_DIRECT, POD_B, out_to_pod_b },
	{ "IPv4 whose headers the kernel keeps in another page arrives in the other pod",
	  { FRAME_IPV4, .payload = 6000 }, COUNTER_DIRECT, POD_B, out_to_pod_b },
	{ "IPv6 whose headers the kernel keeps in another page arrives in the other pod",
	  { FRAME_IPV6, .protocol = IPPROTO_TCP, .payload = 6000, .extension_count = 2,
	    .extensions = { { IPPROTO_HOPOPTS, 3, 0 }, { IPPROTO_AH, 4, 0 } } }, COUNTER_DIRECT, POD_B, out_to_pod_b },
	{ "a later fragment arrives in the other pod",
	  { FRAME_IPV4, .fragment = 100, .bare = true, .payload = 8 }, COUNTER_DIRECT, POD_B, out_to_pod_b },
	{ "the answer to ARP arrives at who asked", { FRAME_ARP, .to = MAC_BROADCAST }, COUNTER_ANSWERED, POD_A,
	  out_arp_answer },
	{ "the answer to a neighbour solicitation arrives at who asked",
	  { FRAME_IPV6, .protocol = IPPROTO_ICMPV6, .hop_limit = 255, .icmp_type = 135, .target = "ff02::1:ff00:1",
	    .asked = GATEWAY_V6 }, COUNTER_ANSWERED, POD_A, out_nd_answer },
	{ "a forgery arrives nowhere", { FRAME_IPV4, .source = POD_PENDING_V4 }, DROP_SOURCE_ADDRESS, POD_B, NULL },
	{ "nothing arrives in a pod whose policy is not ready", { FRAME_IPV4, .target = POD_PENDING_V4 },
	  DROP_PENDING_TARGET, POD_PENDING, NULL },
};
/* clang-format on */

static uint64_t metric_read(uint32_t slot)
{
	static struct metric metrics[METRIC_ENTRIES];

	assert_int_equal(metrics_read(&world.maps, metrics, &err), 0);
	return metrics[metric_index(HOOK_FROM_POD, slot)].packets;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A frame that came in; those that the pod itself sent are passed over. */
static bool frame_receive(int socket, int timeout_ms, struct frame *ret_frame)
{
	int64_t end = now_ms() + timeout_ms;

	for (;;) {
		struct sockaddr_ll from;
		socklen_t size = sizeof(from);
		struct pollfd readable = { .fd = socket, .events = POLLIN };
		int64_t left = end - now_ms();
		ssize_t len;

		if (poll(&readable, 1, left > 0 ? (int)left : 0) <= 0)
			return false;
		len = recvfrom(socket, ret_frame->bytes, sizeof(ret_frame->bytes), 0,
			       (struct sockaddr *)&from, &size);
		assert_true(len >= 0);
		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		assert_int_equal(from.sll_pkttype, PACKET_HOST); /* others the pod would ignore */
		ret_frame->len = (size_t)len;
		return true;
	}
}

/* Sends from pod_a and waits until the counter says that it was seen. */
static void frame_send(const struct frame *frame, uint32_t slot)
{
	uint64_t before = metric_read(slot);
	int64_t end = now_ms() + PATIENCE_MS;

	assert_int_equal(send(pods[POD_A], frame->bytes, frame->len, 0), frame->len);
	while (metric_read(slot) == before && now_ms() < end)
		sched_yield();
	assert_int_equal(metric_read(slot), before + 1);
}

static void row_check(const struct wire_row *row)
{
	struct frame in = frame_build(&row->in), want = {}, got;

	frame_send(&in, row->slot);
	if (!row->out) {
		assert_false(frame_receive(pods[row->receiver], 0, &got));
		return;
	}
	row->out(&in, &want);
	assert_true(frame_receive(pods[row->receiver], PATIENCE_MS, &got));
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.bytes, want.bytes, want.len);
}

static void attach(enum attach_kind kind)
{
	enum attach_kind found;

	if (missing)
		skip();
	if (kind == ATTACH_TCX && !tcx_is_available()) {
		printf("# skipped: this kernel has no tcx\n");
		skip();
	}
	for (size_t i = 0; i < CHARACTER_COUNT; i++) {
		if (attach_pod(&world.maps, world.ifindex[i], host_names[i], kind, &err))
			fail_msg("%s", err.text);
		assert_true(
			attach_query(world.maps.bpf_dir, world.ifindex[i], host_names[i], &found));
		assert_int_equal(found, kind);
	}
}

static void clsact_test(void **state)
{
	attach(ATTACH_CLSACT);
	row_check(*state);
}

static void tcx_test(void **state)
{
	attach(ATTACH_TCX);
	row_check(*state);
}

/* Also what BPF_PROG_RUN refuses: nothing behind the Ethernet header, half an IP header. */
static void frames_cut_anywhere_are_malformed(void **state)
{
	static const struct frame_spec specs[] = { { FRAME_IPV4 }, { FRAME_IPV6 }, { FRAME_ARP } };

	(void)state;
	attach(ATTACH_CLSACT);
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		struct frame frame = frame_build(&specs[i]);

		for (frame.len--; frame.len >= ETH_HLEN; frame.len--)
			frame_send(&frame, DROP_MALFORMED);
	}
}

/* The kernel takes one tag out of the frame before a program sees it. */
static void a_vlan_tag_is_not_carried(void **state)
{
	static const uint16_t vlans[] = { 0, 1, 4094 };
	struct frame_spec spec = { FRAME_IPV4, .payload = 20 };
	struct frame frame = frame_build(&spec);
	uint8_t *tag = frame.bytes + 2 * MAC_SIZE;

	(void)state;
	attach(ATTACH_CLSACT);
	memmove(tag + VLAN_TAG_SIZE, tag, frame.len - 2 * MAC_SIZE);
	frame.len += VLAN_TAG_SIZE;
	for (size_t i = 0; i < sizeof(vlans) / sizeof(*vlans); i++) {
		const uint8_t bytes[] = { 0x81, 0x00, (uint8_t)(vlans[i] >> 8), (uint8_t)vlans[i] };

		memcpy(tag, bytes, sizeof(bytes));
		frame_send(&frame, DROP_ETHERTYPE);
	}
}

/* Not a frame goes by without a program while one kind replaces the other. */
static void the_ways_to_attach_can_be_exchanged(void **state)
{
	static const struct frame_spec forgery = { FRAME_IPV4, .source = POD_PENDING_V4 };
	struct frame frame = frame_build(&forgery), got;

	(void)state;
	for (int i = 0; i < 2; i++) {
		attach(ATTACH_CLSACT);
		frame_send(&frame, DROP_SOURCE_ADDRESS);
		attach(ATTACH_TCX);
		frame_send(&frame, DROP_SOURCE_ADDRESS);
	}
	assert_false(frame_receive(pods[POD_B], 0, &got));
}

/* The kernel's own router solicitations and reports would come between. */
static int ipv6_silence(void)
{
	CLEANUP(fd_close)
	int fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno; /* a kernel without IPv6 */
	return write(fd, "1", 1) == 1 ? 0 : -errno;
}

static int packet_socket_open(const char *ifname, int *ret_socket)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ALL),
				    .sll_ifindex = (int)if_nametoindex(ifname) };
	CLEANUP(fd_close) int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	*ret_socket = fd_take(&fd);
	return 0;
}

/* In the namespace of the ends named. */
static int ends_up(const char *const names[CHARACTER_COUNT])
{
	int rc = ipv6_silence();

	for (size_t i = 0; rc == 0 && i < CHARACTER_COUNT; i++)
		rc = veth_up(names[i]);
	return rc;
}

static int wires_up(void)
{
	int rc = ends_up(host_names);

	if (rc || setns(world.pods_netns, CLONE_NEWNET) < 0)
		return rc ? rc : -errno;
	rc = ends_up(pod_names);
	for (size_t i = 0; rc == 0 && i < CHARACTER_COUNT; i++)
		rc = packet_socket_open(pod_names[i], &pods[i]);
	if (setns(world.node_netns, CLONE_NEWNET) < 0)
		return -errno;
	return rc;
}

static int world_begin(void **state)
{
	struct load_settings settings = { .drop_events = 0 };
	int rc;

	(void)state;
	missing = world_enter();
	if (missing) {
		fprintf(stderr, "# skipped: %s\n", missing);
		return 0;
	}
	rc = world_make(&world, &err);
	if (rc == 0)
		rc = world_load(&world, &settings, NULL, &err);
	if (rc == 0 && (rc = wires_up()))
		error_set(&err, rc, "set the interfaces up");
	if (rc) {
		print_error("%s\n", err.text);
		return -1;
	}
	world_reset(&world);
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHARACTER_COUNT; i++)
		if (pods[i] > 0)
			close(pods[i]);
	datapath_maps_close(&world.maps);
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, clsact_test);
	ROWS_ADD(&cases, rows, tcx_test);
	case_add(&cases, "frames cut anywhere are malformed", frames_cut_anywhere_are_malformed,
		 NULL);
	case_add(&cases, "a VLAN tag is not carried, whichever it is", a_vlan_tag_is_not_carried,
		 NULL);
	case_add(&cases, "the ways to attach can be exchanged, there and back",
		 the_ways_to_attach_can_be_exchanged, NULL);
	return cases_run("wire", &cases, world_begin, world_end);
}
