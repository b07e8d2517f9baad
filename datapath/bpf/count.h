/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* count - one more packet in the metrics map. */
#pragma once

#include "maps.h"
#include "packet.h"

static __always_inline void packet_count(const struct packet *pkt, __u32 slot)
{
	__u32 index = metric_index(pkt->hook, slot);
	struct metric *metric = bpf_map_lookup_elem(&metrics, &index);

	/* Per CPU, and a tc program is not interrupted by another one on its CPU: no atomics. */
	if (metric) {
		metric->packets++;
		metric->bytes += pkt->length;
	}
}

static __always_inline int packet_to_stack(const struct packet *pkt)
{
	packet_count(pkt, COUNTER_STACK);
	return VERDICT_STACK;
}
