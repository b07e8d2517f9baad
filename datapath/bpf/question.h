/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* question - the node's own questions about its pods. */
#pragma once

#include "count.h"
#include "drop.h"
#include "endpoint_check.h"

/*
 * ARP and neighbour solicitations, sent when somebody took the permanent entry away.
 */
static __always_inline bool packet_is_question(const struct packet *pkt)
{
	return packet_is_arp(pkt) ||
	       (pkt->ethertype == bpf_htons(ETH_P_IPV6) && pkt->protocol == IPPROTO_ICMPV6 &&
		pkt->icmp_type == ND_NEIGHBOUR_SOLICIT);
}

static __always_inline int question_deliver(const struct packet *pkt)
{
	if (!endpoint_is_ready(pkt->ifindex))
		return packet_drop(pkt, DROP_PENDING_TARGET);
	packet_count(pkt, COUNTER_DELIVERED);
	return VERDICT_STACK;
}
