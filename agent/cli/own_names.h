/* SPDX-License-Identifier: Apache-2.0 */
/* own_names - by what an interface and a pin of ours are known. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "datapath/record.h"

/*
 * A host-side veth whose name and alias say the same: "veth" + hash,
 * "byway:<containerID>/<ifname>".
 */
struct trace_link {
	uint32_t ifindex;
	char name[IFNAME_MAX];
	char container_id[CONTAINER_ID_MAX + 1];
	char ifname[IFNAME_MAX]; /* the pod's side */
	uint64_t owner;
};

/*
 * link_is_byways - name and alias belong together: nobody has that by chance. alias may be NULL;
 * the interface's index is left for the caller.
 */
bool link_is_byways(const char *name, const char *alias, struct trace_link *ret_link);

/* pin_name_parse - a link's pin, "veth0123456789a_ingress", to its interface's name; else false. */
bool pin_name_parse(const char *file, char ret_ifname[IFNAME_MAX]);

/*
 * map_pin_is_ours - also of other layouts ("_v2"), and what a load that was killed left ("_new").
 */
bool map_pin_is_ours(const char *name);
bool program_pin_is_ours(const char *name);
/* socket_pin_is_ours - the link of a hook on sockets. */
bool socket_pin_is_ours(const char *name);
