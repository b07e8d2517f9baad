/* SPDX-License-Identifier: Apache-2.0 */
/* node_addresses - which addresses are the node's own, and which of them serve node ports. Pure. */
#include "agent/node_addresses.h"

static bool is_loopback(const struct ip_addr *addr)
{
	static const struct ip_addr v6 = { .bytes = { [15] = 1 } };

	/* RFC 1122 3.2.1.3, RFC 4291 2.5.3 */
	return ip_addr_is_v4(addr) ? addr->bytes[12] == 127 : ip_addr_equal(addr, &v6);
}

static bool is_unspecified(const struct ip_addr *addr)
{
	static const struct ip_addr v6;

	return ip_addr_is_v4(addr) ? addr->words[3] == 0 : ip_addr_equal(addr, &v6);
}

static bool is_selected(const struct ip_addr *addr, const struct config_ranges *selected)
{
	for (size_t i = 0; i < selected->count; i++)
		if (ip_prefix_contains(&selected->items[i], addr))
			return true;
	return selected->count == 0;
}

bool node_address_judge(const struct ip_addr *addr, const struct config_ranges *selected,
			struct node_address *ret_address)
{
	if (is_unspecified(addr) || ip_addr_is_group(addr) || ip_addr_is_v6_link_local(addr))
		return false;
	*ret_address = (struct node_address){ .addr = *addr };
	if (is_selected(addr, selected))
		ret_address->flags |= NODE_ADDRESS_NODE_PORTS;
	if (is_loopback(addr))
		ret_address->flags |= NODE_ADDRESS_LOOPBACK;
	return true;
}

static const struct node_address *address_find(const struct node_address *list, size_t count,
					       const struct ip_addr *addr)
{
	for (size_t i = 0; i < count; i++)
		if (ip_addr_equal(&list[i].addr, addr))
			return &list[i];
	return NULL;
}

/* A node has tens of addresses: two loops cost nothing. */
void node_addresses_diff(const struct node_address *held, size_t held_count,
			 const struct node_address *wanted, size_t wanted_count,
			 node_address_fn *fn, void *ctx)
{
	for (size_t i = 0; i < wanted_count; i++) {
		const struct node_address *old = address_find(held, held_count, &wanted[i].addr);

		if (address_find(wanted, i, &wanted[i].addr))
			continue; /* the same on another interface */
		if (!old || old->flags != wanted[i].flags)
			fn(&wanted[i], true, ctx);
	}
	for (size_t i = 0; i < held_count; i++)
		if (!address_find(wanted, wanted_count, &held[i].addr))
			fn(&held[i], false, ctx);
}
