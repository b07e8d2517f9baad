/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* neighbour - ARP and neighbour discovery: the gateway answers, the rest of the link is silent. */
#pragma once

#include "checksum.h"
#include "count.h"
#include "drop.h"
#include "endpoint_check.h"
#include "gateway.h"
#include "link_scope.h"

/*
 * The plugin gives pods permanent neighbours, so these questions are rare: arping, a flushed
 * neighbour table, a guest behind the pod's interface.
 */

#define ARP_HARDWARE_ETHERNET 1
#define ARP_REQUEST 1
#define ARP_REPLY 2
#define ND_OPTION_TARGET_MAC 2
#define ND_FLAGS_ROUTER_SOLICITED_OVERRIDE bpf_htonl(0xe0000000) /* RFC 4861 4.4 */

struct arp_packet { /* RFC 826, for Ethernet and IPv4 */
	__be16 hardware, protocol;
	__u8 hardware_size, protocol_size;
	__be16 operation;
	__u8 sender_mac[MAC_SIZE];
	__be32 sender;
	__u8 target_mac[MAC_SIZE];
	__be32 target;
} __attribute__((packed));

struct nd_packet { /* RFC 4861 4.3 and 4.4 with one link-layer address option */
	__u8 type, code;
	__be16 checksum;
	__be32 flags;
	struct ip_addr target;
	__u8 option, option_length;
	__u8 mac[MAC_SIZE];
};

/* The answer goes back into the pod it came from, without passing to_pod. */
static __always_inline int neighbour_send_back(struct __sk_buff *skb, struct packet *pkt)
{
	bpf_skb_change_type(skb, 0 /* PACKET_HOST: the question may have been a broadcast */);
	packet_count(pkt, COUNTER_ANSWERED);
	return (int)bpf_redirect_peer(pkt->ifindex, 0);
}

static __always_inline int arp_send_answer(struct __sk_buff *skb, struct packet *pkt,
					   struct arp_packet *arp)
{
	struct ethhdr eth = { .h_source = GATEWAY_MAC_BYTES, .h_proto = bpf_htons(ETH_P_ARP) };

	__builtin_memcpy(eth.h_dest, arp->sender_mac, MAC_SIZE);
	arp->operation = bpf_htons(ARP_REPLY);
	__builtin_memcpy(arp->target_mac, arp->sender_mac, MAC_SIZE);
	arp->target = arp->sender;
	__builtin_memcpy(arp->sender_mac, gateway_mac, MAC_SIZE);
	arp->sender = gateway_v4();
	if (bpf_skb_store_bytes(skb, 0, &eth, sizeof(eth), 0) < 0 ||
	    bpf_skb_store_bytes(skb, ETH_HLEN, arp, sizeof(*arp), 0) < 0)
		return packet_drop(pkt, DROP_REWRITE);
	return neighbour_send_back(skb, pkt);
}

static __always_inline bool arp_is_sound(const struct arp_packet *arp)
{
	return arp->hardware == bpf_htons(ARP_HARDWARE_ETHERNET) &&
	       arp->protocol == bpf_htons(ETH_P_IP) && arp->hardware_size == MAC_SIZE &&
	       arp->protocol_size == sizeof(arp->sender);
}

/* arp_handle - the whole life of an ARP packet that a pod sent. */
static __noinline int arp_handle(struct __sk_buff *skb, struct packet *pkt)
{
	struct arp_packet arp;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &arp, sizeof(arp)) < 0)
		return packet_drop(pkt, DROP_MALFORMED);
	pkt->source = ip_addr_from_v4(arp.sender ?: arp.target); /* a probe (RFC 5227) has no sender
								  */
	pkt->target = ip_addr_from_v4(arp.target);
	if (!arp_is_sound(&arp) || source_check(pkt) || !mac_equal(arp.sender_mac, pkt->source_mac))
		return packet_drop(pkt, DROP_ARP);

	if (arp.operation == bpf_htons(ARP_REPLY) && arp.sender)
		return packet_to_stack(pkt); /* the node asked: its own entry was taken away */
	if (arp.operation != bpf_htons(ARP_REQUEST))
		return packet_drop(pkt, DROP_ARP);
	if (arp.target == gateway_v4() && arp.sender)
		return arp_send_answer(skb, pkt, &arp);
	if (!arp.sender || arp.sender == arp.target)
		return packet_absorb(pkt);
	return packet_drop(pkt, DROP_ARP);
}

/* What stands in an answer after the Ethernet header. */
struct nd_answer {
	struct ipv6hdr ip;
	struct nd_packet nd;
};

static __always_inline int nd_send_answer(struct __sk_buff *skb, struct packet *pkt)
{
	struct ethhdr eth = { .h_source = GATEWAY_MAC_BYTES, .h_proto = bpf_htons(ETH_P_IPV6) };
	struct nd_answer answer = {
		.ip = { .version = 6,
			.payload_len = bpf_htons(sizeof(struct nd_packet)),
			.nexthdr = IPPROTO_ICMPV6,
			.hop_limit = 255 },
		.nd = { .type = ND_NEIGHBOUR_ADVERT,
			.flags = ND_FLAGS_ROUTER_SOLICITED_OVERRIDE,
			.target = { .bytes = GATEWAY_V6_BYTES },
			.option = ND_OPTION_TARGET_MAC,
			.option_length = 1,
			.mac = GATEWAY_MAC_BYTES },
	};

	__builtin_memcpy(eth.h_dest, pkt->source_mac, MAC_SIZE);
	__builtin_memcpy(&answer.ip.saddr, &answer.nd.target, sizeof(answer.ip.saddr));
	__builtin_memcpy(&answer.ip.daddr, &pkt->source, sizeof(answer.ip.daddr));
	answer.nd.checksum = checksum_with_pseudo_v6(&answer.ip, &answer.nd, sizeof(answer.nd));
	if (bpf_skb_change_tail(skb, sizeof(eth) + sizeof(answer), 0) < 0 ||
	    bpf_skb_store_bytes(skb, 0, &eth, sizeof(eth), 0) < 0 ||
	    bpf_skb_store_bytes(skb, sizeof(eth), &answer, sizeof(answer), 0) < 0)
		return packet_drop(pkt, DROP_REWRITE);
	return neighbour_send_back(skb, pkt);
}

/* To the node, which asks as the gateway when its own entry was taken away. */
static __always_inline bool nd_is_answer(const struct packet *pkt)
{
	struct ip_addr gateway = gateway_v6();

	return pkt->protocol == IPPROTO_ICMPV6 && pkt->icmp_type == ND_NEIGHBOUR_ADVERT &&
	       ip_addr_equal(&pkt->target, &gateway);
}

/* nd_handle - the whole life of a packet for which packet_is_link_scope() holds. */
static __noinline int nd_handle(struct __sk_buff *skb, struct packet *pkt)
{
	struct ip_addr gateway = gateway_v6();
	struct ip_addr nobody = {};
	enum drop_reason why;
	struct ip_addr asked;

	if (packet_is_link_chatter(pkt))
		return packet_absorb(pkt);
	if (nd_is_answer(pkt))
		return (why = source_check(pkt)) ? packet_drop(pkt, why) : packet_to_stack(pkt);
	if (pkt->protocol != IPPROTO_ICMPV6 || pkt->icmp_type != ND_NEIGHBOUR_SOLICIT)
		return packet_drop(pkt, DROP_LINK_LOCAL);
	/* RFC 4861 7.1.1: from further away than the link it is a forgery. */
	if (pkt->hop_limit != 255 || pkt->transport + 8 + sizeof(asked) > pkt->end ||
	    bpf_skb_load_bytes(skb, pkt->transport + 8, &asked, sizeof(asked)) < 0)
		return packet_drop(pkt, DROP_MALFORMED);
	if (!ip_addr_equal(&asked, &gateway) || ip_addr_equal(&pkt->source, &nobody))
		return packet_absorb(pkt);
	return nd_send_answer(skb, pkt);
}
