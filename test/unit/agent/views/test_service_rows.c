/* SPDX-License-Identifier: Apache-2.0 */
/* test_service_rows - what people call a frontend, and how map entries are told. */
#include "support/cases.h"

#include <arpa/inet.h>
#include <string.h>

#include "agent/views/service_rows.h"
#include "base/json.h"
#include "byway/ip_text.h"

static const struct parse_row {
	const char *sentence, *text, *addr; /* addr NULL = refused */
	uint16_t port;
} parse_rows[] = {
	{ "an IPv4 address", "10.96.0.1", "10.96.0.1", 0 },
	{ "and a port", "10.96.0.1:80", "10.96.0.1", 80 },
	{ "an IPv6 address", "fd00::1", "fd00::1", 0 },
	{ "and a port", "[fd00::1]:80", "fd00::1", 80 },
	{ "the largest port", "10.96.0.1:65535", "10.96.0.1", 65535 },
	{ "every address", "0.0.0.0:30080", "0.0.0.0", 30080 },
	{ "a name is none", "web", NULL, 0 },
	{ "nor one with a namespace", "default/web", NULL, 0 },
	{ "nor one with a port", "web:80", NULL, 0 },
	{ "nothing is none", "", NULL, 0 },
	{ "port 0 is none", "10.96.0.1:0", NULL, 0 },
	{ "a port above all is none", "10.96.0.1:65536", NULL, 0 },
	{ "a port with junk behind it", "10.96.0.1:80x", NULL, 0 },
	{ "a port that is missing", "10.96.0.1:", NULL, 0 },
	{ "a bracket that is not closed", "[fd00::1:80", NULL, 0 },
	{ "a bracket that was not opened", "fd00::1]:80", NULL, 0 },
	{ "something between bracket and port", "[fd00::1]x:80", NULL, 0 },
	{ "an address longer than any",
	  "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]:80", NULL, 0 },
};

static void frontend_is_parsed(void **state)
{
	const struct parse_row *row = *state;
	struct service_key key;
	bool parsed = frontend_parse(row->text, &key);

	assert_int_equal(parsed, row->addr != NULL);
	if (!parsed)
		return;
	assert_string_equal(ip_addr_text(&key.addr).text, row->addr);
	assert_int_equal(ntohs(key.port), row->port);
}

/* A service of three slots: one takes connections, one drains, one is empty. */
static void frontends_count_what_they_can_use(void **state)
{
	struct frontend_row frontend = {
		.key = { .port = htons(80), .protocol = 6 },
		.value = { .id = 7,
			   .affinity_s = 60,
			   .flags = SERVICE_KEEP_SOURCE,
			   .inside = { .slots = 3, .set = BACKENDS_CLUSTER },
			   .outside = { .no_backend = NO_BACKEND_DROP, .set = BACKENDS_LOCAL } },
	};
	struct backend_row backends[] = {
		{ { .service = 7, .slot = 0 }, { .port = htons(8080) } },
		{ { .service = 7, .slot = 2 },
		  { .port = htons(8080), .flags = BACKEND_DRAINING | BACKEND_LOCAL } },
		{ { .service = 7, .slot = 0, .set = BACKENDS_LOCAL }, {} },
		{ { .service = 8, .slot = 0 }, {} },
	};
	const struct service_rows rows = { .frontends = &frontend,
					   .frontend_count = 1,
					   .backends = backends,
					   .backend_count = 4 };
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	CLEANUP(str_free) char *text = NULL;

	(void)state;
	frontends_add(json, &rows, NULL);
	text = cJSON_PrintUnformatted(json);
	assert_string_equal(text,
			    "{\"frontends\":[{\"type\":\"NodePort\",\"address\":\"::\",\"port\":80,"
			    "\"protocol\":\"TCP\",\"id\":7,\"affinitySeconds\":60,\"maglev\":false,"
			    "\"sourceRanges\":false,\"keepSource\":true,"
			    "\"inside\":{\"set\":\"cluster\",\"slots\":3,\"usable\":1},"
			    "\"outside\":{\"set\":\"local\",\"slots\":0,\"usable\":0,"
			    "\"otherwise\":\"drop\"}}]}");
}

static void backends_are_told_with_slot_and_state(void **state)
{
	struct backend_row backend = { { .service = 7, .slot = 2, .set = BACKENDS_LOCAL },
				       { .port = htons(8080),
					 .flags = BACKEND_DRAINING | BACKEND_LOCAL } };
	const struct service_rows rows = { .backends = &backend, .backend_count = 1 };
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	CLEANUP(str_free) char *text = NULL;

	(void)state;
	assert_true(ip_addr_parse("10.9.1.2", &backend.value.addr));
	backends_add(json, &rows);
	text = cJSON_PrintUnformatted(json);
	assert_string_equal(text, "{\"backends\":[{\"id\":7,\"set\":\"local\",\"slot\":2,"
				  "\"address\":\"10.9.1.2\",\"port\":8080,\"state\":\"draining\","
				  "\"local\":true}]}");
}

static void source_ranges_are_told_as_they_were_written(void **state)
{
	struct source_range_row ranges[] = {
		{ { .prefix = SOURCE_RANGE_PREFIX(IPV4_PREFIX_BASE + 24) } },
		{ { .prefix = SOURCE_RANGE_PREFIX(64) } },
	};
	const struct service_rows rows = { .source_ranges = ranges, .source_range_count = 2 };
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	CLEANUP(str_free) char *text = NULL;

	(void)state;
	assert_true(ip_addr_parse("192.0.2.0", &ranges[0].key.addr));
	assert_true(ip_addr_parse("2001:db8::", &ranges[1].key.addr));
	ranges_add(json, &rows);
	text = cJSON_PrintUnformatted(json);
	assert_string_equal(text, "{\"sourceRanges\":[\"192.0.2.0/24\",\"2001:db8::/64\"]}");
}

static void what_is_not_in_the_maps_is_an_empty_list(void **state)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	CLEANUP(str_free) char *text = NULL;

	(void)state;
	frontends_add(json, NULL, NULL);
	backends_add(json, NULL);
	ranges_add(json, NULL);
	text = cJSON_PrintUnformatted(json);
	assert_string_equal(text, "{\"frontends\":[],\"backends\":[],\"sourceRanges\":[]}");
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, parse_rows, frontend_is_parsed);
	case_add(&cases, "a frontend counts what it can use, and says what else happens",
		 frontends_count_what_they_can_use, NULL);
	case_add(&cases, "a backend is told with slot and state",
		 backends_are_told_with_slot_and_state, NULL);
	case_add(&cases, "source ranges are told as they were written",
		 source_ranges_are_told_as_they_were_written, NULL);
	case_add(&cases, "what is not in the maps is an empty list",
		 what_is_not_in_the_maps_is_an_empty_list, NULL);
	return cases_run("agent/views/service_rows", &cases, NULL, NULL);
}
