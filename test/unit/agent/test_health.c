/* SPDX-License-Identifier: Apache-2.0 */
/* test_health - what a load balancer is told about the node, and about a service on it. */
#include "support/cases.h"

#include <string.h>

#include "agent/health.h"

#define S 1000000000ULL

static const struct node_row {
	const char *sentence;
	struct health_facts facts;
	int healthz, livez;
} node_rows[] = {
	{ "nothing waits", {}, 200, 200 },
	{ "writes have waited for a while", { .pending_ns = 59 * S }, 200, 200 },
	{ "exactly as long as they may", { .pending_ns = 60 * S }, 200, 200 },
	{ "writes have waited too long", { .pending_ns = 60 * S + 1 }, 503, 503 },
	{ "a node that is about to go still lives", { .deleting = true }, 503, 200 },
	{ "about to go and stale", { .deleting = true, .pending_ns = 61 * S }, 503, 503 },
};

static void node_is_told(void **state)
{
	const struct node_row *row = *state;

	assert_int_equal(health_status(&row->facts, false), row->healthz);
	assert_int_equal(health_status(&row->facts, true), row->livez);
}

static const struct body_row {
	const char *sentence;
	struct health_facts facts;
	const char *body;
} body_rows[] = {
	{ "what is in place is as of now",
	  { .now = 86400, .last_updated = 5 },
	  "{\"lastUpdated\": \"1970-01-02 00:00:00 +0000 UTC\",\"currentTime\": "
	  "\"1970-01-02 00:00:00 +0000 UTC\", \"nodeEligible\": true}" },
	{ "while something waits, as of the last pass",
	  { .now = 86400, .last_updated = 5, .pending_ns = 1 },
	  "{\"lastUpdated\": \"1970-01-01 00:00:05 +0000 UTC\",\"currentTime\": "
	  "\"1970-01-02 00:00:00 +0000 UTC\", \"nodeEligible\": true}" },
	{ "a node that is about to go",
	  { .now = 0, .deleting = true },
	  "{\"lastUpdated\": \"1970-01-01 00:00:00 +0000 UTC\",\"currentTime\": "
	  "\"1970-01-01 00:00:00 +0000 UTC\", \"nodeEligible\": false}" },
};

static void node_body_is_written(void **state)
{
	const struct body_row *row = *state;
	char body[256];

	health_body(&row->facts, body, sizeof(body));
	assert_string_equal(body, row->body);
}

static const struct service_row {
	const char *sentence;
	struct service_health health;
	int status;
	const char *body;
} service_rows[] = {
	{ "one ready backend here",
	  { "default", "web", 1, true },
	  200,
	  "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},\"localEndpoints\":1,"
	  "\"serviceProxyHealthy\":true}" },
	{ "none here",
	  { "default", "web", 0, true },
	  503,
	  "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},\"localEndpoints\":0,"
	  "\"serviceProxyHealthy\":true}" },
	{ "some here, but what is in place is stale",
	  { "default", "web", 3, false },
	  503,
	  "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},\"localEndpoints\":3,"
	  "\"serviceProxyHealthy\":false}" },
};

static void service_is_told(void **state)
{
	const struct service_row *row = *state;
	char body[512];

	assert_int_equal(service_health_status(&row->health), row->status);
	assert_true(service_health_body(&row->health, body, sizeof(body)));
	assert_string_equal(body, row->body);
}

static void long_names_do_not_overflow(void **state)
{
	char name[254], body[128];
	struct service_health health = { "default", name, 1, true };

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(service_health_body(&health, body, sizeof(body)));
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, node_rows, node_is_told);
	ROWS_ADD(&cases, body_rows, node_body_is_written);
	ROWS_ADD(&cases, service_rows, service_is_told);
	case_add(&cases, "what does not fit is not sent in part", long_names_do_not_overflow, NULL);
	return cases_run("agent/health", &cases, NULL, NULL);
}
