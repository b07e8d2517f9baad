/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* from_uplink - what comes from other nodes and from outside: ingress of each uplink. */
#include <linux/if_packet.h>

#include "drop.h"
#include "judge.h"
#include "link_scope.h"
#include "packet.h"

/* An interface that listens to everything also sees frames for other machines. */
static __always_inline bool frame_is_for_others(const struct __sk_buff *skb)
{
	return skb->pkt_type == PACKET_OTHERHOST;
}

SEC("tc")
int from_uplink(struct __sk_buff *skb)
{
	struct packet pkt = {};

	/* What is not ours to understand is the stack's, which has its own opinion of it. */
	if (packet_parse(skb, &pkt, HOOK_FROM_UPLINK) || frame_is_for_others(skb) ||
	    packet_is_arp(&pkt) || packet_is_link_scope(&pkt) || ip_addr_is_group(&pkt.target))
		return packet_to_stack(&pkt);

	return packet_go(skb, &pkt);
}

char license_text[] SEC("license") = "Dual BSD/GPL";
