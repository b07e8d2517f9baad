/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* socket - service to backend where a process names an address, and back where it asks for one. */
#include <linux/errno.h>

#include "socket_choose.h"
#include "socket_remember.h"

#define ALLOW 1
#define REFUSE 0

static __always_inline int socket_refuse(void)
{
	bpf_set_retval(-ECONNREFUSED);
	return REFUSE;
}

static __always_inline struct socket_flow flow_to(const struct socket_address *frontend)
{
	struct socket_flow flow = { .frontend = frontend->addr, .frontend_port = frontend->port };

	return flow;
}

/* Connected to what is no service's: whatever the socket remembers of such an address is over. */
static __always_inline int connect_direct(struct bpf_sock_addr *ctx,
					  const struct socket_address *to)
{
	struct locked_socket_flows *flows;

	peer_forget(ctx);
	if (ctx->protocol == IPPROTO_UDP && (flows = flows_find(ctx)))
		flows_direct(flows, to);
	return ALLOW;
}

/* A socket that cannot remember leaves the service to the packets' programs. */
static __always_inline int socket_connect(struct bpf_sock_addr *ctx, const bool v6)
{
	struct socket_address to = socket_address(ctx, v6);
	struct socket_flow flow = flow_to(&to);
	enum choice choice;

	if (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_UDP)
		return ALLOW;
	choice = flow_choose(ctx, &flow);
	if (choice == CHOICE_REFUSED)
		return socket_refuse();
	if (choice == CHOICE_NONE || !peer_keep(ctx, &flow))
		return connect_direct(ctx, &to);
	socket_address_set(ctx, v6, &flow.backend, flow.backend_port);
	return ALLOW;
}

/* A datagram to a service that the socket has not sent to before, or whose backend is gone. */
static __always_inline int datagram_begin(struct bpf_sock_addr *ctx, const bool v6,
					  const struct socket_address *to,
					  struct locked_socket_flows *flows)
{
	struct socket_flow flow = flow_to(to);
	enum choice choice = flow_choose(ctx, &flow);

	if (choice == CHOICE_REFUSED)
		return socket_refuse();
	if (choice == CHOICE_FLOW && flows_keep(ctx, &flow))
		socket_address_set(ctx, v6, &flow.backend, flow.backend_port);
	else if (flows)
		flows_direct(flows, to);
	return ALLOW;
}

/* The flow to this frontend that the socket has, when its backend may go on being used. */
static __always_inline bool datagram_continue(struct bpf_sock_addr *ctx,
					      const struct socket_address *to,
					      struct locked_socket_flows *flows,
					      struct socket_flow *ret_flow)
{
	__u32 epoch;

	if (!flows || !flows_use(flows, to, ret_flow))
		return false;
	epoch = ret_flow->epoch;
	if (!flow_holds(ret_flow))
		return false;
	if (ret_flow->epoch != epoch)
		flows_keep(ctx, ret_flow);
	return true;
}

/*
 * By a connected socket: the frontend named again, or its backend. The latter also when no address
 * was named, for IPv6 sockets that are connected to IPv4: the kernel names it then.
 */
static __always_inline bool datagram_by_peer(struct bpf_sock_addr *ctx, const bool v6,
					     const struct socket_address *to)
{
	const struct socket_flow *peer = connected_peer_find(ctx);

	if (!peer)
		return false;
	if (socket_flow_is_from(peer, &to->addr, to->port))
		return true;
	if (!socket_flow_is_to(peer, &to->addr, to->port))
		return false;
	socket_address_set(ctx, v6, &peer->backend, peer->backend_port);
	return true;
}

static __always_inline int datagram_send(struct bpf_sock_addr *ctx, const bool v6)
{
	struct socket_address to = socket_address(ctx, v6);
	struct locked_socket_flows *flows;
	struct socket_flow flow;

	if (ctx->protocol != IPPROTO_UDP || datagram_by_peer(ctx, v6, &to))
		return ALLOW;
	flows = flows_find(ctx);
	if (!datagram_continue(ctx, &to, flows, &flow))
		return datagram_begin(ctx, v6, &to, flows);
	socket_address_set(ctx, v6, &flow.backend, flow.backend_port);
	return ALLOW;
}

/* Whom an answer came from. */
static __always_inline int datagram_receive(struct bpf_sock_addr *ctx, const bool v6)
{
	struct socket_address from = socket_address(ctx, v6), frontend;
	struct locked_socket_flows *flows;
	const struct socket_flow *peer;

	if (ctx->protocol != IPPROTO_UDP)
		return ALLOW;
	peer = connected_peer_find(ctx);
	if (peer && socket_flow_is_from(peer, &from.addr, from.port)) {
		socket_address_set(ctx, v6, &peer->frontend, peer->frontend_port);
		return ALLOW;
	}
	flows = flows_find(ctx);
	if (flows && flows_answer(flows, &from, &frontend))
		socket_address_set(ctx, v6, &frontend.addr, frontend.port);
	return ALLOW;
}

static __always_inline int socket_getpeername(struct bpf_sock_addr *ctx, const bool v6)
{
	struct socket_address at = socket_address(ctx, v6);
	const struct socket_flow *peer;

	if (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_UDP)
		return ALLOW;
	peer = peer_find(ctx);
	if (peer && socket_flow_is_from(peer, &at.addr, at.port))
		socket_address_set(ctx, v6, &peer->frontend, peer->frontend_port);
	return ALLOW;
}

SEC("cgroup/connect4")
int socket_connect4(struct bpf_sock_addr *ctx)
{
	return socket_connect(ctx, false);
}

SEC("cgroup/connect6")
int socket_connect6(struct bpf_sock_addr *ctx)
{
	return socket_connect(ctx, true);
}

SEC("cgroup/sendmsg4")
int socket_sendmsg4(struct bpf_sock_addr *ctx)
{
	return datagram_send(ctx, false);
}

SEC("cgroup/sendmsg6")
int socket_sendmsg6(struct bpf_sock_addr *ctx)
{
	return datagram_send(ctx, true);
}

SEC("cgroup/recvmsg4")
int socket_recvmsg4(struct bpf_sock_addr *ctx)
{
	return datagram_receive(ctx, false);
}

SEC("cgroup/recvmsg6")
int socket_recvmsg6(struct bpf_sock_addr *ctx)
{
	return datagram_receive(ctx, true);
}

SEC("cgroup/getpeername4")
int socket_getpeername4(struct bpf_sock_addr *ctx)
{
	return socket_getpeername(ctx, false);
}

SEC("cgroup/getpeername6")
int socket_getpeername6(struct bpf_sock_addr *ctx)
{
	return socket_getpeername(ctx, true);
}

char license_text[] SEC("license") = "Dual BSD/GPL";
