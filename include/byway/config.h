/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* config - the datapath's settings: frozen into .rodata when the programs are loaded. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/conntrack.h"

/*
 * The verifier knows these values, so that a branch on one that is off costs nothing. A change
 * means loading the programs anew.
 */
#define DROP_EVENTS_DEFAULT 100

struct datapath_config {
	__u32 drop_events; /* drop records a CPU sends in a second; 0 = none, drops are only counted
			    */
	__u32 masquerade;  /* pods speak to the world with the node's address; 0 = no */
	__u32 timeout_ticks[CT_STATE_COUNT]; /* how long a connection may be idle, by its state */
	__u32 host_sockets_only; /* 1: sockets of pods leave services to the packets' programs */
	__u16 local_ports_first; /* the node's ip_local_port_range */
	__u16 local_ports_last;
	__u64 node_netns; /* the cookie of the node's own network namespace */
};
ABI_SIZE(struct datapath_config, 48);
