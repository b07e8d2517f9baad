/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* socket_flow - to whom one socket's datagrams go, and from whom its answers seem to come. Pure. */
#pragma once

#include <stddef.h>

#include "byway/socket.h"

/* The datapath calls these under a lock, where older kernels allow no call. */
#define SOCKET_FLOW_INLINE static inline __attribute__((always_inline))

SOCKET_FLOW_INLINE bool socket_flow_is_to(const struct socket_flow *flow,
					  const struct ip_addr *frontend, __be16 port)
{
	return port && flow->frontend_port == port && ip_addr_equal(&flow->frontend, frontend);
}

SOCKET_FLOW_INLINE bool socket_flow_is_from(const struct socket_flow *flow,
					    const struct ip_addr *backend, __be16 port)
{
	return flow->frontend_port && flow->backend_port == port &&
	       ip_addr_equal(&flow->backend, backend);
}

/* Turns are counted by 32 bits and may begin again. */
SOCKET_FLOW_INLINE bool socket_flow_is_older(const struct socket_flow *a,
					     const struct socket_flow *b)
{
	return (__s32)(a->used - b->used) < 0;
}

/* socket_flow_to - the flow that goes by this frontend, or NULL. */
SOCKET_FLOW_INLINE struct socket_flow *socket_flow_to(struct socket_flows *flows,
						      const struct ip_addr *frontend, __be16 port)
{
	for (int i = 0; i < SOCKET_FLOWS_MAX; i++)
		if (socket_flow_is_to(&flows->flow[i], frontend, port))
			return &flows->flow[i];
	return NULL;
}

/*
 * socket_flow_from - the flow to which an answer of this backend belongs: where two frontends lead
 * to it, the one that was sent to last. NULL when the socket spoke to the backend itself since.
 */
SOCKET_FLOW_INLINE struct socket_flow *socket_flow_from(struct socket_flows *flows,
							const struct ip_addr *backend, __be16 port)
{
	struct socket_flow *last = NULL;

	for (int i = 0; i < SOCKET_FLOWS_MAX; i++) {
		struct socket_flow *flow = &flows->flow[i];

		if (socket_flow_is_from(flow, backend, port) && !flow->direct &&
		    (!last || socket_flow_is_older(last, flow)))
			last = flow;
	}
	return last;
}

/* socket_flows_direct - a datagram goes to this address, which is no service's. */
SOCKET_FLOW_INLINE void socket_flows_direct(struct socket_flows *flows, const struct ip_addr *addr,
					    __be16 port)
{
	for (int i = 0; i < SOCKET_FLOWS_MAX; i++)
		if (socket_flow_is_from(&flows->flow[i], addr, port))
			flows->flow[i].direct = 1;
}

/* socket_flow_use - the socket sends by this flow now. */
SOCKET_FLOW_INLINE void socket_flow_use(struct socket_flows *flows, struct socket_flow *flow)
{
	flow->used = ++flows->turn;
	flow->direct = 0;
}

/* An empty place, or that of the flow which was not sent to for longest. */
SOCKET_FLOW_INLINE struct socket_flow *socket_flow_place(struct socket_flows *flows)
{
	struct socket_flow *oldest = &flows->flow[0];

	for (int i = 0; i < SOCKET_FLOWS_MAX; i++) {
		struct socket_flow *flow = &flows->flow[i];

		if (!flow->frontend_port)
			return flow;
		if (socket_flow_is_older(flow, oldest))
			oldest = flow;
	}
	return oldest;
}

/*
 * socket_flow_keep - remember a flow that was chosen anew, in the place of the one before by that
 * frontend. When another thread has been faster with the same socket, its choice holds, and *flow
 * becomes that.
 */
SOCKET_FLOW_INLINE void socket_flow_keep(struct socket_flows *flows, struct socket_flow *flow)
{
	struct socket_flow *place = socket_flow_to(flows, &flow->frontend, flow->frontend_port);

	if (place && place->epoch == flow->epoch) {
		*flow = *place;
	} else {
		if (!place)
			place = socket_flow_place(flows);
		*place = *flow;
	}
	socket_flow_use(flows, place);
}
