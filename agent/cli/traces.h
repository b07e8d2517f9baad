/* SPDX-License-Identifier: Apache-2.0 */
/* traces - interfaces, routes and pins of Byway's on this node, whoever remembers them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "agent/cli/own_names.h"
#include "base/error.h"
#include "byway/ip_addr.h"

/* A route to one address by such an interface. */
struct trace_route {
	struct ip_addr addr;
	uint32_t ifindex;
};

struct traces {
	struct trace_link *links;
	struct trace_route *routes;
	size_t link_count, route_count;
};

/* traces_find - in this network namespace. Free with traces_done(). */
int traces_find(struct traces *ret_traces, struct error *err);
void traces_done(struct traces *traces);

/* link_delete - an interface, and with it its peer, its routes and its neighbours. */
int link_delete(uint32_t ifindex, struct error *err);
