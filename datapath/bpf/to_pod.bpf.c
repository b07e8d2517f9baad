/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* to_pod - what the node's stack delivers to a pod: egress of the host side of its veth pair. */
#include "drop.h"
#include "judge.h"
#include "link_scope.h"
#include "packet.h"
#include "question.h"

SEC("tc")
int to_pod(struct __sk_buff *skb)
{
	struct packet pkt = {};
	enum drop_reason why;

	if ((why = packet_parse(skb, &pkt, HOOK_TO_POD)))
		return packet_drop(&pkt, why);
	if (packet_is_question(&pkt))
		return question_deliver(&pkt);
	if (packet_is_link_chatter(&pkt))
		return packet_absorb(&pkt);

	return packet_go(skb, &pkt);
}

char license_text[] SEC("license") = "Dual BSD/GPL";
