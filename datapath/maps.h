/* SPDX-License-Identifier: Apache-2.0 */
/* maps - the pinned maps and programs as user space sees them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "byway/endpoint.h"
#include "byway/ip_addr.h"
#include "byway/metric.h"
#include "epoch.h"

/* Descriptors of what datapath_load() pinned below bpf_dir. */
struct datapath_maps {
	const char *bpf_dir; /* the caller's */
	int endpoints, endpoint_policy, metrics, events;
	int from_pod, to_pod;
	struct epoch epoch;
};

/*
 * datapath_maps_open - open every pin. -ENOENT when the datapath is not loaded. On failure nothing
 * stays open. Free with datapath_maps_close(), which also accepts what was never opened (all -1).
 */
int datapath_maps_open(const char *bpf_dir, struct datapath_maps *ret_maps, struct error *err);
void datapath_maps_close(struct datapath_maps *maps);
#define DATAPATH_MAPS_CLOSED                  \
	{                                     \
		NULL, -1, -1, -1, -1, -1, -1, \
		{                             \
			NULL                  \
		}                             \
	}

/*
 * What changes an endpoint or its policy also advances the epoch, so that every connection is
 * judged again by what is true now.
 */

/* endpoint_lease - insert; -EEXIST when the address is taken, -E2BIG when the map is full. */
int endpoint_lease(const struct datapath_maps *maps, const struct ip_addr *addr,
		   const struct endpoint *ep);
/* endpoint_update - replace the entry of a lease that is the caller's. */
int endpoint_update(const struct datapath_maps *maps, const struct ip_addr *addr,
		    const struct endpoint *ep, struct error *err);
int endpoint_find(const struct datapath_maps *maps, const struct ip_addr *addr,
		  struct endpoint *ret_ep);
void endpoint_release(const struct datapath_maps *maps, const struct ip_addr *addr);

/*
 * endpoint_list - a copy of the whole map, in no order; the caller frees *ret_entries. Entries that
 * come and go meanwhile may or may not be in it.
 */
struct endpoint_entry {
	struct ip_addr addr;
	struct endpoint ep;
};
int endpoint_list(const struct datapath_maps *maps, struct endpoint_entry **ret_entries,
		  size_t *ret_count, struct error *err);

int endpoint_policy_set(const struct datapath_maps *maps, uint32_t ifindex,
			const struct endpoint_policy *policy, struct error *err);
/* endpoint_policy_get - false when there is no entry. */
bool endpoint_policy_get(const struct datapath_maps *maps, uint32_t ifindex,
			 struct endpoint_policy *ret_policy);
void endpoint_policy_delete(const struct datapath_maps *maps, uint32_t ifindex);
/* endpoint_policy_list - the ifindexes that have an entry; the caller frees *ret_ifindexes. */
int endpoint_policy_list(const struct datapath_maps *maps, uint32_t **ret_ifindexes,
			 size_t *ret_count, struct error *err);

/* metrics_read - the sums over all CPUs. */
int metrics_read(const struct datapath_maps *maps, struct metric ret_metrics[METRIC_ENTRIES],
		 struct error *err);

/* How many entries a map may hold; 0 when the kernel does not say. */
uint32_t map_capacity(int map_fd);
