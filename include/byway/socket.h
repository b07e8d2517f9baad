/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* socket - what a socket that talks to a service remembers; it goes with the socket. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/ip_addr.h"

/* The frontend that a process uses, and the backend that the socket really talks to. */
struct socket_flow {
	struct ip_addr frontend, backend;
	__be16 frontend_port, backend_port; /* frontend_port 0: no flow */
	__u32 service;
	__u32 epoch; /* the backend served when the map epoch held this */
	__u32 used;  /* the socket's turn in which it was last sent to, for datagrams */
	__u16 slot;
	__u8 set;    /* enum backend_set */
	__u8 direct; /* 1: the last datagram to the backend did not go by the frontend */
};
ABI_SIZE(struct socket_flow, 52);

/*
 * Map tcp_peers: socket -> struct socket_flow. Map udp_peers: socket -> struct socket_peer, for
 * sockets that are connected. The cookies say which socket it is in which network namespace.
 * Writer: the datapath.
 */
struct socket_peer {
	struct socket_flow flow; /* first: a pointer to it is one to the whole, also when NULL */
	__u32 pad;
	__u64 netns;
	__u64 socket;
};
ABI_SIZE(struct socket_peer, 72);

/*
 * Map udp_flows: socket -> lock and struct socket_flows, for sockets that send to whom they like.
 * With more services than that, an answer from the one not used for longest shows its backend.
 * Writer: the datapath.
 */
#define SOCKET_FLOWS_MAX 8

struct socket_flows {
	struct socket_flow flow[SOCKET_FLOWS_MAX];
	__u32 turn; /* counts what is sent to services */
};
ABI_SIZE(struct socket_flows, 420);
