/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* route - the last step: straight into a pod of this node, or to the node's stack. */
#pragma once

#include "count.h"
#include "drop.h"
#include "endpoint_check.h"
#include "neighbour.h"

/* The addresses that the slow road would have given the frame: from the gateway to the pod. */
static __always_inline bool macs_rewrite(const struct packet *pkt, const struct endpoint *ep)
{
	static const __u8 gateway[MAC_SIZE] = GATEWAY_MAC_BYTES;
	struct ethhdr *eth = (void *)(long)pkt->skb->data;

	if ((void *)(eth + 1) > (void *)(long)pkt->skb->data_end)
		return false;
	__builtin_memcpy(__builtin_assume_aligned(eth->h_dest, 2), ep->pod_mac, MAC_SIZE);
	__builtin_memcpy(__builtin_assume_aligned(eth->h_source, 2), gateway, MAC_SIZE);
	return true;
}

/*
 * Pods share no link, and Byway does not count the hop between them: an advertisement would arrive
 * with the hop limit 255 that proves it to be of the link (RFC 4861 7.1.2), and could move the
 * receiver's gateway.
 */
static __always_inline bool packet_is_discovery(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_ICMPV6 && pkt->icmp_type >= ND_ROUTER_SOLICIT &&
	       pkt->icmp_type <= ND_REDIRECT;
}

static __always_inline int packet_to_endpoint(struct packet *pkt, const struct endpoint *ep)
{
	__u32 ifindex = ep->ifindex;

	if (!ifindex)
		return packet_drop(pkt, DROP_NO_INTERFACE);
	if (!endpoint_is_ready(ifindex))
		return packet_drop(pkt, DROP_PENDING_TARGET);
	if (packet_is_discovery(pkt))
		return packet_drop(pkt, DROP_LINK_LOCAL);
	if (!macs_rewrite(pkt, ep))
		return packet_drop(pkt, DROP_REWRITE);
	packet_count(pkt, COUNTER_DIRECT);
	return (int)bpf_redirect_peer(ifindex, 0);
}

/* The node has not the gateway's address: its stack would send the packet on, out of the node. */
static __always_inline bool packet_is_for_gateway(const struct packet *pkt)
{
	return ip_addr_is_v4(&pkt->target) && ip_addr_v4(&pkt->target) == gateway_v4();
}

static __always_inline int packet_forward(struct packet *pkt)
{
	const struct endpoint *ep = bpf_map_lookup_elem(&endpoints, &pkt->target);

	if (ep)
		return packet_to_endpoint(pkt, ep);
	if (ip_addr_is_group(&pkt->target))
		return packet_drop(pkt, DROP_MULTICAST);
	if (packet_is_for_gateway(pkt))
		return packet_drop(pkt, DROP_LINK_LOCAL);
	return packet_to_stack(pkt);
}
