/* SPDX-License-Identifier: Apache-2.0 */
/* view - what can be said about a node, as JSON: for the API and the command alike. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "agent/events/drop_log.h"
#include "base/error.h"
#include "datapath/maps.h"

/* What only a living agent can tell of itself. */
struct agent_facts {
	const char *node_name;
	const char *source; /* of cluster state; "none" */
	bool enforcing;	    /* are policies in force? */
	int pid;
	time_t started;
	uint32_t start_ms; /* from the process's start until it was ready */
	bool ready;
	bool reads_events; /* drop records come in */
	uint64_t adopted, repairs, broken;
};

/* What every view is made from. maps are open. Without an agent, agent is NULL and drops may be. */
struct node_view {
	const struct datapath_maps *maps;
	const char *run_dir;
	const struct drop_log *drops;
	const struct agent_facts *agent;
};

/*
 * Each makes a document that the caller frees with cJSON_Delete(); *ret_json is untouched on
 * failure.
 *
 * view_status: {version, agent{running,…}, node{ranges,mtu,attach} or null, datapath{…},
 * endpoints{count,ready,pending,…}, packets, drops}.
 */
int view_status(const struct node_view *view, cJSON **ret_json, struct error *err);

/* view_endpoints: {endpoints: [{containerID, ifname, pod, addresses, state, attach, …}]}. */
int view_endpoints(const struct node_view *view, cJSON **ret_json, struct error *err);

/*
 * view_drops: {counts: [{hook, reason, text, packets, bytes}], recent: [{number, time, …}], last}.
 * recent are those with a number above since; last is the newest number there has been.
 */
int view_drops(const struct node_view *view, uint64_t since, cJSON **ret_json, struct error *err);

/* view_metrics: {families: [{name, type, help, samples: [{labels, value}]}]}. */
int view_metrics(const struct node_view *view, cJSON **ret_json, struct error *err);

/*
 * metrics_text - what view_metrics() gave in Prometheus' text format 0.0.4; the caller frees it.
 * Pure.
 */
char *metrics_text(const cJSON *metrics);
