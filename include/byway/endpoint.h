/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* endpoint - a pod's interface on this node, as the plugin, the agent and the datapath see it. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"

/*
 * Every pod's gateway is the same: 169.254.1.1 and fe80::1, at the same MAC address, which every
 * host-side interface has. So a pod's routes and neighbours never change, and a packet that goes
 * straight from pod to pod leaves with the addresses that the slow road would have given it.
 */
#define GATEWAY_V4_BYTES       \
	{                      \
		169, 254, 1, 1 \
	}
#define GATEWAY_V6_BYTES                                             \
	{                                                            \
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 \
	}
#define GATEWAY_MAC_BYTES                          \
	{                                          \
		0x02, 0x62, 0x79, 0x77, 0x61, 0x79 \
	}

#define MAC_SIZE 6

/*
 * Map endpoints: struct ip_addr -> struct endpoint. An entry is the lease of its address, made with
 * BPF_NOEXIST; a pod with two addresses has two entries. Writer: the plugin (and the agent, which
 * puts back from the records what is missing when it starts).
 *
 * owner is endpoint_owner() of the attachment. ifindex is the host-side interface, and with it the
 * endpoint's id; 0 while the address is leased and the interface is still being made.
 */
struct endpoint {
	__u64 owner;
	__u32 ifindex;
	__u8 pod_mac[MAC_SIZE];
	__u8 pad[6]; /* zero */
};
ABI_SIZE(struct endpoint, 24);

/*
 * Map endpoint_policy: __u32 ifindex -> struct endpoint_policy. No entry, or one without
 * ENDPOINT_READY: the endpoint is pending and nothing passes, either way. Writer: the agent (DEL
 * takes entries away), or the plugin where the conflist says standalone.
 */
enum endpoint_policy_flag {
	ENDPOINT_READY = 1 << 0,
};

struct endpoint_policy {
	__u32 flags;
	__u32 ingress_group;
	__u32 egress_group;
};
ABI_SIZE(struct endpoint_policy, 12);

/*
 * endpoint_owner - FNV-1a (64 bit) of "containerID/ifname", which is what CNI identifies an
 * attachment by. Never 0. It also names the host-side interface, so that a DEL that has lost every
 * record still finds everything.
 */
static inline __u64 endpoint_owner(const char *container_id, const char *ifname)
{
	__u64 hash = 0xcbf29ce484222325ULL;

	for (const char *c = container_id; *c; c++)
		hash = (hash ^ (__u8)*c) * 0x100000001b3ULL;
	hash = (hash ^ '/') * 0x100000001b3ULL;
	for (const char *c = ifname; *c; c++)
		hash = (hash ^ (__u8)*c) * 0x100000001b3ULL;
	return hash ? hash : 1;
}
