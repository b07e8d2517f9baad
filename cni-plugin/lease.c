/* SPDX-License-Identifier: Apache-2.0 */
/* lease - addresses out of the ranges: an entry of the endpoints map is the lease. */
#include "lease.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "cni_error.h"
#include "range.h"

static int lease_failed(const struct datapath_maps *maps, const struct ip_addr *addr, int rc,
			struct error *err)
{
	if (rc == -EEXIST)
		return error_say(err, CNI_NO_ADDRESS, "address %s is in use by another pod",
				 ip_addr_text(addr).text);
	if (rc == -E2BIG)
		return error_say(err, CNI_NO_ADDRESS,
				 "the endpoints map is full (%u addresses); the agent's setting "
				 "maps.endpoints makes it larger",
				 map_capacity(maps->endpoints));
	return error_set(err, rc, "lease %s", ip_addr_text(addr).text);
}

int lease_insert(const struct datapath_maps *maps, const struct ip_addr *addr,
		 const struct endpoint *ep, struct error *err)
{
	int rc = endpoint_lease(maps, addr, ep);

	return rc ? lease_failed(maps, addr, rc, err) : 0;
}

/*
 * The search begins where the owner's hash says and goes round once: parallel ADDs seldom meet, and
 * an address is not given out again at once. Returns -EEXIST when the whole range is taken.
 */
static int range_search(const struct datapath_maps *maps, const struct ip_prefix *range,
			const struct endpoint *ep, struct ip_addr *ret_addr)
{
	uint64_t usable = range_usable(range);

	for (uint64_t i = 0; i < usable; i++) {
		struct ip_addr addr = range_address(range, (ep->owner % usable + i) % usable);
		int rc = endpoint_lease(maps, &addr, ep);

		if (rc == -EEXIST)
			continue;
		*ret_addr = addr;
		return rc;
	}
	return -EEXIST;
}

static int used_up(const struct lease_request *request, bool v4, struct error *err)
{
	char names[256] = "";
	uint64_t usable = 0;

	for (size_t i = 0; i < request->range_count; i++) {
		size_t used = strlen(names);

		if (ip_addr_is_v4(&request->ranges[i].addr) != v4)
			continue;
		usable += range_usable(&request->ranges[i]);
		snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
			 ip_prefix_text(&request->ranges[i]).text);
	}
	return error_say(err, CNI_NO_ADDRESS, "no free address: all %llu of %s are leased",
			 (unsigned long long)usable, names);
}

static int family_search(const struct datapath_maps *maps, const struct lease_request *request,
			 bool v4, struct ip_addr *ret_addr, struct error *err)
{
	bool any = false;

	for (size_t i = 0; i < request->range_count; i++) {
		const struct ip_prefix *range = &request->ranges[i];
		int rc;

		if (ip_addr_is_v4(&range->addr) != v4)
			continue;
		any = true;
		rc = range_search(maps, range, &request->ep, ret_addr);
		if (rc != -EEXIST)
			return rc ? lease_failed(maps, ret_addr, rc, err) : 0;
	}
	return any ? used_up(request, v4, err) : -ENOENT;
}

static int family_wanted(const struct datapath_maps *maps, const struct lease_request *request,
			 const struct ip_addr *wanted, struct error *err)
{
	for (size_t i = 0; i < request->range_count; i++)
		if (range_offers(&request->ranges[i], wanted))
			return lease_insert(maps, wanted, &request->ep, err);
	return error_say(
		err, CNI_CONFIG,
		"runtimeConfig.ips: %s is outside of this node's ranges, or reserved in them",
		ip_addr_text(wanted).text);
}

/* Returns -ENOENT when no range is of this family. */
static int family_take(const struct datapath_maps *maps, const struct lease_request *request,
		       bool v4, struct ip_addr *ret_addr, struct error *err)
{
	for (size_t i = 0; i < request->wanted_count; i++) {
		if (ip_addr_is_v4(&request->wanted[i]) != v4)
			continue;
		*ret_addr = request->wanted[i];
		return family_wanted(maps, request, ret_addr, err);
	}
	return family_search(maps, request, v4, ret_addr, err);
}

int lease_take(const struct datapath_maps *maps, const struct lease_request *request,
	       struct record *record, struct error *err)
{
	static const bool families[] = { true, false };
	size_t before = record->address_count;

	for (size_t i = 0; i < 2; i++) {
		struct ip_addr addr;
		int rc = family_take(maps, request, families[i], &addr, err);

		if (rc == -ENOENT)
			continue;
		if (rc) {
			lease_release(maps, request->ep.owner, record);
			record->address_count = before;
			return rc;
		}
		record->addresses[record->address_count++] = addr;
	}
	return 0;
}

static void release_if_owned(const struct datapath_maps *maps, uint64_t owner,
			     const struct ip_addr *addr, uint32_t *ifindex)
{
	struct endpoint ep;

	if (endpoint_find(maps, addr, &ep) || ep.owner != owner)
		return;
	*ifindex = ep.ifindex;
	endpoint_release(maps, addr);
}

uint32_t lease_release(const struct datapath_maps *maps, uint64_t owner,
		       const struct record *record)
{
	struct endpoint_entry *entries = NULL;
	struct error ignored;
	uint32_t ifindex = 0;
	size_t count = 0;

	if (record) {
		for (size_t i = 0; i < record->address_count; i++)
			release_if_owned(maps, owner, &record->addresses[i], &ifindex);
		return ifindex;
	}
	if (endpoint_list(maps, &entries, &count, &ignored))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (entries[i].ep.owner == owner)
			release_if_owned(maps, owner, &entries[i].addr, &ifindex);
	free(entries);
	return ifindex;
}
