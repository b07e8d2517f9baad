/* SPDX-License-Identifier: Apache-2.0 */
/* uplinks - what can be told of the interfaces to other nodes and outside. */
#pragma once

#include <cjson/cJSON.h>

#include "agent/config.h"
#include "agent/views/view.h"
#include "byway/route.h"
#include "datapath/attach_kind.h"

/*
 * uplinks_add - to the status: uplinks {list: [{name, ifindex, attach, addresses}], routes{local,
 * cluster}} and from an agent also attach, masquerade, repairs, problems. attach of one is
 * "missing" when a program is. Nothing is added where the datapath is older.
 */
void uplinks_add(cJSON *json, const struct node_view *view);

/* uplinks_visit - fn for each uplink that map uplinks has. name is "" when the interface is gone.
 */
struct uplink_view {
	uint32_t ifindex;
	char name[UPLINK_SIZE];
	enum attach_kind attach; /* ATTACH_AUTO: a program is missing */
	struct uplink uplink;
};
typedef void uplink_view_fn(const struct uplink_view *uplink, void *ctx);
int uplinks_visit(const char *bpf_dir, uplink_view_fn *fn, void *ctx, struct error *err);
