/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* gateway - what every pod takes for its router; see byway/endpoint.h. */
#pragma once

#include "byway/endpoint.h"
#include "byway/ip_addr.h"

static const __u8 gateway_mac[MAC_SIZE] = GATEWAY_MAC_BYTES;

static __always_inline struct ip_addr gateway_v6(void)
{
	struct ip_addr addr = { .bytes = GATEWAY_V6_BYTES };

	return addr;
}

static __always_inline __be32 gateway_v4(void)
{
	const __u8 bytes[] = GATEWAY_V4_BYTES;
	__be32 addr;

	__builtin_memcpy(&addr, bytes, sizeof(addr));
	return addr;
}
