/* SPDX-License-Identifier: Apache-2.0 */
/* range - which addresses of a CIDR can be leased (pure). */
#include "range.h"

#include <endian.h>

#define HOST_BITS_MAX 32
#define RESERVED_FRONT 2 /* the network address and the customary gateway */

static unsigned int host_bits(const struct ip_prefix *range)
{
	unsigned int bits = 128 - range->length;

	return bits > HOST_BITS_MAX ? HOST_BITS_MAX : bits;
}

static uint64_t first_offset(const struct ip_prefix *range)
{
	return host_bits(range) < 2 ? 0 : RESERVED_FRONT;
}

uint64_t range_usable(const struct ip_prefix *range)
{
	uint64_t size = 1ULL << host_bits(range);

	if (host_bits(range) < 2)
		return size;
	return size - RESERVED_FRONT - (ip_addr_is_v4(&range->addr) ? 1 : 0);
}

static uint64_t low_half(const struct ip_addr *addr)
{
	uint64_t low;

	memcpy(&low, addr->bytes + 8, sizeof(low));
	return be64toh(low);
}

struct ip_addr range_address(const struct ip_prefix *range, uint64_t n)
{
	struct ip_addr addr = range->addr;
	uint64_t low = htobe64(low_half(&addr) + first_offset(range) + n);

	memcpy(addr.bytes + 8, &low, sizeof(low));
	return addr;
}

bool range_offers(const struct ip_prefix *range, const struct ip_addr *addr)
{
	uint64_t offset = low_half(addr) - low_half(&range->addr);

	/* Of a range wider than /64 only the first /64 is used: the upper halves are equal. */
	return !memcmp(addr->bytes, range->addr.bytes, 8) && ip_prefix_contains(range, addr) &&
	       offset >= first_offset(range) && offset - first_offset(range) < range_usable(range);
}
