/* SPDX-License-Identifier: Apache-2.0 */
/* node_addresses - which addresses are the node's own, and which of them serve node ports. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/config.h"
#include "byway/service.h"

struct node_address {
	struct ip_addr addr;
	uint32_t flags; /* enum node_address_flag */
};

/*
 * node_address_judge - false: not one that anybody could reach the node by (a link-local IPv6
 * address needs its interface, a group is nobody's, 0.0.0.0 is none). selected is
 * nodePortAddresses; an empty list selects all.
 */
bool node_address_judge(const struct ip_addr *addr, const struct config_ranges *selected,
			struct node_address *ret_address);

/* node_addresses_diff - wanted false: it must go. Addresses may come in any order, and twice. */
typedef void node_address_fn(const struct node_address *address, bool wanted, void *ctx);
void node_addresses_diff(const struct node_address *held, size_t held_count,
			 const struct node_address *wanted, size_t wanted_count,
			 node_address_fn *fn, void *ctx);
