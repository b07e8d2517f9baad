/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* config - the datapath's settings: frozen into .rodata when the programs are loaded. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"

/*
 * The verifier knows these values, so that a branch on one that is off costs nothing. A change
 * means loading the programs anew.
 */
#define DROP_EVENTS_DEFAULT 100

struct datapath_config {
	__u32 drop_events; /* drop records a CPU sends in a second; 0 = none, drops are only counted
			    */
};
ABI_SIZE(struct datapath_config, 4);
