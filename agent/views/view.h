/* SPDX-License-Identifier: Apache-2.0 */
/* view - what can be said about a node, as JSON: for the API and the command alike. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "agent/events/drop_log.h"
#include "agent/reconcile.h"
#include "agent/source/directory.h"
#include "agent/uplinks_facts.h"
#include "base/error.h"
#include "byway/sweep.h"
#include "datapath/maps.h"
#include "datapath/service_maps.h"

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

/* What only a living agent knows of services. */
struct services_facts {
	const struct sweep_report *sweep; /* NULL: none has run yet */
	const struct reconcile *reconcile;
	const struct directory_source *source; /* NULL: another kind, or none */
	/* Why a port for health checks is not served, or NULL; key "" is the node's own. */
	const char *(*health_problem)(const void *ctx, const char *key);
	const void *health_ctx;
};

/* Which part of a view is asked for. */
struct view_query {
	/* Of services: "name", "namespace/name", an address, or address:port; "" = all, in brief.
	 */
	const char *name;
	const char *after; /* of all: those behind this "namespace/name" */
};

/* What every view is made from. maps are open. Without an agent, agent is NULL and drops may be. */
struct node_view {
	const struct datapath_maps *maps;
	const char *run_dir;
	const struct drop_log *drops;
	const struct agent_facts *agent;
	const struct service_maps *service_maps; /* NULL: this kernel has none of ours */
	const struct services_facts *services;
	const struct uplinks_facts *uplinks;
	struct view_query query; /* members may be NULL */
};

/*
 * Each makes a document that the caller frees with cJSON_Delete(); *ret_json is untouched on
 * failure.
 *
 * view_status: {version, agent{running,…}, node{ranges,mtu,attach} or null, datapath{…},
 * endpoints{count,ready,pending,…}, packets, drops, uplinks, sockets, maps, source, sync}; the last
 * two only from an agent.
 */
int view_status(const struct node_view *view, cJSON **ret_json, struct error *err);

/* view_endpoints: {endpoints: [{containerID, ifname, pod, addresses, state, attach, …}]}. */
int view_endpoints(const struct node_view *view, cJSON **ret_json, struct error *err);

/*
 * view_drops: {counts: [{hook, reason, text, packets, bytes}], recent: [{number, time, …}], last}.
 * recent are those with a number above since; last is the newest number there has been.
 */
int view_drops(const struct node_view *view, uint64_t since, cJSON **ret_json, struct error *err);

/*
 * view_services, in brief: {agent, services: [{namespace, name, frontends: [{type, address, port,
 * protocol, id, usable, …}], endpoints, problem}], next}; next (may be absent) is where to go on,
 * as query.after. With query.name the services also have backends, and explained: why each endpoint
 * is used or not. Without an agent a service has no name but its id, and nothing is explained.
 */
int view_services(const struct node_view *view, cJSON **ret_json, struct error *err);

/*
 * services_of_maps - view_services without an agent: what the maps tell, by id. json gets services.
 */
int services_of_maps(const struct node_view *view, cJSON *json, struct error *err);

/* view_service_names: {services: {id: "namespace/name"}}; empty without an agent. */
int view_service_names(const struct node_view *view, cJSON **ret_json, struct error *err);

/* view_metrics: {families: [{name, type, help, samples: [{labels, value}]}]}. */
int view_metrics(const struct node_view *view, cJSON **ret_json, struct error *err);

/*
 * metrics_text - what view_metrics() gave in Prometheus' text format 0.0.4; the caller frees it.
 * Pure.
 */
char *metrics_text(const cJSON *metrics);
