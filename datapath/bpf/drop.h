/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* drop - the only exit for a lost packet: counted by reason, reported within a budget. */
#pragma once

#include "count.h"

#define NS_PER_SECOND 1000000000ULL

/* A flood of bad packets must not become a flood of records: each CPU has a budget a second. */
static __always_inline bool drop_budget_take(__u64 now)
{
	__u64 second = now / NS_PER_SECOND;
	__u32 zero = 0;
	struct event_budget *budget = bpf_map_lookup_elem(&event_budget, &zero);

	if (!budget)
		return false;
	if (budget->second != second) {
		budget->second = second;
		budget->sent = 0;
	}
	return budget->sent++ < config.drop_events;
}

static __always_inline bool drop_report(const struct packet *pkt, enum drop_reason why)
{
	__u64 now = bpf_ktime_get_ns();
	struct drop_event *event;

	if (!drop_budget_take(now))
		return false;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return false;

	__builtin_memset(event, 0, sizeof(*event));
	event->kind = EVENT_DROP;
	event->ifindex = pkt->ifindex;
	event->time_ns = now;
	event->source = pkt->source;
	event->target = pkt->target;
	event->source_port = pkt->source_port;
	event->target_port = pkt->target_port;
	event->ethertype = pkt->ethertype;
	event->protocol = pkt->protocol;
	event->hook = pkt->hook;
	event->length = pkt->length;
	event->reason = why;
	__builtin_memcpy(event->source_mac, pkt->source_mac, MAC_SIZE);
	bpf_ringbuf_submit(event, 0);
	return true;
}

static __noinline int packet_drop(const struct packet *pkt, enum drop_reason why)
{
	packet_count(pkt, why);
	if (config.drop_events && !drop_report(pkt, why))
		packet_count(pkt, METRIC_EVENTS_LOST);
	return TC_ACT_SHOT;
}
