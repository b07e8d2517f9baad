/* SPDX-License-Identifier: Apache-2.0 */
/* service_maps - the pinned maps of services and connections, for the agent and the command. */
#pragma once

#include "base/error.h"

/* X(NAME), as bpf/maps.h calls them. */
/* clang-format off */
#define SERVICE_MAPS(X)   \
	X(services)       \
	X(backends)       \
	X(maglev)         \
	X(source_ranges)  \
	X(node_addresses) \
	X(affinity)       \
	X(conntrack)
/* clang-format on */

/* Descriptors. Apart from struct datapath_maps: the plugin needs none of them. */
struct service_maps {
#define X(name) int name;
	SERVICE_MAPS(X)
#undef X
};

#define SERVICE_MAPS_CLOSED                \
	{                                  \
		-1, -1, -1, -1, -1, -1, -1 \
	}
_Static_assert(sizeof(struct service_maps) == 7 * sizeof(int), "SERVICE_MAPS_CLOSED has them all");

/*
 * service_maps_open - every pin below bpf_dir. -ENOENT when the datapath is not loaded, or an older
 * one. On failure nothing stays open. service_maps_close() also accepts what was never opened.
 */
int service_maps_open(const char *bpf_dir, struct service_maps *ret_maps, struct error *err);
void service_maps_close(struct service_maps *maps);
