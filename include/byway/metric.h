/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* metric - what the datapath counts, by hook: drops by reason, and what became of the rest. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/drop_reason.h"

/* X(NAME, label, sentence): the places where a program of Byway's runs. Only append. */
/* clang-format off */
#define HOOKS(X)                                                               \
	X(FROM_POD, "from_pod", "what a pod sends (ingress of its host-side veth)") \
	X(TO_POD, "to_pod", "what the node's stack delivers to a pod (egress of the veth)")     \
	X(FROM_UPLINK, "from_uplink", "what comes from other nodes and outside (ingress)")      \
	X(TO_UPLINK, "to_uplink", "what the node's stack sends out (egress of an uplink)")

enum hook {
#define X(name, label, text) HOOK_##name,
	HOOKS(X)
#undef X
	HOOK_COUNT
};
/* clang-format on */

/* X(NAME, label, sentence): counters that are not drops. Only append. */
/* clang-format off */
#define COUNTERS(X)                                                                         \
	X(DIRECT, "direct", "went straight into another pod of this node")                  \
	X(STACK, "stack", "handed to the node's network stack")                             \
	X(DELIVERED, "delivered", "delivered to the pod from the node's stack")             \
	X(ANSWERED, "answered", "ARP or neighbour question for the gateway, answered here") \
	X(ABSORBED, "absorbed", "link-scope chatter (MLD, router solicitation, DAD) ended here") \
	X(FORWARDED, "forwarded", "went straight out of an uplink")                         \
	X(PASSED, "passed", "left by an uplink as the node's stack sent it")                \
	X(PORT_TRIES, "port_tries", "source ports tried beyond the first, to translate")
/* clang-format on */

#define METRIC_COUNTERS_BEGIN 32
#define METRIC_SLOTS 64

/* clang-format off */
enum counter {
	COUNTER_BEFORE_FIRST = METRIC_COUNTERS_BEGIN - 1,
#define X(name, label, text) COUNTER_##name,
	COUNTERS(X)
#undef X
	COUNTER_END
};
/* clang-format on */
_Static_assert(COUNTER_END <= METRIC_SLOTS, "METRIC_SLOTS must grow");

/*
 * Map metrics: per-CPU array, index metric_index(hook, drop reason or counter) -> struct metric.
 * Slot 0 of each hook (DROP_NONE) counts drop records that were not sent because the budget of the
 * second was spent or the ring was full. Writer: the datapath.
 */
struct metric {
	__u64 packets;
	__u64 bytes;
};
ABI_SIZE(struct metric, 16);

#define METRIC_EVENTS_LOST 0
#define METRIC_ENTRIES (HOOK_COUNT * METRIC_SLOTS)

static inline __u32 metric_index(enum hook hook, __u32 slot)
{
	return (__u32)hook * METRIC_SLOTS + slot;
}
