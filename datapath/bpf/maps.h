/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* maps - every map: what it holds, who writes it, how large it is, and what when it is full. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "byway/config.h"
#include "byway/endpoint.h"
#include "byway/event.h"
#include "byway/ip_addr.h"
#include "byway/metric.h"

/*
 * Weak: each hook's object file defines them, and the linker (bpftool gen object) makes them one.
 */

/* Set before load, frozen after: the verifier folds what is off. */
const volatile struct datapath_config config __weak = { .drop_events = DROP_EVENTS_DEFAULT };

/*
 * The pods of this node, by address; an entry is the address's lease. Writer: the plugin, and the
 * agent at start from the records. Full: ADD fails and says so.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct ip_addr);
	__type(value, struct endpoint);
	__uint(max_entries, 4096);
} endpoints SEC(".maps") __weak;

/*
 * What may pass an endpoint, by host-side ifindex. Writer: the agent (standalone: the plugin); the
 * plugin's DEL takes an entry away.
 * Full: the endpoint stays pending, so its ADD fails.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct endpoint_policy);
	__uint(max_entries, 4096);
} endpoint_policy SEC(".maps") __weak;

/* Packets and bytes by metric_index(). Writer: the datapath. Of fixed size. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct metric);
	__uint(max_entries, METRIC_ENTRIES);
} metrics SEC(".maps") __weak;

/* Records for the agent. Writer: the datapath. Full: the record is lost and counted. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps") __weak;

/* How many drop records this CPU has sent in the current second. Writer: the datapath. */
struct event_budget {
	__u64 second;
	__u64 sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct event_budget);
	__uint(max_entries, 1);
} event_budget SEC(".maps") __weak;
