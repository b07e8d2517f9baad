/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* ip_addr - one address type: 16 bytes in network order, IPv4 as ::ffff:a.b.c.d (RFC 4291). */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include "byway/abi.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IP_ADDR_V4_MARK ((__be32)0xffff0000)
#else
#define IP_ADDR_V4_MARK ((__be32)0x0000ffff)
#endif

struct ip_addr {
	union {
		__u8 bytes[16];
		__be32 words[4];
	};
};
ABI_SIZE(struct ip_addr, 16);

static inline struct ip_addr ip_addr_from_v4(__be32 v4)
{
	struct ip_addr addr = { .words = { 0, 0, IP_ADDR_V4_MARK, v4 } };

	return addr;
}

static inline bool ip_addr_is_v4(const struct ip_addr *addr)
{
	return addr->words[0] == 0 && addr->words[1] == 0 && addr->words[2] == IP_ADDR_V4_MARK;
}

static inline __be32 ip_addr_v4(const struct ip_addr *addr)
{
	return addr->words[3];
}

static inline bool ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1] &&
	       a->words[2] == b->words[2] && a->words[3] == b->words[3];
}

/* Multicast of either family and the IPv4 broadcast address: nobody's own address. */
static inline bool ip_addr_is_group(const struct ip_addr *addr)
{
	if (!ip_addr_is_v4(addr))
		return addr->bytes[0] == 0xff;
	return (addr->bytes[12] & 0xf0) == 0xe0 || addr->words[3] == 0xffffffff;
}

/* fe80::/10 (RFC 4291 2.5.6). */
static inline bool ip_addr_is_v6_link_local(const struct ip_addr *addr)
{
	return addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80;
}
