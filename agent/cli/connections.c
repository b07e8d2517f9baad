/* SPDX-License-Identifier: Apache-2.0 */
/* connections - byway connections: who speaks to whom, through which service, for how long. */
#include "agent/views/connections.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "agent/cli/ask.h"
#include "agent/cli/connection_names.h"
#include "agent/cli/table.h"
#include "agent/cli/verb.h"
#include "agent/clock.h"
#include "agent/views/names.h"
#include "base/json.h"
#include "byway/ip_text.h"
#include "datapath/map_walk.h"

static const char *const headings[] = { "PROTO",   "STATE", "FROM", "TO", "TRANSLATED",
					"SERVICE", "IDLE",  "AGE",  NULL };

struct entries {
	struct connection_entry *list;
	size_t count;
};

struct listing {
	struct connection *list;
	size_t count;
	struct connection_names names;
	uint64_t now_ns;
};

static void listing_done(struct listing *listing)
{
	free(listing->list);
	connection_names_done(&listing->names);
}

static int entries_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	struct entries *entries = ctx;
	const struct ct_key *key = keys;
	const struct conntrack *ct = values;
	struct connection_entry *larger =
		realloc(entries->list, (entries->count + count) * sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	entries->list = larger;
	for (uint32_t i = 0; i < count; i++)
		larger[entries->count++] = (struct connection_entry){ key[i], ct[i] };
	return 0;
}

static int connections_read(const char *bpf_dir, struct listing *listing, struct error *err)
{
	CLEANUP(service_maps_close) struct service_maps maps = SERVICE_MAPS_CLOSED;
	struct entries entries = {};
	int rc = service_maps_open(bpf_dir, &maps, err);

	if (rc)
		return rc;
	error_set(err, -ENOMEM, "read the connections");
	rc = map_walk(maps.conntrack, entries_take, &entries, err);
	listing->now_ns = clock_ns();
	listing->list = calloc(entries.count + 1, sizeof(*listing->list));
	if (rc == 0 && !listing->list)
		rc = -ENOMEM;
	if (rc == 0)
		listing->count = connections_merge(entries.list, entries.count, listing->list);
	free(entries.list);
	return rc;
}

static void connections_filter(struct listing *listing, const struct connection_filter *filter)
{
	size_t kept = 0;

	for (size_t i = 0; i < listing->count; i++)
		if (connection_passes(&listing->list[i], filter))
			listing->list[kept++] = listing->list[i];
	listing->count = kept;
}

/* --- as a table ------------------------------------------------------------------------------- */

struct place_text {
	char text[IP_TEXT_SIZE + 16];
};

/* Port 0: it has none. */
static struct place_text place_text(const struct ip_addr *addr, __be16 port)
{
	const char *format = !port ? "%s" : ip_addr_is_v4(addr) ? "%s:%u" : "[%s]:%u";
	struct place_text out;

	snprintf(out.text, sizeof(out.text), format, ip_addr_text(addr).text, ntohs(port));
	return out;
}

/* The address, and in brackets whose it is. */
static void place_cell(struct table *table, const struct connection_names *names,
		       const struct ip_addr *addr, __be16 port)
{
	const char *pod = connection_pod_name(names, addr);

	if (*pod)
		table_cellf(table, "%s (%s)", place_text(addr, port).text, pod);
	else
		table_cell(table, place_text(addr, port).text);
}

/* What stands in place of an echo's ports is its identifier. */
static bool has_ports(const struct connection *connection)
{
	return connection->protocol != IPPROTO_ICMP && connection->protocol != IPPROTO_ICMPV6;
}

/* Only what differs: the backend, the masqueraded source, or both. */
static void translation_cell(struct table *table, const struct connection *connection)
{
	const struct ct_tuple *sent = &connection->from_initiator;
	const struct ct_tuple *seen = &connection->to_responder;
	struct place_text source = place_text(&seen->source, seen->source_port);
	struct place_text target = place_text(&seen->target, seen->target_port);
	bool source_differs =
		strcmp(source.text, place_text(&sent->source, sent->source_port).text) != 0;
	bool target_differs =
		strcmp(target.text, place_text(&sent->target, sent->target_port).text) != 0;

	if (source_differs && target_differs)
		table_cellf(table, "%s -> %s", source.text, target.text);
	else if (source_differs)
		table_cellf(table, "from %s", source.text);
	else
		table_cell(table, target_differs ? target.text : "");
}

static void time_cell(struct table *table, uint64_t seconds)
{
	if (seconds < 120)
		table_cellf(table, "%llus", (unsigned long long)seconds);
	else if (seconds < 7200)
		table_cellf(table, "%llum", (unsigned long long)seconds / 60);
	else
		table_cellf(table, "%lluh", (unsigned long long)seconds / 3600);
}

static void connection_row(struct table *table, const struct listing *listing,
			   const struct connection *connection)
{
	const struct ct_tuple *sent = &connection->from_initiator;
	bool ports = has_ports(connection);

	table_cell(table, protocol_name(connection->protocol).text);
	table_cell(table, ct_state_name(connection->state));
	place_cell(table, &listing->names, &sent->source, ports ? sent->source_port : 0);
	place_cell(table, &listing->names, &sent->target, ports ? sent->target_port : 0);
	translation_cell(table, connection);
	table_cell(table, connection_service_name(&listing->names, connection->service).text);
	time_cell(table, connection_age_s(connection->seen, listing->now_ns));
	time_cell(table, connection_age_s(connection->opened, listing->now_ns));
}

static void table_of(const struct listing *listing, size_t limit)
{
	CLEANUP(table_free) struct table *table = table_new(headings);

	if (!listing->count) {
		puts("no connections");
		return;
	}
	for (size_t i = 0; i < limit; i++)
		connection_row(table, listing, &listing->list[i]);
	table_print(table, terminal_width(), stdout);
	if (limit < listing->count)
		printf("(%zu of %zu; --limit 0 shows all)\n", limit, listing->count);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void place_add(cJSON *json, const char *name, const struct connection_names *names,
		      const struct ip_addr *addr, __be16 port)
{
	cJSON *object = cJSON_AddObjectToObject(json, name);
	const char *pod = connection_pod_name(names, addr);

	cJSON_AddStringToObject(object, "address", ip_addr_text(addr).text);
	cJSON_AddNumberToObject(object, "port", ntohs(port));
	if (*pod)
		cJSON_AddStringToObject(object, "pod", pod);
}

static void tuple_add(cJSON *json, const struct connection_names *names,
		      const struct ct_tuple *tuple)
{
	place_add(json, "from", names, &tuple->source, tuple->source_port);
	place_add(json, "to", names, &tuple->target, tuple->target_port);
}

static cJSON *connection_json(const struct listing *listing, const struct connection *connection)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "protocol", protocol_name(connection->protocol).text);
	cJSON_AddStringToObject(json, "state", ct_state_name(connection->state));
	tuple_add(json, &listing->names, &connection->from_initiator);
	if (connection_is_translated(connection))
		tuple_add(cJSON_AddObjectToObject(json, "translated"), &listing->names,
			  &connection->to_responder);
	if (connection->service) {
		cJSON_AddNumberToObject(json, "serviceID", connection->service);
		cJSON_AddStringToObject(
			json, "service",
			connection_service_name(&listing->names, connection->service).text);
	}
	cJSON_AddBoolToObject(json, "masqueraded", connection->flags & CT_MASQUERADE);
	cJSON_AddNumberToObject(json, "idleSeconds",
				(double)connection_age_s(connection->seen, listing->now_ns));
	cJSON_AddNumberToObject(json, "ageSeconds",
				(double)connection_age_s(connection->opened, listing->now_ns));
	return json;
}

static void document_of(const struct listing *listing, size_t limit)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(json, "connections");

	cJSON_AddNumberToObject(json, "count", (double)listing->count);
	for (size_t i = 0; i < limit; i++)
		cJSON_AddItemToArray(list, connection_json(listing, &listing->list[i]));
	json_print(json);
}

/* --- only how many ---------------------------------------------------------------------------- */

static void counts_of(const struct listing *listing, bool as_json)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	size_t by_state[CT_STATE_COUNT] = {};

	for (size_t i = 0; i < listing->count; i++)
		if (listing->list[i].state < CT_STATE_COUNT)
			by_state[listing->list[i].state]++;
	cJSON_AddNumberToObject(json, "count", (double)listing->count);
	for (int state = 0; state < CT_STATE_COUNT; state++)
		cJSON_AddNumberToObject(json, ct_state_name((uint8_t)state),
					(double)by_state[state]);
	if (as_json)
		json_print(json);
	else
		printf("%zu\n", listing->count);
}

/* --- the verb --------------------------------------------------------------------------------- */

static int order_of(const struct options *options, enum connection_order *ret_order,
		    struct error *err)
{
	*ret_order = ORDER_IDLE;
	if (!options->sort || connection_order_parse(options->sort, ret_order))
		return 0;
	return error_say(err, -EINVAL,
			 "--sort: '%.32s' is none of idle, age, source, target, service",
			 options->sort);
}

static int listing_make(const struct options *options, struct listing *listing, struct error *err)
{
	CLEANUP(connection_choice_done) struct connection_choice choice = {};
	enum connection_order order;
	int rc;

	if ((rc = order_of(options, &order, err)) ||
	    (rc = connections_read(options->bpf_dir, listing, err)) ||
	    (rc = connection_names_load(options, &listing->names, err)) ||
	    (rc = connection_choice_make(options, &listing->names, &choice, err)))
		return rc;
	connections_filter(listing, &choice.filter);
	connections_sort(listing->list, listing->count, order);
	return 0;
}

enum exit_status verb_connections(const struct options *options)
{
	CLEANUP(listing_done) struct listing listing = {};
	struct error err;
	int rc = listing_make(options, &listing, &err);
	size_t limit = listing.count;

	if (rc)
		return verb_fail(options, &err) == EXIT_NOT_RUNNING ? EXIT_NOT_RUNNING :
		       rc == -EINVAL				    ? EXIT_USAGE :
								      EXIT_PROBLEM;
	if (options->limit && options->limit < limit)
		limit = options->limit;
	if (options->count)
		counts_of(&listing, options->json);
	else if (options->json)
		document_of(&listing, limit);
	else
		table_of(&listing, limit);
	return EXIT_FINE;
}
