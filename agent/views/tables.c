/* SPDX-License-Identifier: Apache-2.0 */
/* tables - how full each map of services and connections is. */
#include "agent/views/tables.h"

#include <string.h>

#include "datapath/map_walk.h"
#include "datapath/maps.h"

struct connection_counts {
	uint32_t entries, connections[CT_STATE_COUNT];
};

static int connections_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	const struct conntrack *ct = values;
	struct connection_counts *counts = ctx;

	(void)keys;
	counts->entries += count;
	for (uint32_t i = 0; i < count; i++)
		if (ct[i].state < CT_STATE_COUNT && !(ct[i].flags & CT_REPLY))
			counts->connections[ct[i].state]++;
	return 0;
}

/* The sweep has counted them a moment ago; reading a large map takes long. */
static uint32_t connections_look(const struct node_view *view, uint32_t ret[CT_STATE_COUNT])
{
	const struct sweep_report *sweep = view->services ? view->services->sweep : NULL;
	struct connection_counts counts = {};
	struct error ignored;

	if (!sweep)
		map_walk(view->service_maps->conntrack, connections_take, &counts, &ignored);
	memcpy(ret, sweep ? sweep->connections : counts.connections, sizeof(counts.connections));
	return sweep ? sweep->entries : counts.entries;
}

static void fill_add(struct table_fills *fills, const char *name, int map_fd, size_t entries)
{
	fills->list[fills->count++] =
		(struct table_fill){ name, (uint32_t)entries, map_capacity(map_fd) };
}

/* What the agent has written it need not count. */
static struct compiler_counts counts_look(const struct node_view *view)
{
	const struct service_maps *maps = view->service_maps;

	if (view->services)
		return compiler_count(view->services->reconcile->compiler);
	return (struct compiler_counts){
		.frontends = map_count(maps->services),
		.backends = map_count(maps->backends),
		.maglevs = map_count(maps->maglev),
		.source_ranges = map_count(maps->source_ranges),
	};
}

void tables_look(const struct node_view *view, struct table_fills *ret_fills)
{
	const struct service_maps *maps = view->service_maps;
	struct table_fills fills = {};
	struct compiler_counts counts;

	if (maps) {
		counts = counts_look(view);
		fill_add(&fills, "conntrack", maps->conntrack,
			 connections_look(view, fills.connections));
		fill_add(&fills, "services", maps->services, counts.frontends);
		fill_add(&fills, "backends", maps->backends, counts.backends);
		fill_add(&fills, "maglev", maps->maglev, counts.maglevs);
		fill_add(&fills, "source_ranges", maps->source_ranges, counts.source_ranges);
		fill_add(&fills, "affinity", maps->affinity, map_count(maps->affinity));
		fill_add(&fills, "node_addresses", maps->node_addresses,
			 map_count(maps->node_addresses));
	}
	*ret_fills = fills;
}
