/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* link_scope - what concerns only the link between a pod and its node, which has no third party. */
#pragma once

#include "count.h"
#include "packet.h"

/* Group management (IGMP, MLD), router and neighbour discovery, all sent to the whole link. */
static __always_inline bool packet_is_group_control(const struct packet *pkt)
{
	if (!ip_addr_is_group(&pkt->target))
		return false;
	if (pkt->ethertype == bpf_htons(ETH_P_IP))
		return pkt->protocol == IPPROTO_IGMP;
	return pkt->protocol == IPPROTO_ICMPV6 &&
	       ((pkt->icmp_type >= MLD_QUERY && pkt->icmp_type <= ND_NEIGHBOUR_ADVERT) ||
		pkt->icmp_type == MLD2_REPORT);
}

/* Of these only a neighbour solicitation waits for an answer; the others end here, as no loss. */
static __always_inline bool packet_is_link_chatter(const struct packet *pkt)
{
	return packet_is_group_control(pkt) && pkt->icmp_type != ND_NEIGHBOUR_SOLICIT;
}

/*
 * Also what is sent to a link-local address, the gateway's or any other. What has a global target
 * takes the ordinary road.
 */
static __always_inline bool packet_is_link_scope(const struct packet *pkt)
{
	return packet_is_group_control(pkt) || ip_addr_is_v6_link_local(&pkt->target);
}

static __always_inline int packet_absorb(const struct packet *pkt)
{
	packet_count(pkt, COUNTER_ABSORBED);
	return TC_ACT_SHOT;
}
