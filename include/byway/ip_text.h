/* SPDX-License-Identifier: Apache-2.0 */
/* ip_text - addresses and prefixes from text and back, for user space. */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byway/ip_addr.h"

#define IP_TEXT_SIZE INET6_ADDRSTRLEN
#define PREFIX_TEXT_SIZE (INET6_ADDRSTRLEN + 4)
#define MAC_TEXT_SIZE 18

/* A prefix's length counts the 128 bits of the one address type: an IPv4 /24 is 120. */
#define IPV4_PREFIX_BASE 96

struct ip_prefix {
	struct ip_addr addr;
	unsigned int length;
};

struct ip_text {
	char text[IP_TEXT_SIZE];
};

struct prefix_text {
	char text[PREFIX_TEXT_SIZE];
};

struct mac_text {
	char text[MAC_TEXT_SIZE];
};

/* ip_addr_parse - "10.0.0.1" or "fd00::1"; nothing before or after it. */
static inline bool ip_addr_parse(const char *text, struct ip_addr *ret_addr)
{
	struct ip_addr addr;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		*ret_addr = ip_addr_from_v4(v4.s_addr);
		return true;
	}
	if (inet_pton(AF_INET6, text, addr.bytes) != 1)
		return false;
	*ret_addr = addr;
	return true;
}

static inline struct ip_text ip_addr_text(const struct ip_addr *addr)
{
	struct ip_text out;

	if (ip_addr_is_v4(addr))
		inet_ntop(AF_INET, &addr->words[3], out.text, sizeof(out.text));
	else
		inet_ntop(AF_INET6, addr->bytes, out.text, sizeof(out.text));
	return out;
}

/*
 * ip_prefix_parse - "10.0.0.0/24"; the address may have bits behind the prefix (see
 * ip_prefix_is_canonical). IPv4-mapped IPv6 text is refused: its length would mean two things.
 */
static inline bool ip_prefix_parse(const char *text, struct ip_prefix *ret_prefix)
{
	char address[IP_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	struct ip_prefix prefix;
	unsigned long length;
	char *end;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (!ip_addr_parse(address, &prefix.addr) || slash[1] < '0' || slash[1] > '9')
		return false;
	if (ip_addr_is_v4(&prefix.addr) && strchr(address, ':'))
		return false;

	length = strtoul(slash + 1, &end, 10);
	if (*end || length > (ip_addr_is_v4(&prefix.addr) ? 32 : 128))
		return false;
	prefix.length = (unsigned int)length + (ip_addr_is_v4(&prefix.addr) ? IPV4_PREFIX_BASE : 0);
	*ret_prefix = prefix;
	return true;
}

static inline struct prefix_text ip_prefix_text(const struct ip_prefix *prefix)
{
	struct prefix_text out;

	snprintf(out.text, sizeof(out.text), "%s/%u", ip_addr_text(&prefix->addr).text,
		 ip_addr_is_v4(&prefix->addr) ? prefix->length - IPV4_PREFIX_BASE : prefix->length);
	return out;
}

/* ip_prefix_first - the address with every bit behind the prefix cleared. */
static inline struct ip_addr ip_prefix_first(const struct ip_prefix *prefix)
{
	struct ip_addr addr = prefix->addr;

	for (unsigned int bit = prefix->length; bit < 128; bit++)
		addr.bytes[bit / 8] &= (__u8) ~(0x80 >> (bit % 8));
	return addr;
}

static inline bool ip_prefix_is_canonical(const struct ip_prefix *prefix)
{
	struct ip_addr first = ip_prefix_first(prefix);

	return ip_addr_equal(&first, &prefix->addr);
}

static inline bool ip_prefix_contains(const struct ip_prefix *prefix, const struct ip_addr *addr)
{
	struct ip_prefix other = { *addr, prefix->length };
	struct ip_addr a = ip_prefix_first(prefix), b = ip_prefix_first(&other);

	return ip_addr_is_v4(&prefix->addr) == ip_addr_is_v4(addr) && ip_addr_equal(&a, &b);
}

static inline bool ip_prefix_overlaps(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return ip_prefix_contains(a, &b->addr) || ip_prefix_contains(b, &a->addr);
}

/* mac_parse - six pairs of hex digits with colons; nothing else. */
static inline bool mac_parse(const char *text, __u8 ret_mac[6])
{
	unsigned int part[6];
	int used = 0;

	if (strlen(text) != 17 || strspn(text, "0123456789abcdefABCDEF:") != 17 ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &part[0], &part[1], &part[2], &part[3],
		   &part[4], &part[5], &used) != 6 ||
	    used != 17)
		return false;
	for (int i = 0; i < 6; i++)
		ret_mac[i] = (__u8)part[i];
	return true;
}

static inline struct mac_text mac_text(const __u8 mac[6])
{
	struct mac_text out;

	snprintf(out.text, sizeof(out.text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
	return out;
}
