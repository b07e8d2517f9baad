/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* judge - a packet of no connection that is known, or of one known under another epoch. */
#pragma once

#include "fragment.h"
#include "icmp_error.h"
#include "reject.h"
#include "remember.h"
#include "sender.h"
#include "translate.h"

/* An entry's partner goes with it: neither means anything alone. */
static __noinline void connection_forget(struct judgement *j, const struct conntrack *ct)
{
	if (ct_is_translated(ct) && ct_partner(&j->key, ct, &j->reply_key))
		bpf_map_delete_elem(&conntrack, &j->reply_key);
	bpf_map_delete_elem(&conntrack, &j->key);
}

/* The connection begins anew, or one half of it is lost and its tuple another's by now. */
static __noinline bool connection_is_over(const struct packet *pkt, struct judgement *j,
					  const struct conntrack *ct)
{
	const struct conntrack *partner;

	if (ct_is_over(ct, pkt->tcp_flags))
		return true;
	if (!ct_is_translated(ct))
		return false;
	partner = ct_partner(&j->key, ct, &j->reply_key);
	if (partner)
		return ct_is_over(partner, pkt->tcp_flags);
	return !partner_restore(pkt, ct);
}

/* States in which nothing is lost when the next packet goes to another backend. */
static __always_inline bool ct_may_move(const struct conntrack *ct)
{
	return ct->state == CT_DATAGRAM || ct->state == CT_OPENING;
}

/*
 * The backend that was chosen serves no more, and another does; or a service has come to an address
 * that was none's. A service that has lost its last backend forgets nothing.
 */
static __always_inline bool target_has_moved(const struct packet *pkt, const struct conntrack *ct,
					     struct judgement *j)
{
	const struct service_choice *choice = pkt->hook == HOOK_FROM_UPLINK ? &j->service.outside :
									      &j->service.inside;

	if (!ct_may_move(ct) || !protocol_has_ports(pkt->protocol) ||
	    !service_find(&pkt->target, pkt->target_port, pkt->protocol, NODE_ADDRESS_LOOPBACK,
			  &j->service))
		return false;
	if (!(ct->flags & CT_REQUEST))
		return true;
	return choice->slots && !backend_still_serves(ct->service, ct->set, ct->slot,
						      &ct->other.target, ct->other.target_port);
}

/* From outside to outside: the node is a router, with rules of its own for that. */
static __always_inline bool packet_goes_through(const struct packet *pkt, const struct judgement *j)
{
	return pkt->hook == HOOK_FROM_UPLINK && j->to.road == ROAD_UPLINK;
}

/* renew - what the entry says of both ends, as it is now. The epoch comes last. */
static __noinline int connection_renew(struct __sk_buff *skb, struct packet *pkt,
				       struct judgement *j, struct conntrack *ct)
{
	int end = j->end;
	struct ct_tuple tuple = {};
	enum drop_reason why;

	if (!ct_translation(ct, end, &tuple))
		tuple.target = pkt->target;
	if ((why = road_find(skb, pkt, &tuple.target, &j->to)))
		return packet_drop(pkt, why);
	if (packet_goes_through(pkt, j) && !ct_is_translated(ct))
		return packet_to_stack(pkt);
	*ct_end_of(ct, end) = j->from;
	*ct_end_of(ct, 1 - end) = j->to;
	*(volatile __u32 *)&ct->epoch = j->epoch;
	return packet_carry(skb, pkt, ct, end);
}

/* Discovery proves by its hop limit that it comes from the link, and Byway does not count the hop.
 */
static __always_inline bool packet_is_discovery(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_ICMPV6 && pkt->icmp_type >= ND_ROUTER_SOLICIT &&
	       pkt->icmp_type <= ND_REDIRECT;
}

/* It would show the world a pod's own address: nothing translates what belongs to no connection. */
static __always_inline bool packet_would_leak(const struct packet *pkt, const struct judgement *j)
{
	return config.masquerade && j->from.road == ROAD_POD && j->to.road == ROAD_UPLINK &&
	       route_find(&pkt->target) == ROUTE_WORLD;
}

/* What belongs to no connection: judged each time. */
static __noinline int untracked_carry(struct __sk_buff *skb, struct packet *pkt,
				      struct judgement *j)
{
	enum drop_reason why = road_find(skb, pkt, &pkt->target, &j->to);

	if (!why && packet_is_discovery(pkt) && j->to.road == ROAD_POD)
		why = DROP_LINK_LOCAL;
	if (!why && packet_would_leak(pkt, j))
		why = pkt->orphan ? DROP_FRAGMENT : DROP_UNRELATED;
	if (why)
		return packet_drop(pkt, why);
	if (packet_goes_through(pkt, j) || packet_wants_stack(skb, pkt, &j->to))
		return packet_to_stack(pkt);
	return packet_take_road(skb, pkt, &j->to);
}

/* To the node itself from outside, or through it: the stack's own, as long as nothing is
 * translated. */
static __always_inline bool packet_is_for_stack(const struct packet *pkt, const struct judgement *j)
{
	return pkt->hook == HOOK_FROM_UPLINK && j->to.road != ROAD_POD &&
	       !(j->ct.flags & CT_SERVICE);
}

/* Somebody else's, that the stack passes on: nobody's port is taken by it. */
static __always_inline bool packet_only_passes(const struct packet *pkt, const struct judgement *j)
{
	return pkt->hook == HOOK_TO_UPLINK && j->from.road == ROAD_STACK &&
	       !(j->ct.flags & CT_SERVICE) && !ip_addr_is_nodes(&pkt->source);
}

static __noinline int connection_new(struct __sk_buff *skb, struct packet *pkt, struct judgement *j)
{
	enum drop_reason why;

	j->was = (struct ct_tuple){ .source = pkt->source,
				    .target = pkt->target,
				    .source_port = pkt->echo ?: pkt->source_port,
				    .target_port = pkt->echo ?: pkt->target_port };
	why = service_translate(pkt, j);
	if (why == DROP_NO_BACKEND)
		return packet_reject(skb, pkt);
	if (why || (why = road_find(skb, pkt, &j->now.target, &j->to)))
		return packet_drop(pkt, why);
	if (packet_is_for_stack(pkt, j))
		return packet_to_stack(pkt);
	if (packet_only_passes(pkt, j))
		return packet_take_road(skb, pkt, &j->to);
	if ((why = masquerade(pkt, j)))
		return packet_drop(pkt, why);
	return connection_open(skb, pkt, j);
}

static __always_inline bool packet_is_tracked(const struct packet *pkt)
{
	bool icmp = pkt->protocol == IPPROTO_ICMP || pkt->protocol == IPPROTO_ICMPV6;

	return !pkt->orphan && (!icmp || pkt->echo);
}

/* packet_judge - who sends, to whom, by which road; and remembers it. */
GLOBAL int packet_judge(struct __sk_buff *skb, struct packet *pkt)
{
	struct judgement *j = judgement_here();
	enum relation relation = UNRELATED;
	struct conntrack *ct;
	enum drop_reason why;

	if (!pkt)
		return TC_ACT_SHOT;
	if (!j)
		return packet_drop(pkt, DROP_CONNTRACK);
	j->epoch = epoch_now();
	if ((why = sender_check(pkt, &j->from)))
		return packet_drop(pkt, why);
	if (packet_is_icmp_error(pkt))
		relation = icmp_error_relate(skb, pkt);
	if (relation == NOT_REWRITTEN)
		return packet_drop(pkt, DROP_REWRITE);
	if (relation == RELATED)
		return related_carry(skb, pkt, j);
	if (!packet_is_tracked(pkt))
		return untracked_carry(skb, pkt, j);

	j->end = ct_key_of_packet(pkt, &j->key);
	ct = bpf_map_lookup_elem(&conntrack, &j->key);
	if (ct && (connection_is_over(pkt, j, ct) ||
		   (j->end == ct_initiator(ct) && target_has_moved(pkt, ct, j)))) {
		connection_forget(j, ct);
		ct = NULL;
	}
	if (ct)
		return connection_renew(skb, pkt, j, ct);
	j->ct = (struct conntrack){ .epoch = j->epoch };
	return connection_new(skb, pkt, j);
}

/*
 * packet_go - the road of every packet: its connection is known and was judged under this epoch, or
 * it is judged now.
 */
static __always_inline int packet_go(struct __sk_buff *skb, struct packet *pkt)
{
	struct conntrack *ct;
	struct ct_key key;
	int end;

	if (pkt->fragment)
		fragment_join(pkt);
	if (!packet_is_tracked(pkt))
		return packet_judge(skb, pkt);
	end = ct_key_of_packet(pkt, &key);
	ct = bpf_map_lookup_elem(&conntrack, &key);
	if (!ct || ct->epoch != epoch_now() || tcp_is_opening(pkt->tcp_flags) ||
	    !sender_is_known(pkt, ct_end_of(ct, end)))
		return packet_judge(skb, pkt);
	return packet_carry(skb, pkt, ct, end);
}
