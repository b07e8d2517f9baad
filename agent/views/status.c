/* SPDX-License-Identifier: Apache-2.0 */
/* status - the view of the node as a whole: is everything in place, and how much passes? */
#include "agent/views/view.h"

#include <bpf/bpf.h>

#include "agent/views/inspect.h"
#include "agent/views/source.h"
#include "agent/views/uplinks.h"
#include "base/json.h"
#include "byway/ip_text.h"
#include "datapath/attach.h"
#include "datapath/node_settings.h"

struct tally {
	uint32_t state[ENDPOINT_STATE_COUNT];
	uint32_t attach[ATTACH_TCX + 1]; /* ATTACH_AUTO: programs are missing */
	uint32_t count, unrecorded;
};

static int endpoint_tally(const struct endpoint_view *endpoint, void *ctx)
{
	struct tally *tally = ctx;

	tally->count++;
	tally->unrecorded += !endpoint->recorded;
	tally->state[endpoint->state]++;
	if (endpoint->state != ENDPOINT_STATE_GONE)
		tally->attach[endpoint->attach]++;
	return 0;
}

static void agent_add(cJSON *json, const struct agent_facts *agent)
{
	cJSON *object = cJSON_AddObjectToObject(json, "agent");
	char started[32] = "";
	struct tm tm;

	cJSON_AddBoolToObject(object, "running", agent != NULL);
	if (!agent)
		return;
	gmtime_r(&agent->started, &tm);
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	cJSON_AddBoolToObject(object, "ready", agent->ready);
	cJSON_AddStringToObject(object, "version", BYWAY_VERSION);
	cJSON_AddNumberToObject(object, "pid", agent->pid);
	cJSON_AddStringToObject(object, "nodeName", agent->node_name);
	cJSON_AddStringToObject(object, "startedAt", started);
	cJSON_AddNumberToObject(object, "startMilliseconds", agent->start_ms);
	cJSON_AddStringToObject(object, "source", agent->source);
	cJSON_AddBoolToObject(object, "enforcing", agent->enforcing);
	cJSON_AddBoolToObject(object, "readsEvents", agent->reads_events);
	cJSON_AddNumberToObject(object, "attachRepairs", (double)agent->repairs);
	cJSON_AddNumberToObject(object, "brokenRecords", (double)agent->broken);
}

static void node_add(cJSON *json, const char *run_dir)
{
	struct node_settings settings;
	cJSON *node, *ranges;
	struct error ignored;

	if (node_settings_read(run_dir, &settings, &ignored)) {
		cJSON_AddNullToObject(json, "node");
		return;
	}
	node = cJSON_AddObjectToObject(json, "node");
	ranges = cJSON_AddArrayToObject(node, "ranges");
	for (size_t i = 0; i < settings.range_count; i++)
		cJSON_AddItemToArray(ranges,
				     cJSON_CreateString(ip_prefix_text(&settings.ranges[i]).text));
	cJSON_AddNumberToObject(node, "mtu", settings.mtu);
	cJSON_AddStringToObject(node, "attach", attach_kind_name(settings.attach));
}

static void program_add(cJSON *list, const char *name, int fd)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);
	cJSON *json = cJSON_CreateObject();

	cJSON_AddItemToArray(list, json);
	cJSON_AddStringToObject(json, "name", name);
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return;
	cJSON_AddNumberToObject(json, "id", info.id);
	cJSON_AddNumberToObject(json, "verifiedInstructions", info.verified_insns);
	cJSON_AddNumberToObject(json, "jitedBytes", info.jited_prog_len);
}

static void datapath_add(cJSON *json, const struct datapath_maps *maps, const struct tally *tally)
{
	cJSON *object = cJSON_AddObjectToObject(json, "datapath"), *programs, *attach;

	cJSON_AddBoolToObject(object, "loaded", true);
	cJSON_AddStringToObject(object, "bpfDir", maps->bpf_dir);
	programs = cJSON_AddArrayToObject(object, "programs");
	program_add(programs, "from_pod", maps->from_pod);
	program_add(programs, "to_pod", maps->to_pod);
	attach = cJSON_AddObjectToObject(object, "attach");
	cJSON_AddNumberToObject(attach, "clsact", tally->attach[ATTACH_CLSACT]);
	cJSON_AddNumberToObject(attach, "tcx", tally->attach[ATTACH_TCX]);
	cJSON_AddNumberToObject(attach, "missing", tally->attach[ATTACH_AUTO]);
	cJSON_AddBoolToObject(object, "tcxAvailable", tcx_is_available());
}

static int endpoints_add(cJSON *json, const struct node_view *view, const struct tally *tally,
			 struct error *err)
{
	cJSON *object = cJSON_AddObjectToObject(json, "endpoints");
	struct endpoint_entry *entries;
	size_t addresses;
	int rc = endpoint_list(view->maps, &entries, &addresses, err);

	if (rc)
		return rc;
	free(entries);
	cJSON_AddNumberToObject(object, "count", tally->count);
	for (int state = 0; state < ENDPOINT_STATE_COUNT; state++)
		cJSON_AddNumberToObject(object, endpoint_state_name(state), tally->state[state]);
	cJSON_AddNumberToObject(object, "unrecorded", tally->unrecorded);
	cJSON_AddNumberToObject(object, "addresses", (double)addresses);
	cJSON_AddNumberToObject(object, "capacity", map_capacity(view->maps->endpoints));
	return 0;
}

static void traffic_add(cJSON *json, const char *name, const struct metric *metrics, __u32 first,
			__u32 end)
{
	cJSON *object = cJSON_AddObjectToObject(json, name);
	double packets = 0, bytes = 0;

	for (__u32 hook = 0; hook < HOOK_COUNT; hook++)
		for (__u32 slot = first; slot < end; slot++) {
			packets += (double)metrics[metric_index(hook, slot)].packets;
			bytes += (double)metrics[metric_index(hook, slot)].bytes;
		}
	cJSON_AddNumberToObject(object, "packets", packets);
	cJSON_AddNumberToObject(object, "bytes", bytes);
}

int view_status(const struct node_view *view, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	struct metric metrics[METRIC_ENTRIES];
	struct tally tally = {};
	int rc = endpoints_inspect(view->maps, view->run_dir, endpoint_tally, &tally, err);

	if (rc || (rc = metrics_read(view->maps, metrics, err)))
		return rc;
	cJSON_AddStringToObject(json, "version", BYWAY_VERSION);
	cJSON_AddStringToObject(json, "runDir", view->run_dir);
	agent_add(json, view->agent);
	node_add(json, view->run_dir);
	datapath_add(json, view->maps, &tally);
	if ((rc = endpoints_add(json, view, &tally, err)))
		return rc;
	traffic_add(json, "packets", metrics, METRIC_COUNTERS_BEGIN, COUNTER_END);
	traffic_add(json, "drops", metrics, 1, DROP_REASON_COUNT);
	uplinks_add(json, view);
	services_status_add(json, view);
	*ret_json = json_take(&json);
	return 0;
}
