/* SPDX-License-Identifier: Apache-2.0 */
/* map_sizes - how many entries each map has room for. Pure. */
#include "map_sizes.h"

#define MEMORY_SHARE 100
#define CONNECTIONS_OF_AFFINITY 4

static uint32_t conntrack_for(uint64_t memory_bytes)
{
	uint64_t entries = memory_bytes / MEMORY_SHARE / CONNTRACK_ENTRY_BYTES;

	if (entries < CONNTRACK_MIN)
		return CONNTRACK_MIN;
	return entries > CONNTRACK_MAX ? CONNTRACK_MAX : (uint32_t)entries;
}

void map_sizes_by_memory(struct map_sizes *sizes, uint64_t memory_bytes)
{
	if (!sizes->conntrack)
		sizes->conntrack = conntrack_for(memory_bytes);
	if (!sizes->affinity)
		sizes->affinity = conntrack_for(memory_bytes) / CONNECTIONS_OF_AFFINITY;
}
