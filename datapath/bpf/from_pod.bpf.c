/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* from_pod - everything a pod sends: ingress of the host side of its veth pair. */
#include "drop.h"
#include "endpoint_check.h"
#include "neighbour.h"
#include "packet.h"
#include "route.h"

SEC("tc")
int from_pod(struct __sk_buff *skb)
{
	struct packet pkt = {};
	enum drop_reason why;

	if ((why = packet_parse(&pkt, skb, HOOK_FROM_POD)))
		return packet_drop(&pkt, why);
	if (packet_is_arp(&pkt))
		return arp_handle(&pkt);
	if (packet_is_link_scope(&pkt))
		return nd_handle(&pkt);
	if ((why = source_check(&pkt)))
		return packet_drop(&pkt, why);
	if (!endpoint_is_ready(skb->ifindex))
		return packet_drop(&pkt, DROP_PENDING_SOURCE);

	return packet_forward(&pkt);
}

char license_text[] SEC("license") = "Dual BSD/GPL";
