/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* packet - step 1: what a frame says it is, checked against its length. */
#pragma once

#include <linux/bpf.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "byway/drop_reason.h"
#include "byway/endpoint.h"
#include "byway/ip_addr.h"
#include "byway/metric.h"

#define IP_FRAGMENT_OFFSET 0x1fff /* RFC 791 3.1; in units of 8 bytes */
#define IPV6_FRAGMENT_OFFSET 0xfff8
#define LINEAR_OFFSET_MAX 255
#define IPV6_EXTENSIONS_MAX 8 /* Linux itself never sends more than 5 */

/* ICMPv6 types (RFC 2710, RFC 3810, RFC 4861). */
#define MLD_QUERY 130
#define MLD2_REPORT 143
#define ND_ROUTER_SOLICIT 133
#define ND_NEIGHBOUR_SOLICIT 135
#define ND_NEIGHBOUR_ADVERT 136
#define ND_REDIRECT 137

/* The rest of the chain after us: other programs on the interface, then the stack. */
#define VERDICT_STACK TC_ACT_UNSPEC

struct packet {
	struct __sk_buff *skb;
	enum hook hook;
	struct ip_addr source, target;
	__u32 transport; /* offset of the transport header in the frame */
	__u32 end;	 /* of the IP packet; what lies behind it is padding */
	__be16 ethertype;
	__be16 source_port, target_port; /* TCP, UDP, SCTP; else 0 */
	__u8 protocol;			 /* the transport's, after all extension headers */
	__u8 icmp_type;			 /* ICMP and ICMPv6; else 0 */
	__u8 hop_limit;
	bool later_fragment; /* has no transport header */
	__u8 source_mac[MAC_SIZE];
};

/* Both kinds of fixed extension header begin like this (RFC 8200 4.3, 4.4, 4.6; AH: RFC 4302). */
struct ipv6_extension {
	__u8 next;
	__u8 length;
	__be16 fragment; /* only in a fragment header */
};

/*
 * packet_bytes - size bytes of the frame at offset: where they stand, or copied into buffer when
 * that part of the packet is not linear. NULL when the frame is shorter. For nearly every packet
 * this spares the call of a helper.
 */
static __always_inline const void *packet_bytes(const struct packet *pkt, __u32 offset,
						void *buffer, const __u32 size)
{
	const void *data = (void *)(long)pkt->skb->data;

	/* The verifier wants to see that the sum cannot wrap. */
	if (offset <= LINEAR_OFFSET_MAX && data + offset + size <= (void *)(long)pkt->skb->data_end)
		return data + offset;
	return bpf_skb_load_bytes(pkt->skb, offset, buffer, size) < 0 ? NULL : buffer;
}

static __always_inline __u32 transport_header_size(__u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return 20;
	case IPPROTO_SCTP:
		return 12;
	case IPPROTO_UDP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 8;
	default:
		return 0;
	}
}

static __always_inline enum drop_reason transport_parse(struct packet *pkt)
{
	__u32 size = transport_header_size(pkt->protocol);
	__be16 buffer[2];
	const __be16 *ports;

	if (pkt->later_fragment || !size)
		return DROP_NONE;
	ports = packet_bytes(pkt, pkt->transport, buffer, sizeof(buffer));
	if (!ports || pkt->transport + size > pkt->end)
		return DROP_MALFORMED;

	if (pkt->protocol == IPPROTO_ICMP || pkt->protocol == IPPROTO_ICMPV6) {
		pkt->icmp_type = *(__u8 *)ports;
	} else {
		pkt->source_port = ports[0];
		pkt->target_port = ports[1];
	}
	return DROP_NONE;
}

/*
 * Where the IP packet ends in the frame: size is what its header says. A GSO packet may be longer
 * than 16 bits can say; the kernel leaves the field 0 then ("BIG TCP", since 5.19 for IPv6, 6.3 for
 * IPv4) and the frame's length holds.
 */
static __always_inline enum drop_reason packet_find_end(struct packet *pkt, __u32 header,
							__u32 size, bool unsaid)
{
	__u32 end = unsaid && pkt->skb->gso_size ? pkt->skb->len : ETH_HLEN + size;

	pkt->end = end;
	return end < ETH_HLEN + header || end > pkt->skb->len ? DROP_MALFORMED : DROP_NONE;
}

static __always_inline enum drop_reason ipv4_parse(struct packet *pkt)
{
	enum drop_reason why;
	struct iphdr buffer;
	const struct iphdr *ip = packet_bytes(pkt, ETH_HLEN, &buffer, sizeof(buffer));
	__u32 header;

	if (!ip)
		return DROP_MALFORMED;
	header = ip->ihl * 4;
	if (ip->version != 4 || header < sizeof(*ip))
		return DROP_MALFORMED;
	if ((why = packet_find_end(pkt, header, bpf_ntohs(ip->tot_len), !ip->tot_len)))
		return why;

	pkt->source = ip_addr_from_v4(ip->saddr);
	pkt->target = ip_addr_from_v4(ip->daddr);
	pkt->protocol = ip->protocol;
	pkt->hop_limit = ip->ttl;
	pkt->transport = ETH_HLEN + header;
	pkt->later_fragment = ip->frag_off & bpf_htons(IP_FRAGMENT_OFFSET);
	return transport_parse(pkt);
}

static __always_inline bool ipv6_is_extension(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_DSTOPTS || next == IPPROTO_AH || next == IPPROTO_MH;
}

/* ipv6_extensions_skip - walk the chain from pkt->protocol to the transport header. */
static __always_inline enum drop_reason ipv6_extensions_skip(struct packet *pkt)
{
	struct ipv6_extension header;

	for (int i = 0; i < IPV6_EXTENSIONS_MAX; i++) {
		if (!ipv6_is_extension(pkt->protocol))
			return DROP_NONE;
		if (pkt->transport + 8 > pkt->end ||
		    bpf_skb_load_bytes(pkt->skb, pkt->transport, &header, sizeof(header)) < 0)
			return DROP_MALFORMED;

		if (pkt->protocol == IPPROTO_FRAGMENT) {
			pkt->transport += 8;
			pkt->later_fragment = header.fragment & bpf_htons(IPV6_FRAGMENT_OFFSET);
		} else if (pkt->protocol == IPPROTO_AH) {
			pkt->transport += (header.length + 2) * 4;
		} else {
			pkt->transport += (header.length + 1) * 8;
		}
		pkt->protocol = header.next;
		if (pkt->transport > pkt->end)
			return DROP_MALFORMED;
		if (pkt->later_fragment)
			return DROP_NONE;
	}
	return ipv6_is_extension(pkt->protocol) ? DROP_EXTENSIONS : DROP_NONE;
}

static __always_inline enum drop_reason ipv6_parse(struct packet *pkt)
{
	enum drop_reason why;
	struct ipv6hdr buffer;
	const struct ipv6hdr *ip = packet_bytes(pkt, ETH_HLEN, &buffer, sizeof(buffer));
	__u32 size;

	if (!ip || ip->version != 6)
		return DROP_MALFORMED;
	size = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	if ((why = packet_find_end(pkt, sizeof(*ip), size, !ip->payload_len)))
		return why;

	__builtin_memcpy(&pkt->source, &ip->saddr, sizeof(pkt->source));
	__builtin_memcpy(&pkt->target, &ip->daddr, sizeof(pkt->target));
	/*
	 * Past here ::ffff:a.b.c.d means IPv4: in an IPv6 header it would pass for another
	 * family's.
	 */
	if (ip_addr_is_v4(&pkt->source) || ip_addr_is_v4(&pkt->target))
		return DROP_MALFORMED;
	pkt->protocol = ip->nexthdr;
	pkt->hop_limit = ip->hop_limit;
	pkt->transport = ETH_HLEN + sizeof(*ip);
	if ((why = ipv6_extensions_skip(pkt)))
		return why;
	return transport_parse(pkt);
}

static __always_inline bool packet_is_arp(const struct packet *pkt)
{
	return pkt->ethertype == bpf_htons(ETH_P_ARP);
}

/* packet_parse - fill pkt from skb. ARP is only recognised here; neighbour.h reads it. */
static __always_inline enum drop_reason packet_parse(struct packet *pkt, struct __sk_buff *skb,
						     enum hook hook)
{
	const struct ethhdr *eth = (void *)(long)skb->data;

	pkt->skb = skb;
	pkt->hook = hook;
	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return DROP_MALFORMED;
	/* struct ethhdr is packed, which would mean six loads of a byte. */
	__builtin_memcpy(pkt->source_mac, __builtin_assume_aligned(eth->h_source, 2), MAC_SIZE);
	pkt->ethertype = eth->h_proto;
	if (skb->vlan_present) /* the kernel has taken the tag out of the frame */
		return DROP_ETHERTYPE;

	switch (pkt->ethertype) {
	case bpf_htons(ETH_P_IP):
		return ipv4_parse(pkt);
	case bpf_htons(ETH_P_IPV6):
		return ipv6_parse(pkt);
	case bpf_htons(ETH_P_ARP):
		return DROP_NONE;
	default:
		return DROP_ETHERTYPE;
	}
}
