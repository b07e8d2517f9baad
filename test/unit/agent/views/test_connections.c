/* SPDX-License-Identifier: Apache-2.0 */
/* test_connections - entries become connections: which belong together, which are asked for. */
#include "support/cases.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "agent/views/connections.h"
#include "byway/ct_clock.h"
#include "byway/ip_text.h"

#define ENTRIES_MAX 8

/* pod_a 10.9.1.2, svc_web 10.96.0.1, pod_b 10.9.1.3; a place is "address:port". */
#define POD_A "10.9.1.2:40000"
#define SVC_WEB "10.96.0.1:80"
#define POD_B "10.9.1.3:8080"
#define NODE_1 "192.0.2.1:50000"
#define WORLD "198.51.100.7:443"

struct place {
	struct ip_addr addr;
	__be16 port;
};

static struct place place_of(const char *text)
{
	struct place place;
	char address[64];
	unsigned int port;

	assert_int_equal(sscanf(text, "%63[^:]:%u", address, &port), 2);
	assert_true(ip_addr_parse(address, &place.addr));
	place.port = htons((uint16_t)port);
	return place;
}

static struct ct_tuple tuple_of(const char *source, const char *target)
{
	struct place from = place_of(source), to = place_of(target);

	return (struct ct_tuple){ from.addr, to.addr, from.port, to.port };
}

struct line {
	const char *source, *target; /* of the entry's own key, as its initiator sends */
	const char *other_source, *other_target;
	uint8_t flags, state;
	uint32_t seen;
};

/* high: the initiator is end 1 of the key. Both orders must come to the same. */
static struct connection_entry entry_of(const struct line *line, bool high)
{
	struct ct_tuple tuple = tuple_of(line->source, line->target);
	struct connection_entry entry = {
		.key = { .protocol = IPPROTO_TCP },
		.ct = { .flags = line->flags, .state = line->state, .seen = line->seen },
	};

	entry.key.addr[high] = tuple.source;
	entry.key.port[high] = tuple.source_port;
	entry.key.addr[!high] = tuple.target;
	entry.key.port[!high] = tuple.target_port;
	entry.ct.flags |= high ? CT_INITIATOR_HIGH : 0;
	entry.ct.service = line->flags & CT_SERVICE ? 7 : 0;
	if (line->other_source)
		entry.ct.other = tuple_of(line->other_source, line->other_target);
	return entry;
}

static const struct merge_row {
	const char *sentence;
	struct line lines[ENTRIES_MAX];
	const char *text;
} merge_rows[] = {
	{ "no entries", {}, "" },
	{ "a connection that is not translated",
	  { { POD_A, POD_B, .state = CT_ESTABLISHED, .seen = 5 } },
	  POD_A ">" POD_B "=" POD_A ">" POD_B " established 5 s0;" },
	{ "the two entries of a connection through a service are one",
	  { { POD_A, SVC_WEB, POD_A, POD_B, CT_REQUEST | CT_SERVICE, CT_ESTABLISHED, 5 },
	    { POD_A, POD_B, POD_A, SVC_WEB, CT_REPLY | CT_SERVICE, CT_ESTABLISHED, 9 } },
	  POD_A ">" SVC_WEB "=" POD_A ">" POD_B " established 9 s7;" },
	{ "in the other order too",
	  { { POD_A, POD_B, POD_A, SVC_WEB, CT_REPLY | CT_SERVICE, CT_ESTABLISHED, 3 },
	    { POD_A, SVC_WEB, POD_A, POD_B, CT_REQUEST | CT_SERVICE, CT_OPENING, 5 } },
	  POD_A ">" SVC_WEB "=" POD_A ">" POD_B " opening 5 s7;" },
	{ "one side has seen the end",
	  { { POD_A, SVC_WEB, POD_A, POD_B, CT_REQUEST | CT_SERVICE, CT_CLOSING, 5 },
	    { POD_A, POD_B, POD_A, SVC_WEB, CT_REPLY | CT_SERVICE, CT_ESTABLISHED, 5 } },
	  POD_A ">" SVC_WEB "=" POD_A ">" POD_B " closing 5 s7;" },
	{ "a masqueraded connection",
	  { { POD_A, WORLD, NODE_1, WORLD, CT_REQUEST | CT_MASQUERADE, CT_ESTABLISHED, 1 },
	    { NODE_1, WORLD, POD_A, WORLD, CT_REPLY | CT_MASQUERADE, CT_ESTABLISHED, 1 } },
	  POD_A ">" WORLD "=" NODE_1 ">" WORLD " established 1 s0;" },
	{ "an answer's entry whose partner is gone is a connection",
	  { { POD_A, POD_B, POD_A, SVC_WEB, CT_REPLY | CT_SERVICE, CT_ESTABLISHED, 2 } },
	  POD_A ">" SVC_WEB "=" POD_A ">" POD_B " established 2 s7;" },
	{ "a request's entry whose partner is gone is a connection",
	  { { POD_A, SVC_WEB, POD_A, POD_B, CT_REQUEST | CT_SERVICE, CT_ESTABLISHED, 2 } },
	  POD_A ">" SVC_WEB "=" POD_A ">" POD_B " established 2 s7;" },
	{ "the same pods, directly and through the service, are two",
	  { { POD_A, SVC_WEB, POD_A, POD_B, CT_REQUEST | CT_SERVICE, CT_ESTABLISHED, 5 },
	    { POD_A, POD_B, POD_A, SVC_WEB, CT_REPLY | CT_SERVICE, CT_ESTABLISHED, 5 },
	    { "10.9.1.2:40001", POD_B, .state = CT_ESTABLISHED, .seen = 5 } },
	  POD_A ">" SVC_WEB "=" POD_A ">" POD_B " established 5 s7;"
		"10.9.1.2:40001>" POD_B "=10.9.1.2:40001>" POD_B " established 5 s0;" },
};

static void tuple_print(char *text, const struct ct_tuple *tuple)
{
	sprintf(text + strlen(text), "%s:%u>", ip_addr_text(&tuple->source).text,
		ntohs(tuple->source_port));
	sprintf(text + strlen(text), "%s:%u", ip_addr_text(&tuple->target).text,
		ntohs(tuple->target_port));
}

static void connection_print(char *text, const struct connection *connection)
{
	tuple_print(text, &connection->from_initiator);
	strcat(text, "=");
	tuple_print(text, &connection->to_responder);
	sprintf(text + strlen(text), " %s %u s%u;", ct_state_name(connection->state),
		connection->seen, connection->service);
}

static void entries_are_merged(void **state)
{
	const struct merge_row *row = *state;

	for (unsigned int ends = 0; ends < 8; ends++) {
		struct connection_entry entries[ENTRIES_MAX];
		struct connection list[ENTRIES_MAX];
		char text[1024] = "";
		size_t count = 0;

		for (; row->lines[count].source; count++)
			entries[count] = entry_of(&row->lines[count], ends >> count & 1);
		count = connections_merge(entries, count, list);
		connections_sort(list, count, ORDER_SOURCE);
		for (size_t i = 0; i < count; i++)
			connection_print(text, &list[i]);
		assert_string_equal(text, row->text);
	}
}

static const struct filter_row {
	const char *sentence;
	const char *addr;     /* of --pod */
	const char *frontend; /* of --service; "address:port", port 0 = any */
	uint32_t service;
	int state, protocol; /* 0 = any */
	bool passes;
} filter_rows[] = {
	{ "nothing is asked for", .passes = true },
	{ "the initiator's address", "10.9.1.2", .passes = true },
	{ "the address that it sent to", "10.96.0.1", .passes = true },
	{ "the backend's address", "10.9.1.3", .passes = true },
	{ "an address that has no part in it", "10.9.1.4", .passes = false },
	{ "the service's id", .service = 7, .passes = true },
	{ "another service's", .service = 8, .passes = false },
	{ "the service's address", NULL, "10.96.0.1:0", .passes = true },
	{ "the service's address and port", NULL, SVC_WEB, .passes = true },
	{ "another port of it", NULL, "10.96.0.1:81", .passes = false },
	{ "the backend's address is no service's", NULL, POD_B, .passes = false },
	{ "its state", .state = CT_ESTABLISHED, .passes = true },
	{ "another state", .state = CT_CLOSING, .passes = false },
	{ "its protocol", .protocol = IPPROTO_TCP, .passes = true },
	{ "another protocol", .protocol = IPPROTO_UDP, .passes = false },
	{ "all must hold", "10.9.1.2", .state = CT_CLOSING, .passes = false },
};

static void connection_is_chosen(void **state)
{
	const struct filter_row *row = *state;
	struct connection connection = {
		.from_initiator = tuple_of(POD_A, SVC_WEB),
		.to_responder = tuple_of(POD_A, POD_B),
		.service = 7,
		.state = CT_ESTABLISHED,
		.protocol = IPPROTO_TCP,
	};
	struct connection_filter filter = { .state = row->state ? row->state : -1,
					    .protocol = row->protocol ? row->protocol : -1,
					    .services = &row->service,
					    .service_count = 1,
					    .by_service = row->service != 0,
					    .by_addr = row->addr != NULL,
					    .by_frontend = row->frontend != NULL };
	struct ip_addr addr;

	if (row->addr) {
		assert_true(ip_addr_parse(row->addr, &addr));
		filter.addrs = &addr;
		filter.addr_count = 1;
	}
	if (row->frontend) {
		struct place place = place_of(row->frontend);

		filter.frontend.addr = place.addr;
		filter.frontend.port = place.port;
	}
	assert_int_equal(connection_passes(&connection, &filter), row->passes);
}

static const struct order_row {
	const char *sentence, *name, *text;
} order_rows[] = {
	{ "the one seen last comes first", "idle", "2 1 3 " },
	{ "the oldest comes first", "age", "3 1 2 " },
	{ "by who began", "source", "1 2 3 " },
	{ "by whom they speak to", "target", "3 1 2 " },
	{ "by service", "service", "2 3 1 " },
};

static void connections_are_sorted(void **state)
{
	const struct order_row *row = *state;
	struct connection list[] = {
		{ tuple_of("10.0.0.2:1", "10.0.0.8:1"), {}, 9, 20, 50, 0, 0, 0 },
		{ tuple_of("10.0.0.3:1", "10.0.0.7:1"), {}, 8, 10, 40, 0, 0, 0 },
		{ tuple_of("10.0.0.1:1", "10.0.0.8:1"), {}, 0, 0, 0, 0, 0, 0 },
	};
	enum connection_order order;
	char text[32] = "";

	list[2].service = 9;
	list[2].opened = 15;
	list[2].seen = 45;
	list[0].service = 1;
	assert_true(connection_order_parse(row->name, &order));
	connections_sort(list, 3, order);
	for (int i = 0; i < 3; i++)
		sprintf(text + strlen(text), "%u ", list[i].from_initiator.source.bytes[15]);
	assert_string_equal(text, row->text);
}

static void unknown_words_are_refused(void **state)
{
	enum connection_order order;

	(void)state;
	assert_false(connection_order_parse("size", &order));
	assert_int_equal(ct_state_parse("open"), -1);
	assert_int_equal(ct_state_parse("closing"), CT_CLOSING);
	assert_string_equal(ct_state_name(200), "?");
}

static void ticks_become_seconds(void **state)
{
	(void)state;
	const uint64_t hour = 3600ULL * 1000000000;
	const uint32_t then = ct_tick_of(hour);

	assert_int_equal(connection_age_s(then, hour), 0);
	assert_in_range(connection_age_s(then, hour + 100ULL * 1000000000), 99, 101);
	assert_in_range(connection_age_s(then, 25 * hour), 86398, 86402);
	assert_int_equal(connection_age_s(then, hour / 2), 0);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, merge_rows, entries_are_merged);
	ROWS_ADD(&cases, filter_rows, connection_is_chosen);
	ROWS_ADD(&cases, order_rows, connections_are_sorted);
	case_add(&cases, "words that are none are refused", unknown_words_are_refused, NULL);
	case_add(&cases, "ticks become seconds", ticks_become_seconds, NULL);
	return cases_run("agent/views/connections", &cases, NULL, NULL);
}
