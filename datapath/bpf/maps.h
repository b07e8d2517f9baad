/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* maps - every map: what it holds, who writes it, how large it is, and what when it is full. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "byway/config.h"
#include "byway/conntrack.h"
#include "byway/endpoint.h"
#include "byway/event.h"
#include "byway/ip_addr.h"
#include "byway/metric.h"
#include "byway/route.h"
#include "byway/service.h"
#include "byway/socket.h"

/*
 * Weak: each hook's object file defines them, and the linker (bpftool gen object) makes them one.
 */

/* What judge.h works on. */
struct judgement {
	struct ct_key key;	    /* of the packet as it came */
	struct ct_key reply_key;    /* of the packet as it goes on, when it is translated */
	struct conntrack ct, reply; /* what will be remembered */
	struct ct_tuple was, now;   /* of the initiator's packets */
	struct ct_end from, to;
	struct service service;
	__u32 random;	 /* seed of the source ports to try */
	__be16 own_port; /* and the sender's own */
	__u32 epoch;	 /* in force when the judgement began */
	int end;	 /* of the key, that the packet comes from */
};

/*
 * All parts of a fragmented packet have these in common (RFC 791 3.2, RFC 8200 4.5), and come by
 * one interface: a forged first part, whose sender is checked later, leads no other's astray.
 */
struct fragment_key {
	__u32 ifindex;
	struct ip_addr source, target;
	__be32 id;
	__u8 protocol;
	__u8 pad[3];
};

struct fragment_ports {
	__be16 source, target, echo;
	__u8 icmp_type;
	__u8 pad;
};

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

/* How many drop records and answers this CPU has sent in the current second. Writer: the datapath.
 */
struct event_budget {
	__u64 second;
	__u64 sent;
	__u64 reject_second;
	__u64 rejects;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct event_budget);
	__uint(max_entries, 1);
} event_budget SEC(".maps") __weak;

/*
 * The connections. Writer: the datapath. Full: the least recently used goes; it costs a connection
 * that is translated its way back, any other only a new judgement.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct ct_key);
	__type(value, struct conntrack);
	__uint(max_entries, 131072);
} conntrack SEC(".maps") __weak;

/* What all connections were judged under. Writers: the agent and the plugin, by mmap. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} epoch SEC(".maps") __weak;

/* Frontends. Writer: the agent. Full: the agent reports which service is left out. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct service_key);
	__type(value, struct service);
	__uint(max_entries, 65536);
} services SEC(".maps") __weak;

/* Writer: the agent. Full: as services. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct backend_key);
	__type(value, struct backend);
	__uint(max_entries, 524288);
} backends SEC(".maps") __weak;

/* Writer: the agent. Full: the service picks by hash over its slots instead, and the agent says so.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct maglev);
	__uint(max_entries, 16384);
} maglev SEC(".maps") __weak;

/* Writer: the agent. Full: the service is left out: what is guarded must not stand open. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct source_range_key);
	__type(value, __u8);
	__uint(max_entries, 65536);
} source_ranges SEC(".maps") __weak;

/* The node's own addresses. Writer: the agent. Full: the agent reports which is left out. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct ip_addr);
	__type(value, __u32);
	__uint(max_entries, 1024);
} node_addresses SEC(".maps") __weak;

/* Writer: the datapath. Full: the least recently used goes, and that client gets a new backend. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct affinity_key);
	__type(value, struct affinity);
	__uint(max_entries, 65536);
} affinity SEC(".maps") __weak;

/* How the node's own end of a connection to outside looks: an uplink's addresses. Writer: the
 * agent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct uplink);
	__uint(max_entries, 64);
} uplinks SEC(".maps") __weak;

/* What a prefix of addresses is to this node; the longest counts. Writer: the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct route_key);
	__type(value, struct route);
	__uint(max_entries, 16384);
} routes SEC(".maps") __weak;

/* The ports of fragmented packets. Writer: the datapath. Full: the oldest goes. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct fragment_key);
	__type(value, struct fragment_ports);
	__uint(max_entries, 8192);
} fragments SEC(".maps") __weak;

/* Room to judge a connection in: too large for the stack. No packet finds what another left. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct judgement);
	__uint(max_entries, 1);
} judgements SEC(".maps") __weak;

/*
 * What a connected TCP socket, a connected UDP socket, and one that sends where it likes, know of
 * their services. They go with the socket. Writer: the datapath. Full (the socket's own option
 * memory is spent): the socket leaves the service to the packets' programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_flow);
} tcp_peers SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_peer);
} udp_peers SEC(".maps") __weak;

struct locked_socket_flows {
	struct bpf_spin_lock lock; /* several threads may send by one socket at once */
	struct socket_flows flows;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct locked_socket_flows);
} udp_flows SEC(".maps") __weak;
