/* SPDX-License-Identifier: Apache-2.0 */
/* slots - what a counter is called, and which verdict goes with it. */
#include <linux/pkt_cls.h>
#include <stdint.h>

#include "packet/slots.h"

const char *slot_name(uint32_t slot)
{
	static const char *const names[METRIC_SLOTS] = { [METRIC_EVENTS_LOST] = "events lost",
#define X(name, label, text) [DROP_##name] = label,
							 DROP_REASONS(X)
#undef X
#define X(name, label, text) [COUNTER_##name] = label,
								 COUNTERS(X)
#undef X
	};

	return names[slot] ? names[slot] : "unknown";
}

uint32_t slot_verdict(enum hook hook, uint32_t slot)
{
	switch (slot) {
	case COUNTER_DIRECT:
	case COUNTER_ANSWERED:
	case COUNTER_FORWARDED:
		return TC_ACT_REDIRECT;
	case COUNTER_DELIVERED:
		return hook == HOOK_TO_POD ? (uint32_t)TC_ACT_UNSPEC : TC_ACT_REDIRECT;
	case COUNTER_STACK:
	case COUNTER_PASSED:
		return (uint32_t)TC_ACT_UNSPEC;
	default:
		return TC_ACT_SHOT;
	}
}
