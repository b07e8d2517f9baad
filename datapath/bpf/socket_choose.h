/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* socket_choose - whether an address is a service's, and the backend that a socket gets. */
#pragma once

#include <linux/in.h>

#include "service_pick.h"
#include "socket_address.h"

/* A service that changes while it is read is read again. */
#define CHOOSE_TRIES 2

enum choice {
	CHOICE_NONE, /* no service, or not for sockets: the address stays as it is */
	CHOICE_FLOW,
	CHOICE_REFUSED, /* nobody serves it anywhere */
};

static __always_inline __u32 epoch_now(void)
{
	__u32 zero = 0;
	const volatile __u32 *now = bpf_map_lookup_elem(&epoch, &zero);

	return now ? *now : 0;
}

static __always_inline void flow_fill(struct socket_flow *flow, const struct service *service,
				      const struct picked *picked)
{
	flow->backend = picked->backend.addr;
	flow->backend_port = picked->backend.port;
	flow->service = service->id;
	flow->slot = picked->slot;
	flow->set = picked->set;
	flow->used = 0;
	flow->direct = 0;
}

/* flow_choose - a new flow to the frontend that *flow names. */
static __noinline enum choice flow_choose(struct bpf_sock_addr *ctx, struct socket_flow *flow)
{
	__u64 netns = bpf_get_netns_cookie(ctx);
	bool of_node = netns == config.node_netns;
	struct ip_addr client = affinity_client_of_netns(netns);
	struct service service;
	struct picked picked;

	if (config.host_sockets_only && !of_node)
		return CHOICE_NONE;
	flow->epoch = epoch_now(); /* before the maps are read: what changes then is seen later */
	for (int i = 0; i < CHOOSE_TRIES; i++) {
		if (!service_find(&flow->frontend, flow->frontend_port, (__u8)ctx->protocol,
				  of_node ? 0 : NODE_ADDRESS_LOOPBACK, &service))
			return CHOICE_NONE;
		if (backend_choose(&service, &service.inside, &client, bpf_get_prandom_u32(),
				   &picked)) {
			flow_fill(flow, &service, &picked);
			return CHOICE_FLOW;
		}
		if (!service.inside.slots)
			return service.inside.no_backend == NO_BACKEND_REJECT ? CHOICE_REFUSED :
										CHOICE_NONE;
	}
	return CHOICE_NONE;
}

/*
 * flow_holds - the backend may go on being used: it serves, or nobody does. Brings flow->epoch up
 * to date in the first case.
 */
static __noinline bool flow_holds(struct socket_flow *flow)
{
	__u32 now = epoch_now();
	struct service service;

	if (flow->epoch == now)
		return true;
	if (!service_find(&flow->frontend, flow->frontend_port, IPPROTO_UDP, 0, &service))
		return false;
	if (service.id == flow->service &&
	    backend_still_serves(flow->service, flow->set, flow->slot, &flow->backend,
				 flow->backend_port)) {
		flow->epoch = now;
		return true;
	}
	return !service.inside.slots;
}
