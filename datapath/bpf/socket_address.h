/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* socket_address - the address that a process named, read and replaced in a hook's context. */
#pragma once

#include <linux/bpf.h>

#include "byway/ip_addr.h"

struct socket_address {
	struct ip_addr addr;
	__be16 port;
};

/* v6 is the hook's: an IPv6 socket may name an IPv4 address as ::ffff:a.b.c.d, or come by v4. */
static __always_inline struct socket_address socket_address(const struct bpf_sock_addr *ctx,
							    const bool v6)
{
	struct socket_address address = { .port = (__be16)ctx->user_port };

	if (!v6) {
		address.addr = ip_addr_from_v4(ctx->user_ip4);
		return address;
	}
	address.addr.words[0] = ctx->user_ip6[0];
	address.addr.words[1] = ctx->user_ip6[1];
	address.addr.words[2] = ctx->user_ip6[2];
	address.addr.words[3] = ctx->user_ip6[3];
	return address;
}

static __always_inline void socket_address_set(struct bpf_sock_addr *ctx, const bool v6,
					       const struct ip_addr *addr, __be16 port)
{
	ctx->user_port = port;
	if (!v6) {
		ctx->user_ip4 = ip_addr_v4(addr);
		return;
	}
	ctx->user_ip6[0] = addr->words[0];
	ctx->user_ip6[1] = addr->words[1];
	ctx->user_ip6[2] = addr->words[2];
	ctx->user_ip6[3] = addr->words[3];
}
