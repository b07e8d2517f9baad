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
#define IP_MORE_FRAGMENTS 0x2000
#define IPV6_FRAGMENT_OFFSET 0xfff8
#define IPV6_FRAGMENT_BITS 0xfff9 /* offset, or more to come; neither: an atomic one (RFC 6946) */
#define LINEAR_OFFSET_MAX 255
#define TCP_HEADER_READ 14    /* to the flags */
#define IPV6_EXTENSIONS_MAX 8 /* Linux itself never sends more than 5 */

/* ICMP types (RFC 792). */
#define ICMP_ECHOREPLY 0
#define ICMP_ECHO 8

/* ICMPv6 types (RFC 2710, RFC 3810, RFC 4861). */
#define MLD_QUERY 130
#define MLD2_REPORT 143
#define ND_ROUTER_SOLICIT 133
#define ND_NEIGHBOUR_SOLICIT 135
#define ND_NEIGHBOUR_ADVERT 136
#define ND_REDIRECT 137

/* The rest of the chain after us: other programs on the interface, then the stack. */
#define VERDICT_STACK TC_ACT_UNSPEC

/*
 * A function that the verifier looks at once, by itself, and not again for each way that leads to
 * it. It is told nothing of its arguments: pointers may be NULL there, which they never are. Weak,
 * as each hook's object has it and the linker keeps one.
 */
#define GLOBAL __weak __noinline

struct packet {
	enum hook hook;
	__u32 ifindex; /* where the packet is seen */
	__u32 length;  /* of the frame */
	struct ip_addr source, target;
	__u32 transport; /* offset of the transport header in the frame */
	__u32 end;	 /* of the IP packet; what lies behind it is padding */
	__be16 ethertype;
	__be16 source_port, target_port; /* TCP, UDP, SCTP; else 0 */
	__u8 protocol;			 /* the transport's, after all extension headers */
	__be16 echo;			 /* identifier of an ICMP echo or its answer; else 0 */
	__u8 icmp_type;			 /* ICMP and ICMPv6; else 0 */
	__u8 tcp_flags;			 /* TCP; else 0 */
	__u8 hop_limit;
	bool fragment;	     /* one part of a packet that was cut up */
	bool later_fragment; /* not the first: has no transport header */
	bool orphan;	     /* and the first was not seen: its ports are unknown */
	__be32 fragment_id;
	__u8 source_mac[MAC_SIZE];
};

/* Both kinds of fixed extension header begin like this (RFC 8200 4.3, 4.4, 4.6; AH: RFC 4302). */
struct ipv6_extension {
	__u8 next;
	__u8 length;
	__be16 fragment; /* only in a fragment header, as what follows */
	__be32 id;
};

/*
 * packet_bytes - size bytes of the frame at offset: where they stand, or copied into buffer when
 * that part of the packet is not linear. NULL when the frame is shorter. For nearly every packet
 * this spares the call of a helper.
 */
static __always_inline const void *packet_bytes(const struct __sk_buff *skb, __u32 offset,
						void *buffer, const __u32 size)
{
	const void *data = (void *)(long)skb->data;

	/* The verifier wants to see that the sum cannot wrap. */
	if (offset <= LINEAR_OFFSET_MAX && data + offset + size <= (void *)(long)skb->data_end)
		return data + offset;
	return bpf_skb_load_bytes(skb, offset, buffer, size) < 0 ? NULL : buffer;
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

/* RFC 792, RFC 4443 4.1 and 4.2. */
static __always_inline bool icmp_is_echo(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_ICMP ?
		       pkt->icmp_type == ICMP_ECHO || pkt->icmp_type == ICMP_ECHOREPLY :
		       pkt->icmp_type == ICMPV6_ECHO_REQUEST || pkt->icmp_type == ICMPV6_ECHO_REPLY;
}

static __always_inline enum drop_reason tcp_parse(struct __sk_buff *skb, struct packet *pkt)
{
	__u8 buffer[TCP_HEADER_READ];
	const __be16 *header = packet_bytes(skb, pkt->transport, buffer, sizeof(buffer));

	if (!header)
		return DROP_MALFORMED;
	pkt->source_port = header[0];
	pkt->target_port = header[1];
	pkt->tcp_flags = ((const __u8 *)header)[13];
	return DROP_NONE;
}

static __always_inline enum drop_reason transport_parse(struct __sk_buff *skb, struct packet *pkt)
{
	__u32 size = transport_header_size(pkt->protocol);
	__be16 buffer[4];
	const __be16 *header;

	if (pkt->later_fragment || !size)
		return DROP_NONE;
	if (pkt->transport + size > pkt->end)
		return DROP_MALFORMED;
	if (pkt->protocol == IPPROTO_TCP)
		return tcp_parse(skb, pkt);
	header = packet_bytes(skb, pkt->transport, buffer, sizeof(buffer));
	if (!header)
		return DROP_MALFORMED;

	if (pkt->protocol == IPPROTO_ICMP || pkt->protocol == IPPROTO_ICMPV6) {
		pkt->icmp_type = *(const __u8 *)header;
		pkt->echo = icmp_is_echo(pkt) ? header[2] : 0;
		return DROP_NONE;
	}
	pkt->source_port = header[0];
	pkt->target_port = header[1];
	return DROP_NONE;
}

/*
 * Where the IP packet ends in the frame: size is what its header says. A GSO packet may be longer
 * than 16 bits can say; the kernel leaves the field 0 then ("BIG TCP", since 5.19 for IPv6, 6.3 for
 * IPv4) and the frame's length holds.
 */
static __always_inline enum drop_reason packet_find_end(struct __sk_buff *skb, struct packet *pkt,
							__u32 header, __u32 size, bool unsaid)
{
	__u32 end = unsaid && skb->gso_size ? skb->len : ETH_HLEN + size;

	pkt->end = end;
	return end < ETH_HLEN + header || end > skb->len ? DROP_MALFORMED : DROP_NONE;
}

static __always_inline enum drop_reason ipv4_parse(struct __sk_buff *skb, struct packet *pkt)
{
	enum drop_reason why;
	struct iphdr buffer;
	const struct iphdr *ip = packet_bytes(skb, ETH_HLEN, &buffer, sizeof(buffer));
	__u32 header;

	if (!ip)
		return DROP_MALFORMED;
	header = ip->ihl * 4;
	if (ip->version != 4 || header < sizeof(*ip))
		return DROP_MALFORMED;
	if ((why = packet_find_end(skb, pkt, header, bpf_ntohs(ip->tot_len), !ip->tot_len)))
		return why;

	pkt->source = ip_addr_from_v4(ip->saddr);
	pkt->target = ip_addr_from_v4(ip->daddr);
	pkt->protocol = ip->protocol;
	pkt->hop_limit = ip->ttl;
	pkt->transport = ETH_HLEN + header;
	pkt->fragment = ip->frag_off & bpf_htons(IP_FRAGMENT_OFFSET | IP_MORE_FRAGMENTS);
	pkt->later_fragment = ip->frag_off & bpf_htons(IP_FRAGMENT_OFFSET);
	pkt->fragment_id = ip->id;
	return transport_parse(skb, pkt);
}

static __always_inline bool ipv6_is_extension(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_DSTOPTS || next == IPPROTO_AH || next == IPPROTO_MH;
}

/* ipv6_extensions_skip - walk the chain from pkt->protocol to the transport header. */
GLOBAL enum drop_reason ipv6_extensions_skip(struct __sk_buff *skb, struct packet *pkt)
{
	struct ipv6_extension header;

	if (!pkt)
		return DROP_MALFORMED;
	for (int i = 0; i < IPV6_EXTENSIONS_MAX; i++) {
		if (!ipv6_is_extension(pkt->protocol))
			return DROP_NONE;
		if (pkt->transport + 8 > pkt->end ||
		    bpf_skb_load_bytes(skb, pkt->transport, &header, sizeof(header)) < 0)
			return DROP_MALFORMED;

		if (pkt->protocol == IPPROTO_FRAGMENT) {
			pkt->transport += 8;
			pkt->fragment = header.fragment & bpf_htons(IPV6_FRAGMENT_BITS);
			pkt->later_fragment = header.fragment & bpf_htons(IPV6_FRAGMENT_OFFSET);
			pkt->fragment_id = header.id;
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

static __always_inline enum drop_reason ipv6_parse(struct __sk_buff *skb, struct packet *pkt)
{
	enum drop_reason why;
	struct ipv6hdr buffer;
	const struct ipv6hdr *ip = packet_bytes(skb, ETH_HLEN, &buffer, sizeof(buffer));
	__u32 size;

	if (!ip || ip->version != 6)
		return DROP_MALFORMED;
	size = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	if ((why = packet_find_end(skb, pkt, sizeof(*ip), size, !ip->payload_len)))
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
	if (ipv6_is_extension(pkt->protocol) && (why = ipv6_extensions_skip(skb, pkt)))
		return why;
	return transport_parse(skb, pkt);
}

static __always_inline bool packet_is_arp(const struct packet *pkt)
{
	return pkt->ethertype == bpf_htons(ETH_P_ARP);
}

/* packet_parse - fill pkt from skb. ARP is only recognised here; neighbour.h reads it. */
static __always_inline enum drop_reason packet_parse(struct __sk_buff *skb, struct packet *pkt,
						     enum hook hook)
{
	const struct ethhdr *eth = (void *)(long)skb->data;

	pkt->ifindex = skb->ifindex;
	pkt->length = skb->len;
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
		return ipv4_parse(skb, pkt);
	case bpf_htons(ETH_P_IPV6):
		return ipv6_parse(skb, pkt);
	case bpf_htons(ETH_P_ARP):
		return DROP_NONE;
	default:
		return DROP_ETHERTYPE;
	}
}
