/* SPDX-License-Identifier: Apache-2.0 */
/* map_sizes - how many entries each map has room for. Pure. */
#pragma once

#include <stdint.h>

/* 0 = the default of bpf/maps.h; conntrack and affinity: by the machine's memory. */
struct map_sizes {
	uint32_t conntrack, services, backends, maglev, source_ranges, affinity;
};

/*
 * map_sizes_by_memory - fill in conntrack and affinity where they are 0. The kernel reserves their
 * memory when it makes them: a hundredth of memory_bytes for conntrack, between the bounds below,
 * and one affinity for four connections.
 */
#define CONNTRACK_ENTRY_BYTES 200 /* what the kernel takes for one, measured 192 */
#define CONNTRACK_MIN 65536
#define CONNTRACK_MAX 1048576
void map_sizes_by_memory(struct map_sizes *sizes, uint64_t memory_bytes);
