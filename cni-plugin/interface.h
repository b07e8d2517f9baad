/* SPDX-License-Identifier: Apache-2.0 */
/* interface - a pod's veth pair: made, addressed, looked at and deleted by rtnetlink. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "datapath/record.h"
#include "netlink.h"

/*
 * The record says what the interface shall be (names, MAC, MTU, addresses). host is a socket in the
 * node's namespace, netns a descriptor of the pod's.
 */

/*
 * interface_create - both ends, still down; fills in record->ifindex. -EEXIST when either name is
 * taken, and then nothing was made.
 */
int interface_create(struct netlink *host, int netns, struct record *record, struct error *err);

/*
 * interface_host_up - the node's end: up, with a route and a permanent neighbour for each address.
 */
int interface_host_up(struct netlink *host, const struct record *record, struct error *err);

/*
 * interface_pod_up - the pod's end: up, addresses, gateway, default routes. Enters the pod's
 * namespace and comes back; when it cannot come back that is the error, and host still works.
 */
int interface_pod_up(int netns, const struct record *record, struct error *err);

/* interface_delete - the pair, by the host side's name; success when there is none. */
int interface_delete(struct netlink *host, const char *host_ifname, struct error *err);

/*
 * interface_check - what CHECK wants to know of the pod's end: up, MAC is not compared, addresses
 * and routes.
 */
int interface_check(int netns, const char *ifname, const struct ip_addr *addresses, size_t count,
		    struct error *err);

/* interface_alias - "byway:<containerID>/<ifname>": how people and GC know whose it is. */
#define ALIAS_SIZE 256
void interface_alias(const struct record *record, char ret_alias[ALIAS_SIZE]);

/* interface_for_each - every interface of this namespace whose alias begins with ALIAS_PREFIX. */
typedef void interface_fn(const char *ifname, const char *alias, void *ctx);
int interface_for_each(struct netlink *host, interface_fn *fn, void *ctx, struct error *err);
