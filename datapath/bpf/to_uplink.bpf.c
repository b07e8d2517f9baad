/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* to_uplink - what the node's own stack sends out: egress of each uplink. */
#include "drop.h"
#include "judge.h"
#include "link_scope.h"
#include "packet.h"

SEC("tc")
int to_uplink(struct __sk_buff *skb)
{
	struct packet pkt = {};

	if (skb->mark == MARK_JUDGED) {
		skb->mark = 0;
		return VERDICT_STACK;
	}
	if (packet_parse(skb, &pkt, HOOK_TO_UPLINK) || packet_is_arp(&pkt) ||
	    packet_is_link_scope(&pkt) || ip_addr_is_group(&pkt.target))
		return VERDICT_STACK;

	return packet_go(skb, &pkt);
}

char license_text[] SEC("license") = "Dual BSD/GPL";
