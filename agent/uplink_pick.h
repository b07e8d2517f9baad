/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_pick - which interfaces are uplinks, and by which addresses the node is seen there. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/config.h"
#include "byway/route.h"

#define UPLINK_ENTRIES_MAX 64 /* as bpf/maps.h has it */

struct link_fact {
	uint32_t ifindex;
	char name[UPLINK_SIZE];
	bool up;       /* administratively, and with a carrier */
	bool ethernet; /* its frames have Ethernet headers */
	bool loopback;
	bool pod; /* our end of a pod's pair */
};

struct address_fact {
	uint32_t ifindex;
	struct ip_addr addr;
	bool global; /* scope */
	bool usable; /* not temporary, deprecated or tentative, nor an IPv4 address that is
			secondary */
};

/* A default route, once for each of its next hops. */
struct default_fact {
	uint32_t ifindex;
	bool v4;
	uint32_t metric;
	struct ip_addr preferred; /* source; zero: it names none */
};

/* In the order in which the kernel lists them. */
struct uplink_facts {
	struct link_fact *links;
	struct address_fact *addresses;
	struct default_fact *defaults;
	size_t link_count, address_count, default_count;
};

/* An uplink, and what map uplinks holds of it. */
struct uplink_entry {
	uint32_t ifindex;
	char name[UPLINK_SIZE];
	struct uplink uplink;
};

struct uplink_list {
	struct uplink_entry items[UPLINK_ENTRIES_MAX];
	size_t count;
	size_t left_out; /* beyond UPLINK_ENTRIES_MAX */
};

/*
 * uplinks_pick - by the names and patterns of the configuration; without any, the interfaces that
 * default routes leave by. held is what was picked before (may be empty): an interface that is down
 * stays an uplink although its routes are gone, and an address stays the node's as long as it is
 * usable, whatever comes beside it. Loopback, pods' interfaces and those without Ethernet frames
 * are never uplinks.
 */
void uplinks_pick(const struct config_uplinks *config, const struct uplink_facts *facts,
		  const struct uplink_list *held, struct uplink_list *ret_list);

/* uplink_find - NULL when the list has it not. */
const struct uplink_entry *uplink_find(const struct uplink_list *list, uint32_t ifindex);

/* uplink_name_matches - one of the configured names or patterns. */
bool uplink_name_matches(const struct config_uplinks *config, const char *name);

/* A route that came or went, as far as it matters here. */
struct route_fact {
	uint32_t ifindex; /* 0: several next hops, or none */
	struct ip_addr target;
	unsigned int prefix; /* its length, of 32 or 128 */
	bool v4;
	bool forwards; /* no entry of the kernel's own, such as local and multicast ones */
};

/*
 * route_matters - connections may have to take another way: anything but routes to one address by
 * what is no uplink, which is how pods are reached, and what belongs to one link.
 */
bool route_matters(const struct route_fact *route, const struct uplink_list *uplinks);
