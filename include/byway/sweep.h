/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* sweep - what a walk over the conntrack map found. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/conntrack.h"

/* The context of the program `sweep`, which fills it in. Translated connections count once. */
struct sweep_report {
	__u32 connections[CT_STATE_COUNT]; /* that stay */
	__u32 entries;			   /* of the map, that stay */
	__u32 deleted;			   /* entries */
};
ABI_SIZE(struct sweep_report, 4 * CT_STATE_COUNT + 8);
