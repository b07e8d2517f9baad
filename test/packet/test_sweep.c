/* SPDX-License-Identifier: Apache-2.0 */
/* test_sweep - which connections a walk takes out of the table, and what it counts. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "byway/conntrack.h"
#include "byway/ct_clock.h"
#include "byway/ip_text.h"
#include "datapath/sweep.h"
#include "packet/services.h"
#include "support/cases.h"

/* Ticks are long and a walk is short: on either side of a timeout is far enough from it. */
#define FRESH(seconds) ((int)(seconds)-5)
#define STALE(seconds) ((int)(seconds) + 5)

#define OPENING_S 40
#define ESTABLISHED_S 50
#define CLOSING_S 20
#define DATAGRAM_S 30
#define QUESTION_S 10

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static struct node node;
static const char *missing;
static struct error err;

/* An entry that was last used so many seconds ago. */
struct past {
	int idle_s;
	__u8 state, finished;
};

struct sweep_row {
	const char *sentence;
	struct past request, reply; /* of a plain connection only the first */
	enum { PLAIN, PAIR, REQUEST_ALONE, REPLY_ALONE, STRANGERS } kind;
	int stay;	/* entries */
	int counted_as; /* a state; -1: none */
};

/* clang-format off */
static const struct sweep_row rows[] = {
	{ "an opening connection stays for its time", { FRESH(OPENING_S), CT_OPENING, 0 }, {}, PLAIN, 1, CT_OPENING },
	{ "an opening connection goes after it", { STALE(OPENING_S), CT_OPENING, 0 }, {}, PLAIN, 0, -1 },
	{ "an established connection stays for its time", { FRESH(ESTABLISHED_S), CT_ESTABLISHED, 0 }, {}, PLAIN, 1, CT_ESTABLISHED },
	{ "an established connection goes after it", { STALE(ESTABLISHED_S), CT_ESTABLISHED, 0 }, {}, PLAIN, 0, -1 },
	{ "a half-closed connection stays as an established one", { FRESH(ESTABLISHED_S), CT_ESTABLISHED, 1 }, {}, PLAIN, 1,
	  CT_ESTABLISHED },
	{ "a closing connection stays for its time", { FRESH(CLOSING_S), CT_CLOSING, 3 }, {}, PLAIN, 1, CT_CLOSING },
	{ "a closing connection goes after it", { STALE(CLOSING_S), CT_CLOSING, 3 }, {}, PLAIN, 0, -1 },
	{ "a flow of datagrams stays for its time", { FRESH(DATAGRAM_S), CT_DATAGRAM, 0 }, {}, PLAIN, 1, CT_DATAGRAM },
	{ "a flow of datagrams goes after it", { STALE(DATAGRAM_S), CT_DATAGRAM, 0 }, {}, PLAIN, 0, -1 },
	{ "a ping stays for its time", { FRESH(QUESTION_S), CT_QUESTION, 0 }, {}, PLAIN, 1, CT_QUESTION },
	{ "a ping goes after it", { STALE(QUESTION_S), CT_QUESTION, 0 }, {}, PLAIN, 0, -1 },
	{ "an entry that was used since the walk began stays", { -1, CT_QUESTION, 0 }, {}, PLAIN, 1, CT_QUESTION },

	{ "a pair that is used on one side stays whole", { STALE(DATAGRAM_S), CT_DATAGRAM, 0 }, { 0, CT_DATAGRAM, 0 }, PAIR, 2,
	  CT_DATAGRAM },
	{ "a pair that is used on the other side stays whole", { 0, CT_DATAGRAM, 0 }, { STALE(DATAGRAM_S), CT_DATAGRAM, 0 }, PAIR, 2,
	  CT_DATAGRAM },
	{ "a pair that nobody uses goes whole", { STALE(DATAGRAM_S), CT_DATAGRAM, 0 }, { STALE(DATAGRAM_S), CT_DATAGRAM, 0 }, PAIR, 0,
	  -1 },
	{ "a pair of which one half was reset goes whole after the shorter time", { STALE(CLOSING_S), CT_CLOSING, 0 },
	  { STALE(CLOSING_S), CT_ESTABLISHED, 0 }, PAIR, 0, -1 },
	{ "a pair of which the other half was reset goes whole after the shorter time", { STALE(CLOSING_S), CT_ESTABLISHED, 0 },
	  { STALE(CLOSING_S), CT_CLOSING, 0 }, PAIR, 0, -1 },
	{ "a pair of which both ends have finished is closing", { STALE(CLOSING_S), CT_ESTABLISHED, 1 },
	  { STALE(CLOSING_S), CT_ESTABLISHED, 2 }, PAIR, 0, -1 },
	{ "a pair of which both ends have just finished counts as closing", { 1, CT_ESTABLISHED, 1 }, { 1, CT_ESTABLISHED, 2 }, PAIR, 2,
	  CT_CLOSING },
	{ "a half-closed pair stays for an established one's time", { FRESH(ESTABLISHED_S), CT_ESTABLISHED, 1 },
	  { FRESH(ESTABLISHED_S), CT_ESTABLISHED, 0 }, PAIR, 2, CT_ESTABLISHED },
	{ "a pair that was never answered goes after an opening one's time", { STALE(OPENING_S), CT_ESTABLISHED, 0 },
	  { STALE(OPENING_S), CT_OPENING, 0 }, PAIR, 0, -1 },

	{ "a request that has lost its reply stays while it is used", { 1, CT_ESTABLISHED, 0 }, {}, REQUEST_ALONE, 1, CT_CLOSING },
	{ "a request that has lost its reply goes soon when it is not", { STALE(CLOSING_S), CT_ESTABLISHED, 0 }, {}, REQUEST_ALONE, 0, -1 },
	{ "a reply that has lost its request does not keep its port for long", {}, { STALE(CLOSING_S), CT_ESTABLISHED, 0 },
	  REPLY_ALONE, 0, -1 },
	{ "a reply alone is no connection", {}, { 1, CT_ESTABLISHED, 0 }, REPLY_ALONE, 1, -1 },
	{ "a partner's tuple that is another's by now keeps nothing alive", { STALE(CLOSING_S), CT_ESTABLISHED, 0 },
	  { 0, CT_ESTABLISHED, 0 }, STRANGERS, 1, CT_ESTABLISHED },
};
/* clang-format on */

static struct ip_addr address(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_addr_parse(text, &addr));
	return addr;
}

/* The node's clock, as the last packet that it saw tells it. */
static __u32 ticks_now(void)
{
	struct frame_spec spec = { FRAME_IPV4 };
	struct frame frame = frame_build(&spec);
	struct ct_key key;
	struct conntrack ct;

	program_run(world.maps.from_pod, world.ifindex[POD_A], &frame, 0);
	assert_int_equal(bpf_map_get_next_key(node.maps.conntrack, NULL, &key), 0);
	assert_int_equal(bpf_map_lookup_elem(node.maps.conntrack, &key, &ct), 0);
	assert_int_equal(bpf_map_delete_elem(node.maps.conntrack, &key), 0);
	return ct.seen;
}

/* 10.9.0.2 is lower than both of the others, so that the key is the tuple. */
static struct ct_tuple tuple_to(const char *target, uint16_t port)
{
	return (struct ct_tuple){ .source = address(POD_A_V4),
				  .target = address(target),
				  .source_port = htons(40000),
				  .target_port = htons(port) };
}

/* Also of a time that is still to come. */
static __u32 ticks_of(int seconds)
{
	return seconds < 0 ? 0 - ct_ticks_of_seconds((uint32_t)-seconds) :
			     ct_ticks_of_seconds((uint32_t)seconds);
}

static bool is_lower(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->words[3] < b->words[3];
}

static void entry_put(const struct ct_tuple *tuple, const struct ct_tuple *other, __u8 flags,
		      const struct past *past, __u32 now)
{
	struct ct_key key = { .protocol = IPPROTO_TCP };
	int high = is_lower(&tuple->target, &tuple->source);
	struct conntrack ct = { .seen = now - ticks_of(past->idle_s),
				.state = past->state,
				.finished = past->finished };

	key.addr[high] = tuple->source;
	key.port[high] = tuple->source_port;
	key.addr[1 - high] = tuple->target;
	key.port[1 - high] = tuple->target_port;
	ct.flags = (__u8)(flags | (high ? CT_INITIATOR_HIGH : 0));
	if (other)
		ct.other = *other;
	assert_int_equal(bpf_map_update_elem(node.maps.conntrack, &key, &ct, BPF_NOEXIST), 0);
}

static void entries_put(const struct sweep_row *row, __u32 now)
{
	struct ct_tuple was = tuple_to(SVC_WEB, 80), now_is = tuple_to(POD_B_V4, 8080);

	if (row->kind == PLAIN)
		entry_put(&was, NULL, 0, &row->request, now);
	if (row->kind == PAIR || row->kind == REQUEST_ALONE || row->kind == STRANGERS)
		entry_put(&was, &now_is, CT_REQUEST, &row->request, now);
	if (row->kind == PAIR || row->kind == REPLY_ALONE)
		entry_put(&now_is, &was, CT_REPLY, &row->reply, now);
	if (row->kind == STRANGERS)
		entry_put(&now_is, NULL, 0, &row->reply, now);
}

static size_t entries_count(void)
{
	struct ct_key key, *last = NULL;
	size_t count = 0;

	for (; !bpf_map_get_next_key(node.maps.conntrack, last, &key); last = &key)
		count++;
	return count;
}

static void sweep_test(void **state)
{
	const struct sweep_row *row = *state;
	struct sweep_report report;
	size_t put;

	if (missing)
		skip();
	node_reset(&node, &world);
	entries_put(row, ticks_now());
	put = entries_count();
	assert_int_equal(sweep_run(world.bpf_dir, &report, &err), 0);
	assert_int_equal(entries_count(), row->stay);
	assert_int_equal(report.entries, row->stay);
	assert_int_equal(report.deleted, put - (size_t)row->stay);
	for (int i = 0; i < CT_STATE_COUNT; i++)
		assert_int_equal(report.connections[i], i == row->counted_as);
}

/* Many pairs, so that the two halves stand in all orders in the map. */
static void no_half_is_left(void **state)
{
	struct past past = { STALE(CLOSING_S), CT_ESTABLISHED, 0 };
	struct past reset = { STALE(CLOSING_S), CT_CLOSING, 0 };
	struct sweep_report report;
	__u32 now;

	(void)state;
	if (missing)
		skip();
	node_reset(&node, &world);
	now = ticks_now();
	for (uint16_t port = 1; port <= 1000; port++) {
		struct ct_tuple was = tuple_to(SVC_WEB, port), now_is = tuple_to(POD_B_V4, port);

		entry_put(&was, &now_is, CT_REQUEST, port % 2 ? &past : &reset, now);
		entry_put(&now_is, &was, CT_REPLY, port % 2 ? &reset : &past, now);
	}
	assert_int_equal(sweep_run(world.bpf_dir, &report, &err), 0);
	assert_int_equal(report.deleted, 2000);
	assert_int_equal(report.entries, 0);
	assert_int_equal(entries_count(), 0);
}

static int world_begin(void **state)
{
	struct load_settings settings = { .timeouts_s = { OPENING_S, ESTABLISHED_S, CLOSING_S,
							  DATAGRAM_S, QUESTION_S } };

	(void)state;
	missing = world_enter();
	if (missing) {
		fprintf(stderr, "# skipped: %s\n", missing);
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
	if (!missing)
		node_close(&node);
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, sweep_test);
	case_add(&cases, "no pair leaves a half behind", no_half_is_left, NULL);
	return cases_run("sweep", &cases, world_begin, world_end);
}
