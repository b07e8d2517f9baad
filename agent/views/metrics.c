/* SPDX-License-Identifier: Apache-2.0 */
/* metrics - the view of everything that is counted, by families as Prometheus has them. */
#include "agent/views/view.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/views/inspect.h"
#include "agent/views/connections.h"
#include "agent/views/names.h"
#include "agent/views/tables.h"
#include "base/json.h"

/* Makes an empty family; samples are added to what is returned. */
static cJSON *family_add(cJSON *families, const char *name, const char *type, const char *help)
{
	cJSON *family = cJSON_CreateObject();

	cJSON_AddItemToArray(families, family);
	cJSON_AddStringToObject(family, "name", name);
	cJSON_AddStringToObject(family, "type", type);
	cJSON_AddStringToObject(family, "help", help);
	return cJSON_AddArrayToObject(family, "samples");
}

/* Returns the labels' object, to be filled in. */
static cJSON *sample_add(cJSON *samples, double value)
{
	cJSON *sample = cJSON_CreateObject(), *labels;

	cJSON_AddItemToArray(samples, sample);
	labels = cJSON_AddObjectToObject(sample, "labels");
	cJSON_AddNumberToObject(sample, "value", value);
	return labels;
}

static void single_add(cJSON *families, const char *name, const char *type, const char *help,
		       double value)
{
	sample_add(family_add(families, name, type, help), value);
}

struct slots {
	const char *packets_name, *packets_help, *bytes_name, *bytes_help, *label;
	__u32 first, end;
	const char *(*name)(uint32_t slot);
};

static void slots_add(cJSON *families, const struct metric *metrics, const struct slots *slots)
{
	cJSON *packets = family_add(families, slots->packets_name, "counter", slots->packets_help);
	cJSON *bytes = family_add(families, slots->bytes_name, "counter", slots->bytes_help);

	for (__u32 hook = 0; hook < HOOK_COUNT; hook++)
		for (__u32 slot = slots->first; slot < slots->end; slot++) {
			const struct metric *metric = &metrics[metric_index(hook, slot)];
			cJSON *labels = sample_add(packets, (double)metric->packets);

			cJSON_AddStringToObject(labels, "hook", hook_name(hook));
			cJSON_AddStringToObject(labels, slots->label, slots->name(slot));
			labels = sample_add(bytes, (double)metric->bytes);
			cJSON_AddStringToObject(labels, "hook", hook_name(hook));
			cJSON_AddStringToObject(labels, slots->label, slots->name(slot));
		}
}

static void datapath_families(cJSON *families, const struct metric *metrics)
{
	static const struct slots drops = {
		"byway_drops_packets_total",
		"Packets that were lost, by hook and reason.",
		"byway_drops_bytes_total",
		"Bytes of packets that were lost, by hook and reason.",
		"reason",
		1,
		DROP_REASON_COUNT,
		drop_reason_name,
	};
	static const struct slots passed = {
		"byway_packets_total",
		"Packets that went on, by hook and by where they went.",
		"byway_bytes_total",
		"Bytes of packets that went on, by hook and by where.",
		"counter",
		METRIC_COUNTERS_BEGIN,
		(__u32)COUNTER_END,
		counter_name,
	};
	cJSON *lost;

	slots_add(families, metrics, &drops);
	slots_add(families, metrics, &passed);
	lost = family_add(
		families, "byway_events_lost_total", "counter",
		"Drop records not sent: over the budget of the second, or the ring was full.");
	for (__u32 hook = 0; hook < HOOK_COUNT; hook++)
		cJSON_AddStringToObject(
			sample_add(lost,
				   (double)metrics[metric_index(hook, METRIC_EVENTS_LOST)].packets),
			"hook", hook_name(hook));
}

struct states {
	uint32_t count[ENDPOINT_STATE_COUNT];
	uint32_t unattached;
};

static int endpoint_count(const struct endpoint_view *endpoint, void *ctx)
{
	struct states *states = ctx;

	states->count[endpoint->state]++;
	states->unattached += endpoint->state != ENDPOINT_STATE_GONE &&
			      endpoint->attach == ATTACH_AUTO;
	return 0;
}

static int endpoint_families(cJSON *families, const struct node_view *view, struct error *err)
{
	struct endpoint_entry *entries;
	struct states states = {};
	cJSON *samples;
	size_t addresses;
	int rc;

	if ((rc = endpoint_list(view->maps, &entries, &addresses, err)))
		return rc;
	free(entries);
	if ((rc = endpoints_inspect(view->maps, view->run_dir, endpoint_count, &states, err)))
		return rc;
	samples =
		family_add(families, "byway_endpoints", "gauge",
			   "Pods' interfaces: packets pass (ready), wait for policy, or are gone.");
	for (int state = 0; state < ENDPOINT_STATE_COUNT; state++)
		cJSON_AddStringToObject(sample_add(samples, states.count[state]), "state",
					endpoint_state_name(state));
	single_add(families, "byway_endpoints_unattached", "gauge",
		   "Pods' interfaces on which a program is missing.", states.unattached);
	single_add(families, "byway_endpoint_addresses", "gauge", "Addresses in the endpoints map.",
		   (double)addresses);
	single_add(families, "byway_endpoint_addresses_capacity", "gauge",
		   "Addresses that the endpoints map has room for.",
		   map_capacity(view->maps->endpoints));
	return 0;
}

static void table_families(cJSON *families, const struct node_view *view)
{
	struct table_fills fills;
	cJSON *entries, *capacity, *connections;

	tables_look(view, &fills);
	entries = family_add(families, "byway_map_entries", "gauge", "Entries of a map.");
	capacity = family_add(families, "byway_map_capacity", "gauge",
			      "Entries that a map has room for.");
	for (size_t i = 0; i < fills.count; i++) {
		cJSON_AddStringToObject(sample_add(entries, fills.list[i].entries), "map",
					fills.list[i].name);
		cJSON_AddStringToObject(sample_add(capacity, fills.list[i].capacity), "map",
					fills.list[i].name);
	}
	connections = family_add(families, "byway_connections", "gauge",
				 "Connections that are remembered, by state.");
	for (int state = 0; fills.count && state < CT_STATE_COUNT; state++)
		cJSON_AddStringToObject(sample_add(connections, fills.connections[state]), "state",
					ct_state_name((uint8_t)state));
}

static void problem_count(const char *service, const char *sentence, void *ctx)
{
	(void)service, (void)sentence;
	++*(uint32_t *)ctx;
}

static void object_families(cJSON *families, const struct services_facts *services)
{
	const struct cluster *cluster = services->reconcile->cluster;
	cJSON *objects = family_add(families, "byway_objects", "gauge",
				    "Objects of the cluster that are known, by kind.");

	for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
		cJSON_AddStringToObject(
			sample_add(objects, (double)cluster_count(cluster, (enum object_kind)kind)),
			"kind", object_kind_name((enum object_kind)kind));
	single_add(families, "byway_source_errors", "gauge",
		   "Files and objects of the source that cannot be read.",
		   services->source ?
			   (double)directory_source_errors(services->source, NULL, NULL) :
			   0);
}

static void sync_families(cJSON *families, const struct services_facts *services)
{
	const struct reconcile *reconcile = services->reconcile;
	const struct reconcile_facts *facts = &reconcile->facts;
	uint32_t problems = 0;

	compiler_problems(reconcile->compiler, problem_count, &problems);
	single_add(families, "byway_service_problems", "gauge",
		   "Services of which something is not as it should be (byway services).",
		   problems);
	single_add(families, "byway_sync_passes_total", "counter",
		   "Passes that had something to write.", (double)facts->passes);
	single_add(families, "byway_sync_seconds_total", "counter", "Time that those passes took.",
		   (double)facts->total_us / 1e6);
	single_add(families, "byway_sync_seconds", "gauge", "How long the last of them took.",
		   facts->last_us / 1e6);
	single_add(families, "byway_sync_writes_total", "counter",
		   "Entries of services' maps written or deleted.",
		   (double)sync_write_count(&reconcile->sync));
	single_add(families, "byway_sync_errors_total", "counter",
		   "Writes to services' maps that failed.", (double)reconcile->sync.errors);
	single_add(families, "byway_sync_healed_total", "counter",
		   "Writes that undid what somebody else did to services' maps.",
		   (double)facts->healed);
	single_add(families, "byway_sync_waiting", "gauge",
		   "Services of which a write failed and is tried again.",
		   (double)compiler_count(reconcile->compiler).failed);
}

static void agent_families(cJSON *families, const struct agent_facts *agent)
{
	single_add(families, "byway_agent_running", "gauge",
		   "1 when these figures come from an agent, 0 when read without one.",
		   agent != NULL);
	if (!agent)
		return;
	single_add(families, "byway_agent_start_time_seconds", "gauge",
		   "When the agent started, in seconds since 1970.", (double)agent->started);
	single_add(families, "byway_agent_start_duration_seconds", "gauge",
		   "From the agent's start until it was ready.", agent->start_ms / 1000.0);
	single_add(families, "byway_agent_endpoints_admitted_total", "counter",
		   "Endpoints whose policy the agent has put in place.", (double)agent->adopted);
	single_add(families, "byway_agent_attach_repairs_total", "counter",
		   "Interfaces whose programs were taken off by somebody and attached again.",
		   (double)agent->repairs);
	single_add(families, "byway_agent_records_broken_total", "counter",
		   "Endpoint records that could not be read.", (double)agent->broken);
}

int view_metrics(const struct node_view *view, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *families = cJSON_AddArrayToObject(json, "families");
	struct metric metrics[METRIC_ENTRIES];
	int rc = metrics_read(view->maps, metrics, err);

	if (rc)
		return rc;
	cJSON_AddStringToObject(sample_add(family_add(families, "byway_build_info", "gauge",
						      "Always 1; the version is a label."),
					   1),
				"version", BYWAY_VERSION);
	agent_families(families, view->agent);
	if ((rc = endpoint_families(families, view, err)))
		return rc;
	datapath_families(families, metrics);
	table_families(families, view);
	if (view->services) {
		object_families(families, view->services);
		sync_families(families, view->services);
	}
	*ret_json = json_take(&json);
	return 0;
}
