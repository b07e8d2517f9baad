/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* route - the last step: straight into a pod of this node, or to the node's stack. */
#pragma once

#include "count.h"
#include "drop.h"
#include "endpoint_check.h"

static __always_inline int packet_to_endpoint(struct packet *pkt, const struct endpoint *ep)
{
	/* Target and source are the first 12 bytes of an Ethernet header. */
	__u8 macs[2 * MAC_SIZE] = { 0, 0, 0, 0, 0, 0, 0x02, 0x62, 0x79, 0x77, 0x61, 0x79 };
	__u32 ifindex = ep->ifindex;

	if (!ifindex)
		return packet_drop(pkt, DROP_NO_INTERFACE);
	if (!endpoint_is_ready(ifindex))
		return packet_drop(pkt, DROP_PENDING_TARGET);

	__builtin_memcpy(macs, ep->pod_mac, MAC_SIZE);
	if (bpf_skb_store_bytes(pkt->skb, 0, macs, sizeof(macs), 0) < 0)
		return packet_drop(pkt, DROP_REWRITE);
	packet_count(pkt, COUNTER_DIRECT);
	return (int)bpf_redirect_peer(ifindex, 0);
}

static __always_inline int packet_forward(struct packet *pkt)
{
	const struct endpoint *ep = bpf_map_lookup_elem(&endpoints, &pkt->target);

	if (ep)
		return packet_to_endpoint(pkt, ep);
	if (ip_addr_is_group(&pkt->target))
		return packet_drop(pkt, DROP_MULTICAST);
	packet_count(pkt, COUNTER_STACK);
	return VERDICT_STACK;
}
