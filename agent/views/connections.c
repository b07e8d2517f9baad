/* SPDX-License-Identifier: Apache-2.0 */
/* connections - entries of map conntrack as connections: merged, filtered, in order. Pure. */
#include "agent/views/connections.h"

#include <stdlib.h>
#include <string.h>

#include "byway/ct_clock.h"
#include "datapath/logic/ct_state.h"

static struct ct_tuple tuple_of_key(const struct connection_entry *entry)
{
	int from = ct_initiator(&entry->ct), to = 1 - from;

	return (struct ct_tuple){
		.source = entry->key.addr[from],
		.target = entry->key.addr[to],
		.source_port = entry->key.port[from],
		.target_port = entry->key.port[to],
	};
}

/* What the initiator sends: by it the two entries of a connection find each other. */
static struct ct_tuple tuple_of_initiator(const struct connection_entry *entry)
{
	return entry->ct.flags & CT_REPLY ? entry->ct.other : tuple_of_key(entry);
}

static int tuple_compare(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return memcmp(a, b, sizeof(*a));
}

static int entry_compare(const void *a, const void *b)
{
	const struct connection_entry *left = a, *right = b;
	struct ct_tuple left_tuple = tuple_of_initiator(left);
	struct ct_tuple right_tuple = tuple_of_initiator(right);
	int order = tuple_compare(&left_tuple, &right_tuple);

	if (!order)
		order = (int)left->key.protocol - (int)right->key.protocol;
	/* The request first. */
	return order ? order : (left->ct.flags & CT_REPLY) - (right->ct.flags & CT_REPLY);
}

static struct connection connection_of(const struct connection_entry *entry)
{
	struct connection connection = {
		.from_initiator = tuple_of_initiator(entry),
		.to_responder = tuple_of_key(entry),
		.service = entry->ct.flags & CT_SERVICE ? entry->ct.service : 0,
		.opened = entry->ct.opened,
		.seen = entry->ct.seen,
		.protocol = entry->key.protocol,
		.state = entry->ct.state,
		.flags = entry->ct.flags,
	};

	if (entry->ct.flags & CT_REQUEST)
		connection.to_responder = entry->ct.other;
	return connection;
}

static bool are_partners(const struct connection_entry *request,
			 const struct connection_entry *reply)
{
	struct ct_tuple asked = tuple_of_initiator(request), answered = tuple_of_initiator(reply);

	return request->ct.flags & CT_REQUEST && reply->ct.flags & CT_REPLY &&
	       request->key.protocol == reply->key.protocol && !tuple_compare(&asked, &answered);
}

static void partner_join(struct connection *connection, const struct connection_entry *request,
			 const struct connection_entry *reply)
{
	connection->state = ct_pair_state(&request->ct, &reply->ct);
	connection->flags |= reply->ct.flags;
	if (reply->ct.seen > connection->seen)
		connection->seen = reply->ct.seen;
}

size_t connections_merge(struct connection_entry *entries, size_t count, struct connection *list)
{
	size_t connections = 0;

	if (count)
		qsort(entries, count, sizeof(*entries), entry_compare);
	for (size_t i = 0; i < count; i++) {
		struct connection *connection = &list[connections++];

		*connection = connection_of(&entries[i]);
		if (i + 1 < count && are_partners(&entries[i], &entries[i + 1])) {
			partner_join(connection, &entries[i], &entries[i + 1]);
			i++;
		}
	}
	return connections;
}

bool connection_is_translated(const struct connection *connection)
{
	return tuple_compare(&connection->from_initiator, &connection->to_responder) != 0;
}

static bool is_among(const struct connection_filter *filter, const struct ip_addr *addr)
{
	for (size_t i = 0; i < filter->addr_count; i++)
		if (ip_addr_equal(&filter->addrs[i], addr))
			return true;
	return false;
}

static bool addr_passes(const struct connection *connection, const struct connection_filter *filter)
{
	return is_among(filter, &connection->from_initiator.source) ||
	       is_among(filter, &connection->from_initiator.target) ||
	       is_among(filter, &connection->to_responder.source) ||
	       is_among(filter, &connection->to_responder.target);
}

static bool service_passes(const struct connection *connection,
			   const struct connection_filter *filter)
{
	const struct ct_tuple *sent = &connection->from_initiator;

	if (filter->by_frontend)
		return ip_addr_equal(&sent->target, &filter->frontend.addr) &&
		       (!filter->frontend.port || filter->frontend.port == sent->target_port);
	for (size_t i = 0; connection->service && i < filter->service_count; i++)
		if (filter->services[i] == connection->service)
			return true;
	return false;
}

bool connection_passes(const struct connection *connection, const struct connection_filter *filter)
{
	if (filter->state >= 0 && connection->state != filter->state)
		return false;
	if (filter->protocol >= 0 && connection->protocol != filter->protocol)
		return false;
	if (filter->by_addr && !addr_passes(connection, filter))
		return false;
	return !(filter->by_service || filter->by_frontend) || service_passes(connection, filter);
}

/* --- order ------------------------------------------------------------------------------------ */

static int place_compare(const struct ip_addr *a, __be16 a_port, const struct ip_addr *b,
			 __be16 b_port)
{
	int order = memcmp(a, b, sizeof(*a));

	return order ? order : memcmp(&a_port, &b_port, sizeof(a_port));
}

static int by_source(const void *a, const void *b)
{
	const struct ct_tuple *left = &((const struct connection *)a)->from_initiator;
	const struct ct_tuple *right = &((const struct connection *)b)->from_initiator;

	return place_compare(&left->source, left->source_port, &right->source, right->source_port);
}

static int by_target(const void *a, const void *b)
{
	const struct ct_tuple *left = &((const struct connection *)a)->from_initiator;
	const struct ct_tuple *right = &((const struct connection *)b)->from_initiator;
	int order =
		place_compare(&left->target, left->target_port, &right->target, right->target_port);

	return order ? order : by_source(a, b);
}

static int number_compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int by_idle(const void *a, const void *b)
{
	const struct connection *left = a, *right = b;
	int order = number_compare(right->seen, left->seen);

	return order ? order : by_source(a, b);
}

static int by_age(const void *a, const void *b)
{
	const struct connection *left = a, *right = b;
	int order = number_compare(left->opened, right->opened);

	return order ? order : by_source(a, b);
}

static int by_service(const void *a, const void *b)
{
	const struct connection *left = a, *right = b;
	int order = number_compare(left->service, right->service);

	return order ? order : by_source(a, b);
}

static const struct {
	const char *name;
	int (*compare)(const void *a, const void *b);
} orders[ORDER_COUNT] = {
	[ORDER_IDLE] = { "idle", by_idle },	     [ORDER_AGE] = { "age", by_age },
	[ORDER_SOURCE] = { "source", by_source },    [ORDER_TARGET] = { "target", by_target },
	[ORDER_SERVICE] = { "service", by_service },
};

bool connection_order_parse(const char *text, enum connection_order *ret_order)
{
	for (int i = 0; i < ORDER_COUNT; i++) {
		if (strcmp(text, orders[i].name))
			continue;
		*ret_order = (enum connection_order)i;
		return true;
	}
	return false;
}

void connections_sort(struct connection *list, size_t count, enum connection_order order)
{
	if (count)
		qsort(list, count, sizeof(*list), orders[order].compare);
}

/* --- words ------------------------------------------------------------------------------------ */

uint64_t connection_age_s(uint32_t tick, uint64_t now_ns)
{
	return ct_seconds_between(tick, ct_tick_of(now_ns));
}

static const char *const states[] = {
#define X(name, label, timeout, text) [CT_##name] = label,
	CT_STATES(X)
#undef X
};

const char *ct_state_name(uint8_t state)
{
	return state < CT_STATE_COUNT ? states[state] : "?";
}

int ct_state_parse(const char *text)
{
	for (int i = 0; i < CT_STATE_COUNT; i++)
		if (!strcmp(states[i], text))
			return i;
	return -1;
}
