/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* endpoint_check - who speaks, and may it: a pod owns its addresses, and is ready or pending. */
#pragma once

#include "maps.h"
#include "packet.h"

static __always_inline bool mac_equal(const __u8 *a, const __u8 *b)
{
	__u8 differ = 0;

	for (int i = 0; i < MAC_SIZE; i++)
		differ |= a[i] ^ b[i];
	return !differ;
}

/* source_check - address and MAC belong to the interface that the packet came from. */
static __always_inline enum drop_reason source_check(const struct packet *pkt)
{
	const struct endpoint *ep = bpf_map_lookup_elem(&endpoints, &pkt->source);

	if (!ep || ep->ifindex != pkt->skb->ifindex)
		return DROP_SOURCE_ADDRESS;
	return mac_equal(ep->pod_mac, pkt->source_mac) ? DROP_NONE : DROP_SOURCE_MAC;
}

/* Pending until the agent says otherwise: a missing entry is pending too, so it fails closed. */
static __always_inline bool endpoint_is_ready(__u32 ifindex)
{
	const struct endpoint_policy *policy = bpf_map_lookup_elem(&endpoint_policy, &ifindex);

	return policy && (policy->flags & ENDPOINT_READY);
}
