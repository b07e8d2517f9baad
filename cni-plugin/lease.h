/* SPDX-License-Identifier: Apache-2.0 */
/* lease - addresses out of the ranges: an entry of the endpoints map is the lease. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "byway/ip_text.h"
#include "datapath/maps.h"
#include "datapath/record.h"

struct lease_request {
	const struct ip_prefix *ranges;
	size_t range_count;
	const struct ip_addr *wanted; /* at most one a family */
	size_t wanted_count;
	struct endpoint ep; /* the entry to insert; ep.owner also picks where the search begins */
};

/*
 * lease_take - one address of each family that the ranges have, appended to the record. On failure
 * nothing is leased. CNI_NO_ADDRESS names the family's ranges and their size.
 */
int lease_take(const struct datapath_maps *maps, const struct lease_request *request,
	       struct record *record, struct error *err);

/* lease_insert - the given address and no other; for those that a foreign IPAM chose. */
int lease_insert(const struct datapath_maps *maps, const struct ip_addr *addr,
		 const struct endpoint *ep, struct error *err);

/*
 * lease_release - the entries of this owner: those of the record's addresses, or all by looking.
 * Returns the interface that the last of them led to, 0 when there was none.
 */
uint32_t lease_release(const struct datapath_maps *maps, uint64_t owner,
		       const struct record *record);
