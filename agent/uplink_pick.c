/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_pick - which interfaces are uplinks, and by which addresses the node is seen there. Pure.
 */
#include "agent/uplink_pick.h"

#include <fnmatch.h>
#include <string.h>

const struct uplink_entry *uplink_find(const struct uplink_list *list, uint32_t ifindex)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].ifindex == ifindex)
			return &list->items[i];
	return NULL;
}

bool uplink_name_matches(const struct config_uplinks *config, const char *name)
{
	for (size_t i = 0; i < config->count; i++)
		if (fnmatch(config->items[i], name, 0) == 0)
			return true;
	return false;
}

static bool has_default(const struct uplink_facts *facts, uint32_t ifindex)
{
	for (size_t i = 0; i < facts->default_count; i++)
		if (facts->defaults[i].ifindex == ifindex)
			return true;
	return false;
}

/* The name has to be the same: an index can be given to another interface. */
static bool was_uplink(const struct uplink_list *held, const struct link_fact *link)
{
	const struct uplink_entry *entry = uplink_find(held, link->ifindex);

	return entry && !strcmp(entry->name, link->name);
}

static bool link_is_uplink(const struct config_uplinks *config, const struct uplink_facts *facts,
			   const struct uplink_list *held, const struct link_fact *link)
{
	if (link->loopback || link->pod || !link->ethernet)
		return false;
	if (config->count)
		return uplink_name_matches(config, link->name);
	return has_default(facts, link->ifindex) || (!link->up && was_uplink(held, link));
}

static const struct ip_addr *address_of_link(const struct uplink_facts *facts, uint32_t ifindex,
					     bool v4, const struct ip_addr *favourite)
{
	const struct ip_addr *first = NULL;

	for (size_t i = 0; i < facts->address_count; i++) {
		const struct address_fact *fact = &facts->addresses[i];

		if (fact->ifindex != ifindex || !fact->global || !fact->usable ||
		    ip_addr_is_v4(&fact->addr) != v4)
			continue;
		if (favourite && ip_addr_equal(&fact->addr, favourite))
			return favourite;
		first = first ? first : &fact->addr;
	}
	return first;
}

static bool address_is_none(const struct ip_addr *addr)
{
	static const struct ip_addr none;

	return ip_addr_equal(addr, &none);
}

/* The route that the kernel prefers comes first. */
static const struct ip_addr *address_of_route(const struct uplink_facts *facts, uint32_t ifindex,
					      bool v4)
{
	const struct default_fact *best = NULL;

	for (size_t i = 0; i < facts->default_count; i++) {
		const struct default_fact *fact = &facts->defaults[i];

		if (fact->ifindex == ifindex && fact->v4 == v4 &&
		    !address_is_none(&fact->preferred) && (!best || fact->metric < best->metric))
			best = fact;
	}
	return best ? &best->preferred : NULL;
}

static const struct ip_addr *address_of_loopback(const struct uplink_facts *facts, bool v4)
{
	const struct ip_addr *addr = NULL;

	for (size_t i = 0; i < facts->link_count && !addr; i++)
		if (facts->links[i].loopback)
			addr = address_of_link(facts, facts->links[i].ifindex, v4, NULL);
	return addr;
}

static struct ip_addr address_pick(const struct uplink_facts *facts, uint32_t ifindex, bool v4,
				   const struct ip_addr *favourite)
{
	const struct ip_addr *addr = address_of_link(facts, ifindex, v4, favourite);

	if (!addr)
		addr = address_of_route(facts, ifindex, v4);
	if (!addr)
		addr = address_of_loopback(facts, v4);
	return addr ? *addr : (struct ip_addr){};
}

static void uplink_add(struct uplink_list *list, const struct uplink_facts *facts,
		       const struct uplink_list *held, const struct link_fact *link)
{
	const struct uplink_entry *before = uplink_find(held, link->ifindex);
	struct uplink_entry *entry;

	if (list->count == UPLINK_ENTRIES_MAX) {
		list->left_out++;
		return;
	}
	entry = &list->items[list->count++];
	*entry = (struct uplink_entry){ .ifindex = link->ifindex };
	memcpy(entry->name, link->name, sizeof(entry->name));
	entry->uplink.v4 =
		address_pick(facts, link->ifindex, true, before ? &before->uplink.v4 : NULL);
	entry->uplink.v6 =
		address_pick(facts, link->ifindex, false, before ? &before->uplink.v6 : NULL);
}

void uplinks_pick(const struct config_uplinks *config, const struct uplink_facts *facts,
		  const struct uplink_list *held, struct uplink_list *ret_list)
{
	struct uplink_list list = {};

	for (size_t i = 0; i < facts->link_count; i++)
		if (link_is_uplink(config, facts, held, &facts->links[i]))
			uplink_add(&list, facts, held, &facts->links[i]);
	*ret_list = list;
}

bool route_matters(const struct route_fact *route, const struct uplink_list *uplinks)
{
	if (route->prefix == 0 || (route->ifindex && uplink_find(uplinks, route->ifindex)))
		return true;
	if (!route->forwards || ip_addr_is_group(&route->target) ||
	    ip_addr_is_v6_link_local(&route->target))
		return false;
	return route->prefix != (route->v4 ? 32 : 128);
}
