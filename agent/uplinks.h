/* SPDX-License-Identifier: Apache-2.0 */
/* uplinks - the hands that keep map uplinks and the programs on uplinks as the network is. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/uplink_pick.h"
#include "agent/uplinks_facts.h"
#include "base/error.h"
#include "datapath/attach_kind.h"
#include "datapath/epoch.h"
#include "datapath/route_maps.h"

struct uplinks {
	const struct config_uplinks *config;
	const char *bpf_dir;
	const struct route_maps *maps;
	const struct epoch *epoch;
	enum attach_kind attach;
	struct uplink_list list; /* that are in place */
	struct uplinks_facts facts;
	struct error problem;
	bool none_said;
};

/*
 * uplinks_init - embedded in the caller's; what it is given stays the caller's. ATTACH_AUTO means
 * tcx where the kernel has it: an uplink lives long and others attach to it too, so that the cost
 * of making a link does not count and its safety does (see datapath/README.md).
 */
void uplinks_init(struct uplinks *uplinks, const struct config_uplinks *config, const char *bpf_dir,
		  const struct route_maps *maps, const struct epoch *epoch,
		  enum attach_kind attach);

enum uplinks_why {
	UPLINKS_RENEW, /* the programs are new: each is exchanged */
	UPLINKS_MOVED, /* links, addresses or routes changed */
	UPLINKS_CHECK, /* perhaps nothing did */
};

/*
 * uplinks_bring_in_line - look, pick, attach, detach, write; errors are logged once and kept for
 * views. Programs that somebody took off are attached again.
 */
void uplinks_bring_in_line(struct uplinks *uplinks, enum uplinks_why why);

/* Does a change concern uplinks? Pods' interfaces and routes come and go all the time. */
bool uplinks_want_link(const struct uplinks *uplinks, const struct link_fact *link);
bool uplinks_want_address(const struct uplinks *uplinks, const struct address_fact *address);
bool uplinks_want_route(const struct uplinks *uplinks, const struct route_fact *route);
