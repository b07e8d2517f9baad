/* SPDX-License-Identifier: Apache-2.0 */
/* health - is this node fit to serve? What /healthz and /livez say, and why. Pure. */
#include "agent/health.h"

#include <stdio.h>

#include "base/json.h"

#define NS_PER_S 1000000000ULL

bool health_is_fresh(const struct health_facts *facts)
{
	return facts->pending_ns <= HEALTH_STALE_S * NS_PER_S;
}

int health_status(const struct health_facts *facts, bool live)
{
	return health_is_fresh(facts) && (live || !facts->deleting) ? 200 : 503;
}

static void time_format(time_t time, char ret_text[48])
{
	struct tm tm;

	gmtime_r(&time, &tm);
	strftime(ret_text, 48, "%Y-%m-%d %H:%M:%S +0000 UTC", &tm);
}

void health_body(const struct health_facts *facts, char *ret_body, size_t size)
{
	char updated[48], now[48];

	/* With nothing left to write, what is in place is as of now. */
	time_format(facts->pending_ns ? facts->last_updated : facts->now, updated);
	time_format(facts->now, now);
	snprintf(ret_body, size,
		 "{\"lastUpdated\": \"%s\",\"currentTime\": \"%s\", \"nodeEligible\": %s}", updated,
		 now, facts->deleting ? "false" : "true");
}

int service_health_status(const struct service_health *health)
{
	return health->local_ready && health->proxy_healthy ? 200 : 503;
}

bool service_health_body(const struct service_health *health, char *ret_body, size_t size)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *service = cJSON_AddObjectToObject(json, "service");

	cJSON_AddStringToObject(service, "namespace", health->namespace);
	cJSON_AddStringToObject(service, "name", health->name);
	cJSON_AddNumberToObject(json, "localEndpoints", (double)health->local_ready);
	cJSON_AddBoolToObject(json, "serviceProxyHealthy", health->proxy_healthy);
	return json && cJSON_PrintPreallocated(json, ret_body, (int)size, false);
}
