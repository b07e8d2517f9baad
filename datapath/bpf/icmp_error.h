/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* icmp_error - an error goes to whoever sent the packet that it tells of, in the addresses they
 * used. */
#pragma once

#include "carry.h"
#include "conntrack.h"
#include "road.h"

/* RFC 792, RFC 4443 */
#define ICMP_UNREACHABLE 3
#define ICMP_QUENCH 4
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER 12
#define ICMPV6_ERROR_LAST 4
#define ICMP_HEADER 8

static __always_inline bool packet_is_icmp_error(const struct packet *pkt)
{
	if (pkt->later_fragment)
		return false;
	if (pkt->protocol == IPPROTO_ICMPV6)
		return pkt->icmp_type >= 1 && pkt->icmp_type <= ICMPV6_ERROR_LAST;
	return pkt->protocol == IPPROTO_ICMP &&
	       (pkt->icmp_type == ICMP_UNREACHABLE || pkt->icmp_type == ICMP_QUENCH ||
		pkt->icmp_type == ICMP_TIME_EXCEEDED || pkt->icmp_type == ICMP_PARAMETER);
}

/* The packet that the error tells of, as far as it is quoted. */
struct quote {
	struct ct_tuple tuple;
	__u32 ip;	 /* offset in the frame of its IP header */
	__u32 transport; /* and of its transport's */
	__u8 protocol;
	bool echo;
};

static __always_inline bool quote_ip_read(struct __sk_buff *skb, const struct packet *pkt,
					  struct quote *quote)
{
	struct ipv6hdr ip6;
	struct iphdr ip;

	quote->ip = pkt->transport + ICMP_HEADER;
	if (pkt->ethertype == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, quote->ip, &ip, sizeof(ip)) < 0 || ip.version != 4 ||
		    ip.ihl < 5 || ip.frag_off & bpf_htons(IP_FRAGMENT_OFFSET))
			return false;
		quote->tuple.source = ip_addr_from_v4(ip.saddr);
		quote->tuple.target = ip_addr_from_v4(ip.daddr);
		quote->protocol = ip.protocol;
		quote->transport = quote->ip + ip.ihl * 4;
		return true;
	}
	if (bpf_skb_load_bytes(skb, quote->ip, &ip6, sizeof(ip6)) < 0 || ip6.version != 6)
		return false;
	__builtin_memcpy(&quote->tuple.source, &ip6.saddr, sizeof(quote->tuple.source));
	__builtin_memcpy(&quote->tuple.target, &ip6.daddr, sizeof(quote->tuple.target));
	quote->protocol = ip6.nexthdr;
	quote->transport = quote->ip + sizeof(ip6);
	return true;
}

static __always_inline bool quote_read(struct __sk_buff *skb, const struct packet *pkt,
				       struct quote *quote)
{
	__be16 header[4];

	if (!quote_ip_read(skb, pkt, quote))
		return false;
	quote->echo = quote->protocol == IPPROTO_ICMP || quote->protocol == IPPROTO_ICMPV6;
	if (!quote->echo && !protocol_has_ports(quote->protocol))
		return true;
	if (quote->transport + sizeof(header) > pkt->end || /* what follows is padding */
	    bpf_skb_load_bytes(skb, quote->transport, header, sizeof(header)) < 0)
		return false;
	quote->tuple.source_port = quote->echo ? header[2] : header[0];
	quote->tuple.target_port = quote->echo ? header[2] : header[1];
	return true;
}

/* quote_rewrite - the quoted packet as its sender knows it; the ICMP checksum covers the quote. */
static __always_inline bool quote_ports_rewrite(struct __sk_buff *skb, const struct packet *pkt,
						const struct quote *quote,
						const struct ct_tuple *to)
{
	__be16 was[2] = { quote->tuple.source_port, quote->tuple.target_port };
	__be16 now[2] = { to->source_port, to->target_port };
	__u32 at = quote->transport, size = sizeof(now);
	__s64 diff;

	if (quote->echo) {
		was[1] = now[1] = 0;
		at += 4;
		size = sizeof(*now);
	}
	if (was[0] == now[0] && was[1] == now[1])
		return true;
	diff = bpf_csum_diff((__be32 *)was, sizeof(was), (__be32 *)now, sizeof(now), 0);
	return bpf_skb_store_bytes(skb, at, now, size, 0) == 0 &&
	       bpf_l4_csum_replace(skb, pkt->transport + 2, 0, (__u64)diff, 0) == 0;
}

/* An IPv4 header's own checksum takes up what its addresses change: the sum over it stays. */
static __always_inline bool quote_rewrite(struct __sk_buff *skb, const struct packet *pkt,
					  const struct quote *quote, const struct ct_tuple *to)
{
	const struct ip_addr *a = &quote->tuple.source, *b = &quote->tuple.target;
	__s64 diff;

	if (pkt->ethertype == bpf_htons(ETH_P_IP)) {
		if (!addresses_store_v4(skb, quote->ip, to, addresses_diff_v4(a, b, to)))
			return false;
	} else {
		diff = addresses_diff_v6(a, b, to);
		if (!addresses_store_v6(skb, quote->ip, to) ||
		    bpf_l4_csum_replace(skb, pkt->transport + 2, 0, (__u64)diff, 0))
			return false;
	}
	return quote_ports_rewrite(skb, pkt, quote, to);
}

/*
 * ct_seen_by_sender - the tuple of a quoted packet in the addresses of the end that sent it; false
 * when that is how it is quoted.
 */
static __always_inline bool ct_seen_by_sender(const struct conntrack *ct, int end,
					      struct ct_tuple *ret_tuple)
{
	bool initiator = end == ct_initiator(ct);

	if (initiator ? !(ct->flags & CT_REPLY) : !(ct->flags & CT_REQUEST))
		return false;
	if (initiator)
		*ret_tuple = ct->other;
	else
		ct_tuple_reverse(&ct->other, ret_tuple);
	return true;
}

enum relation { UNRELATED, RELATED, NOT_REWRITTEN };

/*
 * icmp_error_relate - the error belongs to a connection that is known: it gets the addresses that
 * the receiver knows, outside and in the quote. An error that a router on the way sent keeps its
 * source. One that does not go to whoever sent what it quotes is not believed.
 */
GLOBAL enum relation icmp_error_relate(struct __sk_buff *skb, struct packet *pkt)
{
	struct judgement *j = judgement_here();
	struct quote quote = {};
	struct conntrack *ct;
	int end;

	if (!pkt || !j || !quote_read(skb, pkt, &quote) ||
	    !ip_addr_equal(&pkt->target, &quote.tuple.source))
		return UNRELATED;
	end = ct_key_of_tuple(&quote.tuple, quote.protocol, &j->key);
	ct = bpf_map_lookup_elem(&conntrack, &j->key);
	if (!ct)
		return UNRELATED;
	if (!ct_seen_by_sender(ct, end, &j->now))
		return RELATED;
	j->was.source = ip_addr_equal(&pkt->source, &quote.tuple.target) ? j->now.target :
									   pkt->source;
	j->was.target = j->now.source;
	if (!quote_rewrite(skb, pkt, &quote, &j->now) || !packet_rewrite(skb, pkt, &j->was))
		return NOT_REWRITTEN;
	return RELATED;
}

static __noinline int related_carry(struct __sk_buff *skb, struct packet *pkt, struct judgement *j)
{
	enum drop_reason why = road_find(skb, pkt, &pkt->target, &j->to);

	if (why)
		return packet_drop(pkt, why);
	if (packet_wants_stack(skb, pkt, &j->to))
		return packet_to_stack(pkt);
	return packet_take_road(skb, pkt, &j->to);
}
