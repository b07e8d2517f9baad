/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* socket_remember - a socket's flows in its storage: kept, found again, forgotten. */
#pragma once

#include <linux/in.h>

#include "datapath/logic/socket_flow.h"
#include "maps.h"
#include "socket_address.h"

/* --- connected sockets ------------------------------------------------------------------------ */

static __always_inline bool tcp_peer_keep(struct bpf_sock_addr *ctx, const struct socket_flow *flow)
{
	struct socket_flow *kept =
		bpf_sk_storage_get(&tcp_peers, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (kept)
		*kept = *flow;
	return kept;
}

static __always_inline bool udp_peer_keep(struct bpf_sock_addr *ctx, const struct socket_flow *flow)
{
	struct socket_peer *kept =
		bpf_sk_storage_get(&udp_peers, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!kept)
		return false;
	kept->netns = bpf_get_netns_cookie(ctx);
	kept->socket = bpf_get_socket_cookie(ctx);
	kept->flow = *flow;
	return true;
}

static __always_inline bool peer_keep(struct bpf_sock_addr *ctx, const struct socket_flow *flow)
{
	return ctx->protocol == IPPROTO_TCP ? tcp_peer_keep(ctx, flow) : udp_peer_keep(ctx, flow);
}

static __always_inline void peer_forget(struct bpf_sock_addr *ctx)
{
	if (ctx->protocol == IPPROTO_TCP)
		bpf_sk_storage_delete(&tcp_peers, ctx->sk);
	else
		bpf_sk_storage_delete(&udp_peers, ctx->sk);
}

/* peer_find - the flow by which the socket was connected, or NULL. */
static __always_inline const struct socket_flow *peer_find(struct bpf_sock_addr *ctx)
{
	const struct socket_peer *peer;

	if (ctx->protocol == IPPROTO_TCP)
		return bpf_sk_storage_get(&tcp_peers, ctx->sk, 0, 0);
	peer = bpf_sk_storage_get(&udp_peers, ctx->sk, 0, 0);
	return peer ? &peer->flow : NULL;
}

/*
 * connected_peer_find - as peer_find, for datagrams. A UDP socket may be disconnected again
 * (connect to AF_UNSPEC), which no hook tells of.
 */
static __always_inline const struct socket_flow *connected_peer_find(struct bpf_sock_addr *ctx)
{
	return ctx->sk->state == BPF_TCP_ESTABLISHED ? peer_find(ctx) : NULL;
}

/* --- datagrams -------------------------------------------------------------------------------- */

static __always_inline struct locked_socket_flows *flows_find(struct bpf_sock_addr *ctx)
{
	return bpf_sk_storage_get(&udp_flows, ctx->sk, 0, 0);
}

/* flows_use - the flow by which the socket sends to this frontend, from now on its last. */
static __always_inline bool flows_use(struct locked_socket_flows *kept,
				      const struct socket_address *to, struct socket_flow *ret_flow)
{
	struct socket_flow *flow;

	bpf_spin_lock(&kept->lock);
	flow = socket_flow_to(&kept->flows, &to->addr, to->port);
	if (flow) {
		socket_flow_use(&kept->flows, flow);
		*ret_flow = *flow;
	}
	bpf_spin_unlock(&kept->lock);
	return flow;
}

/* flows_keep - what was chosen, or what another thread has chosen meanwhile for the same socket. */
static __always_inline bool flows_keep(struct bpf_sock_addr *ctx, struct socket_flow *flow)
{
	struct locked_socket_flows *kept =
		bpf_sk_storage_get(&udp_flows, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!kept)
		return false;
	bpf_spin_lock(&kept->lock);
	socket_flow_keep(&kept->flows, flow);
	bpf_spin_unlock(&kept->lock);
	return true;
}

/* flows_direct - the socket speaks to this address itself: so its answers are not a service's. */
static __always_inline void flows_direct(struct locked_socket_flows *kept,
					 const struct socket_address *to)
{
	bpf_spin_lock(&kept->lock);
	socket_flows_direct(&kept->flows, &to->addr, to->port);
	bpf_spin_unlock(&kept->lock);
}

/* flows_answer - as which frontend an answer of this backend is to be shown. */
static __always_inline bool flows_answer(struct locked_socket_flows *kept,
					 const struct socket_address *from,
					 struct socket_address *ret_frontend)
{
	const struct socket_flow *flow;

	bpf_spin_lock(&kept->lock);
	flow = socket_flow_from(&kept->flows, &from->addr, from->port);
	if (flow) {
		ret_frontend->addr = flow->frontend;
		ret_frontend->port = flow->frontend_port;
	}
	bpf_spin_unlock(&kept->lock);
	return flow;
}
