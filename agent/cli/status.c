/* SPDX-License-Identifier: Apache-2.0 */
/* status - byway status: the node at a glance. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/ask.h"
#include "agent/cli/verb.h"
#include "base/json.h"
#include "datapath/paths.h"

static void agent_print(const cJSON *agent)
{
	if (!cJSON_IsTrue(child_at(agent, "running"))) {
		printf("agent       not running (these figures are read from the maps)\n");
		return;
	}
	printf("agent       %s, version %s, pid %.0f, since %s, started in %.0f ms\n",
	       cJSON_IsTrue(child_at(agent, "ready")) ? "ready" : "starting",
	       text_at(agent, "version"), number_at(agent, "pid"), text_at(agent, "startedAt"),
	       number_at(agent, "startMilliseconds"));
	printf("policy      %s (source: %s)\n",
	       cJSON_IsTrue(child_at(agent, "enforcing")) ?
		       "enforced" :
		       "not enforced: endpoints are ready at once",
	       text_at(agent, "source"));
	if (number_at(agent, "attachRepairs") > 0)
		printf("repairs     programs were taken off %.0f times by somebody, and attached again\n",
		       number_at(agent, "attachRepairs"));
}

static void node_print(const cJSON *status)
{
	const cJSON *node = child_at(status, "node"), *range;

	if (!node) {
		printf("node        no settings from an agent (standalone)\n");
		return;
	}
	printf("node        %s%smtu %.0f, attach %s\n",
	       text_at(child_at(status, "agent"), "nodeName"),
	       *text_at(child_at(status, "agent"), "nodeName") ? ", " : "", number_at(node, "mtu"),
	       text_at(node, "attach"));
	printf("ranges     ");
	cJSON_ArrayForEach(range, child_at(node, "ranges"))
		printf(" %s", cJSON_GetStringValue(range) ? cJSON_GetStringValue(range) : "?");
	printf("%s\n", cJSON_GetArraySize(child_at(node, "ranges")) ? "" : " none");
}

static void datapath_print(const cJSON *datapath)
{
	const cJSON *attach = child_at(datapath, "attach"), *program;

	printf("datapath    loaded, pinned in %s; the kernel %s tcx\n", text_at(datapath, "bpfDir"),
	       cJSON_IsTrue(child_at(datapath, "tcxAvailable")) ? "has" : "lacks");
	printf("attached    %.0f by clsact, %.0f by tcx, %.0f missing\n",
	       number_at(attach, "clsact"), number_at(attach, "tcx"), number_at(attach, "missing"));
	printf("programs   ");
	cJSON_ArrayForEach(program, child_at(datapath, "programs"))
		printf(" %s (id %.0f, %.0f bytes)", text_at(program, "name"),
		       number_at(program, "id"), number_at(program, "jitedBytes"));
	printf("\n");
}

static void traffic_print(const cJSON *status)
{
	const cJSON *endpoints = child_at(status, "endpoints");
	const cJSON *packets = child_at(status, "packets"), *drops = child_at(status, "drops");

	printf("endpoints   %.0f: %.0f ready, %.0f pending, %.0f gone\n",
	       number_at(endpoints, "count"), number_at(endpoints, "ready"),
	       number_at(endpoints, "pending"), number_at(endpoints, "gone"));
	printf("addresses   %.0f of %.0f\n", number_at(endpoints, "addresses"),
	       number_at(endpoints, "capacity"));
	printf("packets     %.0f passed, %.0f dropped (byway drops)\n",
	       number_at(packets, "packets"), number_at(drops, "packets"));
}

static void uplinks_print(const cJSON *uplinks)
{
	const cJSON *uplink, *item, *list = child_at(uplinks, "list");

	if (!uplinks)
		return;
	if (!cJSON_GetArraySize(list))
		printf("uplink      none: pods reach outside as the node's stack forwards it\n");
	cJSON_ArrayForEach(uplink, list) {
		printf("uplink      %s, %s,",
		       *text_at(uplink, "name") ? text_at(uplink, "name") : "gone",
		       text_at(uplink, "attach"));
		cJSON_ArrayForEach(item, child_at(uplink, "addresses"))
			printf(" %s",
			       cJSON_GetStringValue(item) ? cJSON_GetStringValue(item) : "?");
		printf("%s\n",
		       cJSON_GetArraySize(child_at(uplink, "addresses")) ? "" : " no address");
	}
	if (number_at(uplinks, "repairs") > 0)
		printf("repairs     programs were taken off uplinks %.0f times, and attached again\n",
		       number_at(uplinks, "repairs"));
	cJSON_ArrayForEach(item, child_at(uplinks, "problems"))
		printf("  problem   %s\n",
		       cJSON_GetStringValue(item) ? cJSON_GetStringValue(item) : "?");
}

static bool uplinks_are_whole(const cJSON *uplinks)
{
	const cJSON *uplink;

	cJSON_ArrayForEach(uplink, child_at(uplinks, "list"))
		if (!strcmp(text_at(uplink, "attach"), "missing"))
			return false;
	return !cJSON_GetArraySize(child_at(uplinks, "problems"));
}

static void source_print(const cJSON *source)
{
	const cJSON *object, *error;

	if (!source)
		return;
	printf("source      %s%s%s%s\n", text_at(source, "kind"),
	       *text_at(source, "path") ? " " : "", text_at(source, "path"),
	       cJSON_IsTrue(child_at(source, "complete")) ? "" : " (not all is known yet)");
	printf("objects    ");
	cJSON_ArrayForEach(object, child_at(source, "objects"))
		printf(" %.0f %s%s", object->valuedouble, object->string ? object->string : "?",
		       object->next ? "," : "\n");
	cJSON_ArrayForEach(error, child_at(source, "errors")) {
		if (number_at(error, "line") > 0)
			printf("  error     %s:%.0f: %s\n", text_at(error, "file"),
			       number_at(error, "line"), text_at(error, "reason"));
		else
			printf("  error     %s%s%s\n", text_at(error, "file"),
			       *text_at(error, "file") ? ": " : "", text_at(error, "reason"));
	}
	if (number_at(source, "errorCount") > cJSON_GetArraySize(child_at(source, "errors")))
		printf("  error     and more: %.0f in all\n", number_at(source, "errorCount"));
}

static void sync_print(const cJSON *sync)
{
	if (!sync)
		return;
	printf("services    %.0f, %.0f frontends, %.0f backends (byway services)\n",
	       number_at(sync, "services"), number_at(sync, "frontends"),
	       number_at(sync, "backends"));
	if (*text_at(sync, "lastAt"))
		printf("last sync   %s, %.0f writes in %.3f ms; %.0f writes in all\n",
		       text_at(sync, "lastAt"), number_at(sync, "lastWrites"),
		       number_at(sync, "lastMicroseconds") / 1000, number_at(sync, "writes"));
	else
		printf("last sync   nothing had to be written yet\n");
	if (number_at(sync, "healed") > 0)
		printf("healed      %.0f writes undid what somebody else did to the maps\n",
		       number_at(sync, "healed"));
	if (number_at(sync, "errors") > 0)
		printf("sync errors %.0f, %.0f services wait; the last at %s: %s\n",
		       number_at(sync, "errors"), number_at(sync, "waiting"),
		       text_at(sync, "lastErrorAt"), text_at(sync, "lastError"));
	if (*text_at(sync, "healthListenProblem"))
		printf("health      not served: %s\n", text_at(sync, "healthListenProblem"));
	if (cJSON_GetArraySize(child_at(sync, "problems")))
		printf("problems    %d services have one (byway services)\n",
		       cJSON_GetArraySize(child_at(sync, "problems")));
}

static void maps_print(const cJSON *status)
{
	const cJSON *map, *sockets = child_at(status, "sockets");

	printf("sockets     %.0f of %.0f hooks attached\n", number_at(sockets, "attached"),
	       number_at(sockets, "hooks"));
	cJSON_ArrayForEach(map, child_at(status, "maps"))
		printf("map         %-14s %.0f of %.0f\n", text_at(map, "name"),
		       number_at(map, "entries"), number_at(map, "capacity"));
}

/*
 * An agent has been here and is gone; without its settings the node is standalone, as it should be.
 */
static bool agent_is_missed(const cJSON *status)
{
	return !cJSON_IsTrue(child_at(child_at(status, "agent"), "running")) &&
	       child_at(status, "node");
}

static enum exit_status status_judge(const cJSON *status)
{
	const cJSON *endpoints = child_at(status, "endpoints");
	const cJSON *attach = child_at(child_at(status, "datapath"), "attach");

	if (agent_is_missed(status))
		return EXIT_NOT_RUNNING;
	if (!uplinks_are_whole(child_at(status, "uplinks")) || number_at(endpoints, "gone") > 0 ||
	    number_at(attach, "missing") > 0 ||
	    number_at(child_at(status, "source"), "errorCount") > 0 ||
	    number_at(child_at(status, "sync"), "waiting") > 0)
		return EXIT_PROBLEM;
	return EXIT_FINE;
}

enum exit_status verb_status(const struct options *options)
{
	CLEANUP(json_free) cJSON *status = NULL;
	struct error err;

	if (ask(options, "/v1/status", view_status, &status, NULL, &err))
		return verb_fail(options, &err);
	if (options->json) {
		json_print(status);
		return status_judge(status);
	}
	agent_print(child_at(status, "agent"));
	node_print(status);
	datapath_print(child_at(status, "datapath"));
	traffic_print(status);
	uplinks_print(child_at(status, "uplinks"));
	source_print(child_at(status, "source"));
	sync_print(child_at(status, "sync"));
	maps_print(status);
	if (status_judge(status) != EXIT_FINE)
		printf("something is wrong: byway doctor says what to do\n");
	return status_judge(status);
}
