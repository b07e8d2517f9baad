/* SPDX-License-Identifier: Apache-2.0 */
/* drops - the view of lost packets: how many for which reason at which hook, and the last ones. */
#include "agent/views/view.h"

#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <time.h>

#include "agent/views/names.h"
#include "base/json.h"
#include "byway/ip_text.h"

#define NS_PER_S 1000000000LL

static void counts_add(cJSON *json, const struct metric *metrics)
{
	cJSON *list = cJSON_AddArrayToObject(json, "counts");

	for (__u32 hook = 0; hook < HOOK_COUNT; hook++)
		for (__u32 reason = 1; reason < DROP_REASON_COUNT; reason++) {
			const struct metric *metric = &metrics[metric_index(hook, reason)];
			cJSON *row;

			if (!metric->packets)
				continue;
			row = cJSON_CreateObject();
			cJSON_AddItemToArray(list, row);
			cJSON_AddStringToObject(row, "hook", hook_name(hook));
			cJSON_AddStringToObject(row, "reason", drop_reason_name(reason));
			cJSON_AddStringToObject(row, "text", drop_reason_text(reason));
			cJSON_AddNumberToObject(row, "packets", (double)metric->packets);
			cJSON_AddNumberToObject(row, "bytes", (double)metric->bytes);
		}
}

/* From the datapath's clock, which stands still while the machine sleeps, to the calendar's. */
static void time_add(cJSON *json, uint64_t monotonic_ns)
{
	struct timespec mono, real;
	int64_t ns;
	time_t seconds;
	struct tm tm;
	char date[32], text[48];

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	ns = (real.tv_sec - mono.tv_sec) * NS_PER_S + (real.tv_nsec - mono.tv_nsec) +
	     (int64_t)(monotonic_ns & INT64_MAX);
	seconds = (time_t)(ns / NS_PER_S);
	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%06lldZ", date, (long long)(ns % NS_PER_S / 1000));
	cJSON_AddStringToObject(json, "time", text);
}

static void packet_add(cJSON *json, const struct drop_event *event)
{
	char ethertype[8];

	snprintf(ethertype, sizeof(ethertype), "0x%04x", ntohs(event->ethertype));
	cJSON_AddStringToObject(json, "ethertype", ethertype);
	cJSON_AddStringToObject(json, "sourceMAC", mac_text(event->source_mac).text);
	cJSON_AddNumberToObject(json, "length", event->length);
	if (event->ethertype != htons(ETHERTYPE_IP) && event->ethertype != htons(ETHERTYPE_IPV6) &&
	    event->ethertype != htons(ETHERTYPE_ARP))
		return;
	cJSON_AddStringToObject(json, "source", ip_addr_text(&event->source).text);
	cJSON_AddStringToObject(json, "target", ip_addr_text(&event->target).text);
	if (event->ethertype == htons(ETHERTYPE_ARP))
		return;
	cJSON_AddStringToObject(json, "protocol", protocol_name(event->protocol).text);
	if (!event->source_port && !event->target_port)
		return;
	cJSON_AddNumberToObject(json, "sourcePort", ntohs(event->source_port));
	cJSON_AddNumberToObject(json, "targetPort", ntohs(event->target_port));
}

static void drop_add(cJSON *list, const struct drop_entry *entry)
{
	const struct drop_event *event = &entry->event;
	cJSON *json = cJSON_CreateObject();
	char ifname[IF_NAMESIZE];

	cJSON_AddItemToArray(list, json);
	cJSON_AddNumberToObject(json, "number", (double)entry->number);
	time_add(json, event->time_ns);
	cJSON_AddStringToObject(json, "hook", hook_name(event->hook));
	cJSON_AddStringToObject(json, "reason", drop_reason_name(event->reason));
	cJSON_AddStringToObject(json, "text", drop_reason_text(event->reason));
	cJSON_AddStringToObject(json, "pod", entry->pod);
	cJSON_AddNumberToObject(json, "ifindex", event->ifindex);
	if (if_indextoname(event->ifindex, ifname))
		cJSON_AddStringToObject(json, "interface", ifname);
	packet_add(json, event);
}

static void recent_add(cJSON *json, const struct drop_log *log, uint64_t since)
{
	cJSON *list = cJSON_AddArrayToObject(json, "recent");
	uint64_t number = log ? drop_log_first(log, since) : 0;
	const struct drop_entry *entry;

	for (; number && (entry = drop_log_entry(log, number)); number++)
		drop_add(list, entry);
	cJSON_AddNumberToObject(json, "last", log ? (double)log->count : 0);
}

int view_drops(const struct node_view *view, uint64_t since, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	struct metric metrics[METRIC_ENTRIES];
	double unsent = 0;
	int rc = metrics_read(view->maps, metrics, err);

	if (rc)
		return rc;
	counts_add(json, metrics);
	for (__u32 hook = 0; hook < HOOK_COUNT; hook++)
		unsent += (double)metrics[metric_index(hook, METRIC_EVENTS_LOST)].packets;
	cJSON_AddNumberToObject(json, "eventsLost", unsent);
	recent_add(json, view->drops, since);
	*ret_json = json_take(&json);
	return 0;
}
