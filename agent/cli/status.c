/* SPDX-License-Identifier: Apache-2.0 */
/* status - byway status: the node at a glance. */
#include <stdio.h>
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
	if (number_at(endpoints, "gone") > 0 || number_at(attach, "missing") > 0)
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
	if (status_judge(status) != EXIT_FINE)
		printf("something is wrong: byway doctor says what to do\n");
	return status_judge(status);
}
