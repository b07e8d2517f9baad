/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* conntrack - finding a packet's connection, and what the packet changes of it. */
#pragma once

#include "datapath/logic/ct_state.h"

#include "maps.h"
#include "packet.h"

/* Room of this CPU's own, which every global function finds for itself (endpoint_find says why). */
static __always_inline struct judgement *judgement_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&judgements, &zero);
}

static __always_inline __u32 ct_now(void)
{
	return (__u32)(bpf_jiffies64() >> CT_TICK_SHIFT);
}

static __always_inline __u32 epoch_now(void)
{
	__u32 zero = 0;
	const __u32 *now = bpf_map_lookup_elem(&epoch, &zero);

	return now ? *(volatile const __u32 *)now : 0;
}

/* Any order will do that both directions agree on. The words that differ most come first. */
static __always_inline bool ct_end_is_low(const struct ip_addr *a, __be16 a_port,
					  const struct ip_addr *b, __be16 b_port)
{
	if (a->words[3] != b->words[3])
		return a->words[3] < b->words[3];
	if (a->words[2] != b->words[2])
		return a->words[2] < b->words[2];
	if (a->words[1] != b->words[1])
		return a->words[1] < b->words[1];
	if (a->words[0] != b->words[0])
		return a->words[0] < b->words[0];
	return a_port <= b_port;
}

/* ct_key_make - of a packet from a to b; returns the end of the key (0 or 1) that a became. */
static __always_inline int ct_key_make(const struct ip_addr *a, __be16 a_port,
				       const struct ip_addr *b, __be16 b_port, __u8 protocol,
				       struct ct_key *ret_key)
{
	bool low = ct_end_is_low(a, a_port, b, b_port);

	/* Two branches: the verifier refuses an index that it does not know. */
	if (low) {
		ret_key->addr[0] = *a;
		ret_key->addr[1] = *b;
		ret_key->port[0] = a_port;
		ret_key->port[1] = b_port;
	} else {
		ret_key->addr[0] = *b;
		ret_key->addr[1] = *a;
		ret_key->port[0] = b_port;
		ret_key->port[1] = a_port;
	}
	ret_key->protocol = protocol;
	__builtin_memset(ret_key->pad, 0, sizeof(ret_key->pad));
	return low ? 0 : 1;
}

static __always_inline int ct_key_of_tuple(const struct ct_tuple *tuple, __u8 protocol,
					   struct ct_key *ret_key)
{
	return ct_key_make(&tuple->source, tuple->source_port, &tuple->target, tuple->target_port,
			   protocol, ret_key);
}

static __always_inline bool ct_key_equal(const struct ct_key *a, const struct ct_key *b)
{
	return ip_addr_equal(&a->addr[0], &b->addr[0]) && ip_addr_equal(&a->addr[1], &b->addr[1]) &&
	       a->port[0] == b->port[0] && a->port[1] == b->port[1] && a->protocol == b->protocol;
}

/*
 * ct_partner - the other entry of a translated connection, unless that was pushed out of the table;
 * whoever has its tuple then is not our partner.
 */
static __always_inline struct conntrack *ct_partner(const struct ct_key *key,
						    const struct conntrack *ct,
						    struct ct_key *ret_key)
{
	struct conntrack *partner;
	struct ct_key its_partners;

	ct_key_of_tuple(&ct->other, key->protocol, ret_key);
	partner = bpf_map_lookup_elem(&conntrack, ret_key);
	if (!partner || !ct_is_translated(partner))
		return NULL;
	ct_key_of_tuple(&partner->other, key->protocol, &its_partners);
	return ct_key_equal(key, &its_partners) ? partner : NULL;
}

/* ICMP has no ports; an echo and its answer have the same identifier. */
static __always_inline int ct_key_of_packet(const struct packet *pkt, struct ct_key *ret_key)
{
	return ct_key_make(&pkt->source, pkt->echo ?: pkt->source_port, &pkt->target,
			   pkt->echo ?: pkt->target_port, pkt->protocol, ret_key);
}

/* The tuple that an entry is found by, as its initiator sends. */
static __always_inline void ct_initiator_tuple(const struct ct_key *key, const struct conntrack *ct,
					       struct ct_tuple *ret_tuple)
{
	if (ct_initiator(ct)) {
		ret_tuple->source = key->addr[1];
		ret_tuple->target = key->addr[0];
		ret_tuple->source_port = key->port[1];
		ret_tuple->target_port = key->port[0];
	} else {
		ret_tuple->source = key->addr[0];
		ret_tuple->target = key->addr[1];
		ret_tuple->source_port = key->port[0];
		ret_tuple->target_port = key->port[1];
	}
}

/* The same packets the other way round. */
static __always_inline void ct_tuple_reverse(const struct ct_tuple *tuple,
					     struct ct_tuple *ret_tuple)
{
	ret_tuple->source = tuple->target;
	ret_tuple->target = tuple->source;
	ret_tuple->source_port = tuple->target_port;
	ret_tuple->target_port = tuple->source_port;
}

static __always_inline struct ct_end *ct_end_of(struct conntrack *ct, int end)
{
	return end ? &ct->end[1] : &ct->end[0];
}

/* ct_touch - the packet was seen. Two CPUs may do this at once; what one writes, the other would.
 */
static __always_inline void ct_touch(struct conntrack *ct, const struct packet *pkt, int end)
{
	__u32 now = ct_now();

	if (ct->seen != now)
		ct->seen = now;
	if (end != ct_initiator(ct) && !(ct->flags & CT_REPLIED))
		ct->flags |= CT_REPLIED;
	if (pkt->protocol == IPPROTO_TCP) {
		__u8 state = ct_tcp_state(ct, pkt->tcp_flags, end);

		if (state != ct->state)
			ct->state = state;
		if (pkt->tcp_flags & TCP_FIN)
			ct->finished |= 1 << end;
	}
}
