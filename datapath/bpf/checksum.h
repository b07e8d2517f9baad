/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* checksum - the internet checksum (RFC 1071) of something that stands on the stack. */
#pragma once

#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

static __always_inline __u16 checksum_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

/* size is a multiple of 4; the checksum's own field is zero. */
static __always_inline __u16 checksum_of(void *data, __u32 size)
{
	return checksum_fold((__u32)bpf_csum_diff(NULL, 0, data, size, 0));
}

/* The pseudo header stands in the IP header, but for the length. RFC 9293 3.1, RFC 8200 8.1. */
static __always_inline __u16 checksum_with_pseudo_v4(struct iphdr *ip, void *data, __u32 size)
{
	__be32 pseudo[] = { ip->saddr, ip->daddr, bpf_htonl((__u32)ip->protocol << 16 | size) };
	__s64 sum = bpf_csum_diff(NULL, 0, pseudo, sizeof(pseudo), 0);

	return checksum_fold((__u32)bpf_csum_diff(NULL, 0, data, size, (__wsum)sum));
}

static __always_inline __u16 checksum_with_pseudo_v6(struct ipv6hdr *ip, void *data, __u32 size)
{
	__be32 pseudo[2] = { bpf_htonl(size), bpf_htonl(ip->nexthdr) };
	__s64 sum = bpf_csum_diff(NULL, 0, pseudo, sizeof(pseudo), 0);

	sum = bpf_csum_diff(NULL, 0, (__be32 *)&ip->saddr, 32, (__wsum)sum);
	return checksum_fold((__u32)bpf_csum_diff(NULL, 0, data, size, (__wsum)sum));
}
