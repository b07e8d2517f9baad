/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_services - the cluster's state: is it read, is it in the maps, and have they room? */
#include "agent/cli/doctor.h"

#include <stdio.h>
#include <string.h>

#include "agent/cli/ask.h"
#include "agent/views/tables.h"
#include "base/json.h"

static void source_check(struct doctor *doctor, const cJSON *source)
{
	const cJSON *error;

	cJSON_ArrayForEach(error, child_at(source, "errors"))
		finding_add(doctor, FINDING_FAIL, "source",
			    "repair it; until then what it gave before stays in force",
			    "%s/%s, line %.0f: %s", text_at(source, "path"), text_at(error, "file"),
			    number_at(error, "line"), text_at(error, "reason"));
	if (!number_at(source, "errorCount") && *text_at(source, "path"))
		finding_add(doctor, FINDING_OK, "source", NULL, "%s: %.0f files, each understood",
			    text_at(source, "path"), number_at(source, "files"));
}

static void problems_check(struct doctor *doctor, const cJSON *sync)
{
	const cJSON *problem;

	cJSON_ArrayForEach(problem, child_at(sync, "problems"))
		finding_add(doctor, FINDING_WARN, "service",
			    "byway services NAME tells more; the others are served", "%s: %s",
			    text_at(problem, "service"), text_at(problem, "text"));
	if (!cJSON_GetArraySize(child_at(sync, "problems")))
		finding_add(doctor, FINDING_OK, "service", NULL,
			    "%.0f services, none has a problem", number_at(sync, "services"));
}

static void sync_check(struct doctor *doctor, const cJSON *sync)
{
	problems_check(doctor, sync);
	if (number_at(sync, "waiting") > 0)
		finding_add(doctor, FINDING_FAIL, "sync",
			    "the sentence says what is missing; it is tried again by itself",
			    "%.0f services are not in the maps as they should be: %s",
			    number_at(sync, "waiting"), text_at(sync, "lastError"));
	if (number_at(sync, "healed") > 0)
		finding_add(doctor, FINDING_WARN, "sync",
			    "find out who writes to Byway's maps; it has been put right",
			    "somebody else changed the maps of services (%.0f writes undid it)",
			    number_at(sync, "healed"));
	if (*text_at(sync, "healthListenProblem"))
		finding_add(doctor, FINDING_WARN, "health",
			    "end the other program (kube-proxy?), or choose another healthListen",
			    "load balancers can't ask for this node's health: %s",
			    text_at(sync, "healthListenProblem"));
}

static const char *key_of(const char *map)
{
	return !strcmp(map, "source_ranges") ? "sourceRanges" : map;
}

/* The table of connections may be full: then the one that was quiet for longest goes. */
static void maps_check(struct doctor *doctor, const cJSON *status)
{
	unsigned int before = doctor->count[FINDING_WARN];
	const cJSON *map;

	cJSON_ArrayForEach(map, child_at(status, "maps")) {
		double entries = number_at(map, "entries"), room = number_at(map, "capacity");
		char advice[128];

		if (entries * 100 < room * TABLE_NEARLY_FULL_PERCENT || room == 0)
			continue;
		snprintf(advice, sizeof(advice), "raise maps.%s and restart byway-agent",
			 key_of(text_at(map, "name")));
		finding_add(doctor, FINDING_WARN, "map", advice, "%s: %.0f of %.0f entries",
			    text_at(map, "name"), entries, room);
	}
	if (before == doctor->count[FINDING_WARN] && cJSON_GetArraySize(child_at(status, "maps")))
		finding_add(doctor, FINDING_OK, "map", NULL, "each has room");
}

void check_services(struct doctor *doctor)
{
	CLEANUP(json_free) cJSON *status = NULL;
	struct error ignored;

	/* Why there is none, check_agent has said. */
	if (ask(doctor->options, "/v1/status", view_status, &status, NULL, &ignored))
		return;
	if (child_at(status, "source"))
		source_check(doctor, child_at(status, "source"));
	if (child_at(status, "sync"))
		sync_check(doctor, child_at(status, "sync"));
	maps_check(doctor, status);
}
