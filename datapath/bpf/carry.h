/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* carry - the last step: a packet whose connection was judged goes where it was decided. */
#pragma once

#include "conntrack.h"
#include "count.h"
#include "drop.h"
#include "gateway.h"
#include "rewrite.h"

/* The addresses that the slow road would have given the frame: from the gateway to the pod. */
static __always_inline bool macs_rewrite(const struct __sk_buff *skb, const __u8 *pod_mac)
{
	struct ethhdr *eth = (void *)(long)skb->data;

	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return false;
	__builtin_memcpy(__builtin_assume_aligned(eth->h_dest, 2), pod_mac, MAC_SIZE);
	__builtin_memcpy(__builtin_assume_aligned(eth->h_source, 2), gateway_mac, MAC_SIZE);
	return true;
}

/* Out of the node's stack, which gave it the pod's MAC address, by this pod's interface. */
static __always_inline int packet_deliver(const struct packet *pkt, const struct ct_end *to)
{
	if (to->ifindex != pkt->ifindex)
		return packet_drop(pkt, DROP_NOT_ITS_ADDRESS);
	packet_count(pkt, COUNTER_DELIVERED);
	return VERDICT_STACK;
}

static __always_inline int packet_to_pod(struct __sk_buff *skb, const struct packet *pkt,
					 const struct ct_end *to)
{
	if (pkt->hook == HOOK_TO_POD)
		return packet_deliver(pkt, to);
	if (!macs_rewrite(skb, to->mac))
		return packet_drop(pkt, DROP_REWRITE);
	if (pkt->hook == HOOK_TO_UPLINK) { /* on its way out: it can only go out, by the pod's */
		packet_count(pkt, COUNTER_DELIVERED);
		return (int)bpf_redirect(to->ifindex, 0);
	}
	packet_count(pkt, COUNTER_DIRECT);
	return (int)bpf_redirect_peer(to->ifindex, 0);
}

/* One hop less (RFC 791, RFC 8200 3): the checksum follows by RFC 1624's shortcut. */
static __always_inline bool hop_count_linear(struct __sk_buff *skb, const struct packet *pkt)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip6 = data + ETH_HLEN;
	struct iphdr *ip = data + ETH_HLEN;
	__u32 sum;

	if (pkt->ethertype != bpf_htons(ETH_P_IP)) {
		if ((void *)(ip6 + 1) > end)
			return false;
		ip6->hop_limit--;
		return true;
	}
	if ((void *)(ip + 1) > end)
		return false;
	ip->ttl--;
	sum = ip->check + bpf_htons(0x0100);
	ip->check = (__u16)(sum + (sum >= 0xffff));
	return true;
}

static __always_inline bool hop_count(struct __sk_buff *skb, const struct packet *pkt)
{
	if (hop_count_linear(skb, pkt))
		return true;
	/* The header is not where it can be written: the kernel brings it there. */
	return bpf_skb_pull_data(skb, pkt->transport) == 0 && hop_count_linear(skb, pkt);
}

/* Others' programs on the uplink may see it; to_uplink takes such a packet for done. */
#define MARK_JUDGED 0x62797761

static __always_inline int packet_to_uplink(struct __sk_buff *skb, const struct packet *pkt,
					    const struct ct_end *to)
{
	if (pkt->hook == HOOK_TO_UPLINK) {
		packet_count(pkt, COUNTER_PASSED);
		return VERDICT_STACK;
	}
	if (!hop_count(skb, pkt))
		return packet_drop(pkt, DROP_REWRITE);
	skb->mark = MARK_JUDGED;
	packet_count(pkt, COUNTER_FORWARDED);
	return (int)bpf_redirect_neigh(to->ifindex, NULL, 0, 0);
}

/*
 * The node's stack answers what has no hop left, and what is too large for the uplink, with the
 * right ICMP error, or cuts it up; to that end it gets the packet as it came.
 */
static __always_inline bool packet_wants_stack(struct __sk_buff *skb, const struct packet *pkt,
					       const struct ct_end *to)
{
	__u32 mtu = 0;

	return to->road == ROAD_UPLINK && pkt->hook != HOOK_TO_UPLINK &&
	       (pkt->hop_limit <= 1 || bpf_check_mtu(skb, to->ifindex, &mtu, 0, BPF_MTU_CHK_SEGS));
}

static __always_inline int packet_take_road(struct __sk_buff *skb, struct packet *pkt,
					    const struct ct_end *to)
{
	switch (to->road) {
	case ROAD_POD:
		return packet_to_pod(skb, pkt, to);
	case ROAD_UPLINK:
		return packet_to_uplink(skb, pkt, to);
	default:
		return packet_to_stack(pkt);
	}
}

/* ct_translation - what the entry makes of packets of that end; false: they stay as they are. */
static __always_inline bool ct_translation(const struct conntrack *ct, int end,
					   struct ct_tuple *ret_tuple)
{
	bool asks = end == ct_initiator(ct);

	if (asks ? !(ct->flags & CT_REQUEST) : !(ct->flags & CT_REPLY))
		return false;
	if (asks)
		*ret_tuple = ct->other;
	else
		ct_tuple_reverse(&ct->other, ret_tuple);
	return true;
}

GLOBAL int packet_carry_translated(struct __sk_buff *skb, struct packet *pkt,
				   const struct conntrack *ct, int end)
{
	struct ct_tuple tuple = {};
	struct ct_end to;

	if (!pkt || !ct)
		return TC_ACT_SHOT;
	to = end ? ct->end[0] : ct->end[1];

	if (packet_wants_stack(skb, pkt, &to))
		return packet_to_stack(pkt);
	if (ct_translation(ct, end, &tuple) && !packet_rewrite(skb, pkt, &tuple))
		return packet_drop(pkt, DROP_REWRITE);
	return packet_take_road(skb, pkt, &to);
}

/* packet_carry - by its connection's entry, which is in force; end is the one that it comes from.
 */
static __always_inline int packet_carry(struct __sk_buff *skb, struct packet *pkt,
					struct conntrack *ct, int end)
{
	ct_touch(ct, pkt, end);
	if (ct_is_translated(ct))
		return packet_carry_translated(skb, pkt, ct, end);
	if (packet_wants_stack(skb, pkt, ct_end_of(ct, 1 - end)))
		return packet_to_stack(pkt);
	return packet_take_road(skb, pkt, ct_end_of(ct, 1 - end));
}
