/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* endpoint_check - who speaks, and may it: a pod owns its addresses, and is ready or pending. */
#pragma once

#include "maps.h"
#include "packet.h"

/* In two halves; the compiler makes single loads of the copies. */
static __always_inline bool mac_equal(const __u8 *a, const __u8 *b)
{
	__u32 a_front, b_front;
	__u16 a_back, b_back;

	__builtin_memcpy(&a_front, a, sizeof(a_front));
	__builtin_memcpy(&b_front, b, sizeof(b_front));
	__builtin_memcpy(&a_back, a + sizeof(a_front), sizeof(a_back));
	__builtin_memcpy(&b_back, b + sizeof(b_front), sizeof(b_back));
	return a_front == b_front && a_back == b_back;
}

/*
 * endpoint_find - the pod that has an address. Here and elsewhere a key that stands in memory given
 * to a global function is copied first: kernels before 6.2 take none from there.
 */
static __always_inline const struct endpoint *endpoint_find(const struct ip_addr *addr)
{
	struct ip_addr key = *addr;

	return bpf_map_lookup_elem(&endpoints, &key);
}

/* source_check - address and MAC belong to the interface that the packet came from. */
static __always_inline enum drop_reason source_check(const struct packet *pkt)
{
	const struct endpoint *ep = endpoint_find(&pkt->source);

	if (!ep || ep->ifindex != pkt->ifindex)
		return DROP_SOURCE_ADDRESS;
	return mac_equal(ep->pod_mac, pkt->source_mac) ? DROP_NONE : DROP_SOURCE_MAC;
}

/* Pending until the agent says otherwise: a missing entry is pending too, so it fails closed. */
static __always_inline bool endpoint_is_ready(__u32 ifindex)
{
	const struct endpoint_policy *policy = bpf_map_lookup_elem(&endpoint_policy, &ifindex);

	return policy && (policy->flags & ENDPOINT_READY);
}
