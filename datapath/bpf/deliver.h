/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* deliver - from the node's stack into the pod behind this interface, and no other. */
#pragma once

#include "count.h"
#include "endpoint_check.h"
#include "packet.h"

/*
 * The node's own questions about its pods: ARP and neighbour solicitations, sent when somebody took
 * the permanent entry away.
 */
static __always_inline bool packet_is_question(const struct packet *pkt)
{
	return packet_is_arp(pkt) ||
	       (pkt->ethertype == bpf_htons(ETH_P_IPV6) && pkt->protocol == IPPROTO_ICMPV6 &&
		pkt->icmp_type == ND_NEIGHBOUR_SOLICIT);
}

static __always_inline enum drop_reason delivery_check(const struct packet *pkt)
{
	const struct endpoint *ep;

	if (!endpoint_is_ready(pkt->skb->ifindex))
		return DROP_PENDING_TARGET;
	if (packet_is_question(pkt))
		return DROP_NONE;
	if (ip_addr_is_group(&pkt->target))
		return DROP_MULTICAST;
	ep = bpf_map_lookup_elem(&endpoints, &pkt->target);
	return ep && ep->ifindex == pkt->skb->ifindex ? DROP_NONE : DROP_NOT_ITS_ADDRESS;
}

static __always_inline int packet_deliver(const struct packet *pkt)
{
	packet_count(pkt, COUNTER_DELIVERED);
	return VERDICT_STACK;
}
