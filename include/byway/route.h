/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* route - what addresses are to this node, and the interfaces by which it reaches others. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/ip_addr.h"

/*
 * Map routes: struct route_key -> struct route, the longest prefix counts. What no entry covers is
 * the world. Writer: the agent.
 */
enum route_kind {
	ROUTE_WORLD,   /* pods speak to it with the node's address, where masquerade is on */
	ROUTE_CLUSTER, /* nonMasqueradeCIDRs: sees a pod's own address */
	ROUTE_LOCAL,   /* this node's pod ranges: an address without endpoint is nobody's */
};

struct route_key {
	__u32 prefix; /* 0 to 128, as all addresses have 16 bytes */
	struct ip_addr addr;
};
ABI_SIZE(struct route_key, 20);

struct route {
	__u8 kind; /* enum route_kind */
	__u8 pad[3];
};
ABI_SIZE(struct route, 4);

/*
 * Map uplinks: __u32 ifindex -> struct uplink. The addresses by which the node is seen out of that
 * interface; all zero where it has none of the family. Writer: the agent.
 */
struct uplink {
	struct ip_addr v4, v6;
};
ABI_SIZE(struct uplink, 32);
