/* SPDX-License-Identifier: Apache-2.0 */
/* config_values - the values that keys take: from JSON of the right type to a member. */
#pragma once

#include "agent/config.h"

struct cJSON;

/*
 * A value_fn gets an item whose JSON type has been checked and the member to fill in; where names
 * the key in errors. The member is untouched on failure.
 */
typedef int value_fn(const struct cJSON *item, const char *where, void *member, struct error *err);

value_fn value_bool;
value_fn value_node_name;	/* char[NODE_NAME_SIZE] */
value_fn value_source_kind;	/* enum source_kind */
value_fn value_routing;		/* enum routing_kind */
value_fn value_socket_services; /* enum socket_services */
value_fn value_attach;		/* enum attach_kind */
value_fn value_dir;		/* struct config_path, absolute */
value_fn value_dir_or_none;	/* the same, or "" */
value_fn value_file_name;	/* char[FILE_NAME_SIZE], a conflist's */
value_fn value_cni_version;	/* char[CNI_VERSION_SIZE] */
value_fn value_ranges;		/* struct config_ranges */
value_fn value_uplinks;		/* struct config_uplinks */
value_fn value_ports;		/* struct port_range */
value_fn value_listen;		/* struct config_listen */
value_fn value_mtu;		/* uint32_t, as the following */
value_fn value_drop_events;
value_fn value_endpoints_max;
value_fn value_map_max; /* 0 = the default */
value_fn value_timeout; /* seconds */
value_fn value_events_bytes;
