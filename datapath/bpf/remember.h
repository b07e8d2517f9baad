/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* remember - what was judged goes into the table; finding a free source port on the way. */
#pragma once

#include <linux/errno.h>

#include "datapath/logic/port_pick.h"

#include "carry.h"
#include "conntrack.h"

static __always_inline void ct_begin(struct conntrack *ct, const struct judgement *j, int end,
				     __u8 flags)
{
	ct->opened = ct->seen = ct_now();
	ct->flags = j->ct.flags | flags | (end ? CT_INITIATOR_HIGH : 0);
	if (end) {
		ct->end[1] = j->from;
		ct->end[0] = j->to;
	} else {
		ct->end[0] = j->from;
		ct->end[1] = j->to;
	}
}

/* Only with the node's address on an uplink is a port in the way of the node's own sockets. */
static __always_inline __be16 source_port_pick(const struct packet *pkt, const struct judgement *j,
					       __u32 number)
{
	__u16 own = bpf_ntohs(j->own_port);

	if (!own || pkt->protocol == IPPROTO_SCTP)
		return j->own_port;
	if (pkt->echo || !(j->ct.flags & CT_MASQUERADE) || j->to.road != ROAD_UPLINK)
		return bpf_htons(port_pick(own, j->random, number));
	return bpf_htons(port_pick_outside(own, j->random, number, config.local_ports_first,
					   config.local_ports_last));
}

/* reply_try - the reply entry, with the source port of that try: 0, or the map's error. */
GLOBAL int reply_try(const struct packet *pkt, __u32 number)
{
	struct judgement *j = judgement_here();
	int end;

	if (!pkt || !j)
		return -EINVAL;
	j->now.source_port = source_port_pick(pkt, j, number);
	if (pkt->echo)
		j->now.target_port = j->now.source_port;
	end = ct_key_of_tuple(&j->now, pkt->protocol, &j->reply_key);
	j->reply = j->ct;
	j->reply.finished = 0; /* of the responder, which has said nothing yet */
	ct_begin(&j->reply, j, end, CT_REPLY);
	j->reply.other = j->was;
	return (int)bpf_map_update_elem(&conntrack, &j->reply_key, &j->reply, BPF_NOEXIST);
}

/* reply_reserve - an entry for the tuple that the responder sees; no two connections share one. */
static __noinline enum drop_reason reply_reserve(const struct packet *pkt, struct judgement *j)
{
	bool fixed = pkt->protocol == IPPROTO_SCTP || !j->now.source_port;
	int rc;

	j->own_port = j->now.source_port;
	j->random = bpf_get_prandom_u32();
	for (__u32 i = 0; i < PORT_TRIES; i++) {
		rc = reply_try(pkt, i);
		if (!rc)
			return DROP_NONE;
		if (rc != -EEXIST)
			return DROP_CONNTRACK;
		if (fixed)
			break;
		packet_count(pkt, COUNTER_PORT_TRIES);
	}
	return DROP_NO_PORT;
}

/*
 * Two packets of a new connection may be judged on two CPUs at once: the one that inserts its
 * request entry first has decided for both.
 */
static __always_inline int carry_as_decided(struct __sk_buff *skb, struct packet *pkt,
					    struct judgement *j)
{
	struct conntrack *ct;

	bpf_map_delete_elem(&conntrack, &j->reply_key);
	ct = bpf_map_lookup_elem(&conntrack, &j->key);
	if (!ct)
		return packet_drop(pkt, DROP_CONNTRACK);
	return packet_carry(skb, pkt, ct, j->end);
}

static __noinline int translated_open(struct __sk_buff *skb, struct packet *pkt,
				      struct judgement *j)
{
	enum drop_reason why = reply_reserve(pkt, j);

	if (why)
		return packet_drop(pkt, why);
	ct_begin(&j->ct, j, j->end, CT_REQUEST);
	j->ct.other = j->now;
	if (bpf_map_update_elem(&conntrack, &j->key, &j->ct, BPF_NOEXIST))
		return carry_as_decided(skb, pkt, j);
	return packet_carry(skb, pkt, &j->ct, j->end);
}

/* Nothing depends on an entry that is only there for speed: without memory the packet goes on. */
static __noinline int plain_open(struct __sk_buff *skb, struct packet *pkt, struct judgement *j)
{
	ct_begin(&j->ct, j, j->end, 0);
	bpf_map_update_elem(&conntrack, &j->key, &j->ct, BPF_NOEXIST);
	return packet_carry(skb, pkt, &j->ct, j->end);
}

/*
 * partner_restore - the partner of an entry was pushed out of a full table: put it back, unless its
 * tuple is another's by now. What it says of its ends is for its own next packet to find out.
 */
GLOBAL int partner_restore(const struct packet *pkt, const struct conntrack *ct)
{
	struct judgement *j = judgement_here();
	__u8 flags, end;

	if (!pkt || !j || !ct)
		return false;
	j->reply = *ct;
	j->reply.epoch = j->epoch - 1;
	j->reply.finished = 0;
	end = ct_key_of_tuple(&ct->other, pkt->protocol, &j->reply_key);
	flags = ct->flags & (CT_SERVICE | CT_MASQUERADE);
	flags |= ct->flags & CT_REQUEST ? CT_REPLY : CT_REQUEST;
	j->reply.flags = flags | (end ? CT_INITIATOR_HIGH : 0);
	ct_initiator_tuple(&j->key, ct, &j->reply.other);
	return bpf_map_update_elem(&conntrack, &j->reply_key, &j->reply, BPF_NOEXIST) == 0;
}

static __always_inline bool tuple_equal(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return a->source_port == b->source_port && a->target_port == b->target_port &&
	       ip_addr_equal(&a->source, &b->source) && ip_addr_equal(&a->target, &b->target);
}

static __always_inline int connection_open(struct __sk_buff *skb, struct packet *pkt,
					   struct judgement *j)
{
	j->ct.state = ct_first_state(pkt->protocol, pkt->tcp_flags);
	if (pkt->protocol == IPPROTO_TCP && pkt->tcp_flags & TCP_FIN)
		j->ct.finished = 1 << j->end;
	if (j->ct.flags & (CT_SERVICE | CT_MASQUERADE) && !tuple_equal(&j->was, &j->now))
		return translated_open(skb, pkt, j);
	return plain_open(skb, pkt, j);
}
