/* SPDX-License-Identifier: Apache-2.0 */
/* network_messages - from rtnetlink's messages to facts. */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>

#include "agent/uplink_pick.h"

/* Each is false for what is cut off, or of a family that is none of ours. */
bool link_message_read(struct nlmsghdr *header, struct link_fact *ret_link);
bool address_message_read(struct nlmsghdr *header, struct address_fact *ret_address);
bool route_message_read(struct nlmsghdr *header, struct route_fact *ret_route);

/* default_message_read - fn for each next hop of a default route; other routes have none. */
typedef void default_fn(const struct default_fact *fact, void *ctx);
void default_message_read(struct nlmsghdr *header, default_fn *fn, void *ctx);
