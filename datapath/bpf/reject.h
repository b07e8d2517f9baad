/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* reject - "nobody serves this": a TCP reset or ICMP port unreachable, made out of the packet
 * itself. */
#pragma once

#include "checksum.h"
#include "drop.h"
#include "gateway.h"
#include "packet.h"
#include "carry.h"

/* As many a CPU and second; who asks more often than that is not waiting for an answer. */
#define REJECTS_A_SECOND 1000

#define ICMP_PORT_UNREACHABLE 3 /* RFC 792 */
#define ICMPV6_UNREACHABLE 1	/* RFC 4443 3.1 */
#define ICMPV6_PORT_UNREACHABLE 4
#define REJECT_HOP_LIMIT 64
#define QUOTE_TRANSPORT 8 /* what an error must quote of the transport (RFC 792) */

struct tcp_header { /* RFC 9293 3.1 */
	__be16 source, target;
	__be32 sequence, acknowledged;
	__u8 offset, flags;
	__be16 window, checksum, urgent;
};

struct icmp_header {
	__u8 type, code;
	__be16 checksum;
	__be32 rest;
};

struct reject_v4 {
	struct iphdr ip;
	union {
		struct tcp_header tcp;
		struct {
			struct icmp_header icmp;
			__u8 quote[sizeof(struct iphdr) + QUOTE_TRANSPORT];
		};
	};
};

struct reject_v6 {
	struct ipv6hdr ip;
	union {
		struct tcp_header tcp;
		struct {
			struct icmp_header icmp;
			__u8 quote[sizeof(struct ipv6hdr) + QUOTE_TRANSPORT];
		};
	};
};

#define REJECT_ICMP_V4 (sizeof(struct icmp_header) + sizeof(struct iphdr) + QUOTE_TRANSPORT)
#define REJECT_ICMP_V6 (sizeof(struct icmp_header) + sizeof(struct ipv6hdr) + QUOTE_TRANSPORT)

static __always_inline bool reject_budget_take(void)
{
	__u64 second = bpf_ktime_get_coarse_ns() / NS_PER_SECOND;
	__u32 zero = 0;
	struct event_budget *budget = bpf_map_lookup_elem(&event_budget, &zero);

	if (!budget)
		return false;
	if (budget->reject_second != second) {
		budget->reject_second = second;
		budget->rejects = 0;
	}
	return budget->rejects++ < REJECTS_A_SECOND;
}

/* RFC 9293 3.5.2: the reset's sequence number is what the other side expects. */
static __always_inline bool reset_make(struct __sk_buff *skb, const struct packet *pkt,
				       struct tcp_header *tcp)
{
	struct tcp_header was;
	__u32 length;

	if (pkt->tcp_flags & TCP_RST ||
	    bpf_skb_load_bytes(skb, pkt->transport, &was, sizeof(was)) < 0)
		return false;
	length = pkt->end - pkt->transport - (was.offset >> 4) * 4;
	length += !!(was.flags & TCP_SYN) + !!(was.flags & TCP_FIN);
	*tcp = (struct tcp_header){ .source = was.target,
				    .target = was.source,
				    .offset = sizeof(*tcp) / 4 << 4,
				    .flags = TCP_RST };
	if (was.flags & TCP_ACK) {
		tcp->sequence = was.acknowledged;
	} else {
		tcp->acknowledged = bpf_htonl(bpf_ntohl(was.sequence) + length);
		tcp->flags |= TCP_ACK;
	}
	return true;
}

static __always_inline bool reject_store(struct __sk_buff *skb, void *answer, __u32 size)
{
	return bpf_skb_change_tail(skb, ETH_HLEN + size, 0) == 0 &&
	       bpf_skb_store_bytes(skb, ETH_HLEN, answer, size, 0) == 0;
}

static __always_inline bool reject_make_v4(struct __sk_buff *skb, const struct packet *pkt)
{
	__u32 rest = pkt->protocol == IPPROTO_TCP ? sizeof(struct tcp_header) : REJECT_ICMP_V4;
	struct reject_v4 answer = { .ip = { .version = 4,
					    .ihl = 5,
					    .ttl = REJECT_HOP_LIMIT,
					    .protocol = IPPROTO_ICMP,
					    .saddr = ip_addr_v4(&pkt->target),
					    .daddr = ip_addr_v4(&pkt->source) } };

	answer.ip.tot_len = bpf_htons(sizeof(answer.ip) + rest);
	if (pkt->protocol == IPPROTO_TCP) {
		answer.ip.protocol = IPPROTO_TCP;
		if (!reset_make(skb, pkt, &answer.tcp))
			return false;
		answer.tcp.checksum =
			checksum_with_pseudo_v4(&answer.ip, &answer.tcp, sizeof(answer.tcp));
	} else {
		answer.icmp.type = ICMP_UNREACHABLE;
		answer.icmp.code = ICMP_PORT_UNREACHABLE;
		if (pkt->transport != ETH_HLEN + sizeof(struct iphdr) ||
		    bpf_skb_load_bytes(skb, ETH_HLEN, answer.quote, sizeof(answer.quote)) < 0)
			return false;
		answer.icmp.checksum = checksum_of(&answer.icmp, REJECT_ICMP_V4);
	}
	answer.ip.check = checksum_of(&answer.ip, sizeof(answer.ip));
	return reject_store(skb, &answer, sizeof(answer.ip) + rest);
}

static __always_inline bool reject_make_v6(struct __sk_buff *skb, const struct packet *pkt)
{
	__u32 rest = pkt->protocol == IPPROTO_TCP ? sizeof(struct tcp_header) : REJECT_ICMP_V6;
	struct reject_v6 answer = {
		.ip = { .version = 6, .hop_limit = REJECT_HOP_LIMIT, .nexthdr = IPPROTO_ICMPV6 }
	};

	answer.ip.payload_len = bpf_htons(rest);
	__builtin_memcpy(&answer.ip.saddr, &pkt->target, sizeof(answer.ip.saddr));
	__builtin_memcpy(&answer.ip.daddr, &pkt->source, sizeof(answer.ip.daddr));
	if (pkt->protocol == IPPROTO_TCP) {
		answer.ip.nexthdr = IPPROTO_TCP;
		if (!reset_make(skb, pkt, &answer.tcp))
			return false;
		answer.tcp.checksum =
			checksum_with_pseudo_v6(&answer.ip, &answer.tcp, sizeof(answer.tcp));
	} else {
		answer.icmp.type = ICMPV6_UNREACHABLE;
		answer.icmp.code = ICMPV6_PORT_UNREACHABLE;
		if (bpf_skb_load_bytes(skb, ETH_HLEN, answer.quote, sizeof(answer.quote)) < 0)
			return false;
		answer.icmp.checksum =
			checksum_with_pseudo_v6(&answer.ip, &answer.icmp, REJECT_ICMP_V6);
	}
	return reject_store(skb, &answer, sizeof(answer.ip) + rest);
}

/* To where it came from; the pod's or the neighbour's MAC address is the frame's source. */
static __always_inline int reject_send_back(struct __sk_buff *skb, const struct packet *pkt)
{
	struct ethhdr eth;

	if (bpf_skb_load_bytes(skb, 0, &eth, sizeof(eth)) < 0)
		return TC_ACT_SHOT;
	__builtin_memcpy(eth.h_source, eth.h_dest, MAC_SIZE);
	__builtin_memcpy(eth.h_dest, pkt->source_mac, MAC_SIZE);
	if (bpf_skb_store_bytes(skb, 0, &eth, sizeof(eth), 0) < 0)
		return TC_ACT_SHOT;
	switch (pkt->hook) {
	case HOOK_FROM_POD:
		return (int)bpf_redirect_peer(pkt->ifindex, 0);
	case HOOK_FROM_UPLINK:
		skb->mark = MARK_JUDGED;
		return (int)bpf_redirect(pkt->ifindex, 0);
	default: /* the node's own: in again by the interface that it wanted to leave by */
		return (int)bpf_redirect(pkt->ifindex, BPF_F_INGRESS);
	}
}

/* packet_reject - counted as lost, like any other; and the sender is told, if that can be. */
GLOBAL int packet_reject(struct __sk_buff *skb, struct packet *pkt)
{
	bool made;

	if (!pkt)
		return TC_ACT_SHOT;
	packet_drop(pkt, DROP_NO_BACKEND);
	if (pkt->later_fragment || !reject_budget_take())
		return TC_ACT_SHOT;
	if (pkt->protocol != IPPROTO_TCP && pkt->end - pkt->transport < QUOTE_TRANSPORT)
		return TC_ACT_SHOT;
	made = pkt->ethertype == bpf_htons(ETH_P_IP) ? reject_make_v4(skb, pkt) :
						       reject_make_v6(skb, pkt);
	return made ? reject_send_back(skb, pkt) : TC_ACT_SHOT;
}
