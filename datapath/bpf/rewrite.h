/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rewrite - other addresses and ports for a packet, with every checksum that covers them. */
#pragma once

#include "conntrack.h"
#include "packet.h"

/* Where the transport's checksum is, from its header on; 0: it has none that we can mend. */
static __always_inline __u32 checksum_offset(__u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
		return 6;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 2;
	default:
		return 0;
	}
}

static __always_inline bool protocol_has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

/*
 * The sum that covers addresses (the pseudo header) is in the packet also when the device is still
 * to add the rest (CHECKSUM_PARTIAL); the sum over ports is not. The helper knows, when told which
 * it is. A UDP checksum of 0 means none, and stays.
 */
static __always_inline bool transport_checksum_add(struct __sk_buff *skb, const struct packet *pkt,
						   __s64 diff, __u64 flags)
{
	__u32 offset = checksum_offset(pkt->protocol);

	if (!offset || pkt->later_fragment)
		return true;
	if (pkt->protocol == IPPROTO_UDP)
		flags |= BPF_F_MARK_MANGLED_0;
	return bpf_l4_csum_replace(skb, pkt->transport + offset, 0, (__u64)diff, flags) == 0;
}

/* What changes in a sum when addresses a and b become those of the tuple. */
static __always_inline __s64 addresses_diff_v4(const struct ip_addr *a, const struct ip_addr *b,
					       const struct ct_tuple *to)
{
	__s64 diff = bpf_csum_diff((__be32 *)&a->words[3], 4, (__be32 *)&to->source.words[3], 4, 0);

	return bpf_csum_diff((__be32 *)&b->words[3], 4, (__be32 *)&to->target.words[3], 4,
			     (__wsum)diff);
}

static __always_inline __s64 addresses_diff_v6(const struct ip_addr *a, const struct ip_addr *b,
					       const struct ct_tuple *to)
{
	__s64 diff = bpf_csum_diff((__be32 *)a->words, 16, (__be32 *)to->source.words, 16, 0);

	return bpf_csum_diff((__be32 *)b->words, 16, (__be32 *)to->target.words, 16, (__wsum)diff);
}

/* The tuple's addresses into the IP header at that offset, and their sum into its checksum. */
static __always_inline bool addresses_store_v4(struct __sk_buff *skb, __u32 ip,
					       const struct ct_tuple *to, __s64 diff)
{
	return bpf_skb_store_bytes(skb, ip + 12, &to->source.words[3], 4, 0) == 0 &&
	       bpf_skb_store_bytes(skb, ip + 16, &to->target.words[3], 4, 0) == 0 &&
	       bpf_l3_csum_replace(skb, ip + 10, 0, (__u64)diff, 0) == 0;
}

static __always_inline bool addresses_store_v6(struct __sk_buff *skb, __u32 ip,
					       const struct ct_tuple *to)
{
	return bpf_skb_store_bytes(skb, ip + 8, &to->source, 16, 0) == 0 &&
	       bpf_skb_store_bytes(skb, ip + 24, &to->target, 16, 0) == 0;
}

static __always_inline bool addresses_rewrite_v4(struct __sk_buff *skb, const struct packet *pkt,
						 const struct ct_tuple *to)
{
	__s64 diff = addresses_diff_v4(&pkt->source, &pkt->target, to);

	return addresses_store_v4(skb, ETH_HLEN, to, diff) &&
	       (pkt->protocol == IPPROTO_ICMP ||
		transport_checksum_add(skb, pkt, diff, BPF_F_PSEUDO_HDR));
}

static __always_inline bool addresses_rewrite_v6(struct __sk_buff *skb, const struct packet *pkt,
						 const struct ct_tuple *to)
{
	__s64 diff = addresses_diff_v6(&pkt->source, &pkt->target, to);

	if (!addresses_store_v6(skb, ETH_HLEN, to) ||
	    !transport_checksum_add(skb, pkt, diff, BPF_F_PSEUDO_HDR))
		return false;
	/*
	 * Where the device has summed up the packet (CHECKSUM_COMPLETE), that helper takes the
	 * difference out of its sum, as if an IPv4 header's checksum had taken it up. Here it must
	 * stay. Kernels from 6.16 on can be told (BPF_F_IPV6); to all others nothing is done.
	 */
	bpf_csum_update(skb, (__wsum)diff);
	return true;
}

static __always_inline bool ports_rewrite(struct __sk_buff *skb, const struct packet *pkt,
					  const struct ct_tuple *to)
{
	__be16 was[2] = { pkt->source_port, pkt->target_port };
	__be16 now[2] = { to->source_port, to->target_port };
	__s64 diff;

	if (was[0] == now[0] && was[1] == now[1])
		return true;
	diff = bpf_csum_diff((__be32 *)was, sizeof(was), (__be32 *)now, sizeof(now), 0);
	return transport_checksum_add(skb, pkt, diff, 0) &&
	       bpf_skb_store_bytes(skb, pkt->transport, now, sizeof(now), 0) == 0;
}

/* An echo's identifier does what ports do; both are the same in the tuple. */
static __always_inline bool echo_rewrite(struct __sk_buff *skb, const struct packet *pkt,
					 const struct ct_tuple *to)
{
	__be16 was[2] = { pkt->echo, 0 }, now[2] = { to->source_port, 0 };
	__s64 diff;

	if (was[0] == now[0])
		return true;
	diff = bpf_csum_diff((__be32 *)was, sizeof(was), (__be32 *)now, sizeof(now), 0);
	return transport_checksum_add(skb, pkt, diff, 0) &&
	       bpf_skb_store_bytes(skb, pkt->transport + 4, now, sizeof(*now), 0) == 0;
}

/*
 * packet_rewrite - the packet gets the addresses and ports of the tuple. Its parts that are said
 * twice (pkt and the frame) stay in step. SCTP's checksum is a CRC over the whole packet, which
 * cannot be mended here: its ports must stay (the caller sees to it).
 */
static __noinline bool packet_rewrite(struct __sk_buff *skb, struct packet *pkt,
				      const struct ct_tuple *to)
{
	bool v4 = pkt->ethertype == bpf_htons(ETH_P_IP);

	if (!(v4 ? addresses_rewrite_v4(skb, pkt, to) : addresses_rewrite_v6(skb, pkt, to)))
		return false;
	pkt->source = to->source;
	pkt->target = to->target;
	if (pkt->later_fragment)
		return true;
	if (pkt->echo) {
		if (!echo_rewrite(skb, pkt, to))
			return false;
		pkt->echo = to->source_port;
	} else if (protocol_has_ports(pkt->protocol)) {
		if (!ports_rewrite(skb, pkt, to))
			return false;
		pkt->source_port = to->source_port;
		pkt->target_port = to->target_port;
	}
	return true;
}
