/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* event - the records that the datapath sends to user space through the ring buffer. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/endpoint.h"
#include "byway/ip_addr.h"

/* Every record begins with its kind, so that readers can skip kinds they do not know. */
enum event_kind {
	EVENT_DROP = 1,
};

/* A packet that was lost. Addresses and ports are zero when the packet was too short to tell. */
struct drop_event {
	__u32 kind;
	__u32 ifindex; /* of the host-side veth */
	__u64 time_ns; /* CLOCK_MONOTONIC */
	struct ip_addr source, target;
	__be16 source_port, target_port; /* zero for other than TCP, UDP and SCTP */
	__be16 ethertype;
	__u8 protocol; /* IPPROTO_*, the transport's */
	__u8 hook;     /* enum hook */
	__u32 length;  /* of the frame, in bytes */
	__u8 reason;   /* enum drop_reason */
	__u8 source_mac[MAC_SIZE];
	__u8 pad[5];
};
ABI_SIZE(struct drop_event, 72);
