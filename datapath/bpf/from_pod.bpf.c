/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* from_pod - everything a pod sends: ingress of the host side of its veth pair. */
#include "drop.h"
#include "judge.h"
#include "neighbour.h"
#include "packet.h"

SEC("tc")
int from_pod(struct __sk_buff *skb)
{
	struct packet pkt = {};
	enum drop_reason why;

	if ((why = packet_parse(skb, &pkt, HOOK_FROM_POD)))
		return packet_drop(&pkt, why);
	if (packet_is_arp(&pkt))
		return arp_handle(skb, &pkt);
	if (packet_is_link_scope(&pkt))
		return nd_handle(skb, &pkt);

	return packet_go(skb, &pkt);
}

char license_text[] SEC("license") = "Dual BSD/GPL";
