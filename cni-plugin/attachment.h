/* SPDX-License-Identifier: Apache-2.0 */
/* attachment - what every verb needs of one (container, interface), and how it is taken away. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "datapath/maps.h"
#include "datapath/record.h"
#include "environment.h"
#include "netconf.h"
#include "netlink.h"

struct attachment {
	const struct environment *env;
	const struct netconf *conf;
	int lock;
	struct datapath_maps maps; /* all -1 where the datapath is not loaded */
	struct netlink host;
	uint64_t owner;
	char host_ifname[IFNAME_MAX];
};

/*
 * attachment_open - the shared lock, a netlink socket in the node's namespace, and the maps if they
 * are there (maps_err then says why not; it may be NULL). attachment_close() takes whatever this
 * left.
 */
int attachment_open(struct attachment *ret_at, const struct environment *env,
		    const struct netconf *conf, struct error *maps_err, struct error *err);
void attachment_close(struct attachment *at);
bool attachment_has_maps(const struct attachment *at);

/*
 * attachment_clear - take away whatever belongs to the owner: interface (and with it its routes and
 * neighbours), map entries, link pins. record may be NULL: then by looking. What is gone already is
 * fine; all steps are tried, and the first failure is returned.
 */
int attachment_clear(struct attachment *at, uint64_t owner, const struct record *record,
		     struct error *err);
