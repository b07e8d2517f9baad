/* SPDX-License-Identifier: Apache-2.0 */
/* socket_attach - the programs on the sockets below a cgroup, by links that are pinned. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/*
 * X(name of the program and its link's pin, attach type of the kernel): in the order in which they
 * are attached, so that whatever is translated on its way there is also translated on its way back.
 */
/* clang-format off */
#define SOCKET_HOOKS(X)                                        \
	X(socket_getpeername4, BPF_CGROUP_INET4_GETPEERNAME)   \
	X(socket_getpeername6, BPF_CGROUP_INET6_GETPEERNAME)   \
	X(socket_recvmsg4, BPF_CGROUP_UDP4_RECVMSG)            \
	X(socket_recvmsg6, BPF_CGROUP_UDP6_RECVMSG)            \
	X(socket_sendmsg4, BPF_CGROUP_UDP4_SENDMSG)            \
	X(socket_sendmsg6, BPF_CGROUP_UDP6_SENDMSG)            \
	X(socket_connect4, BPF_CGROUP_INET4_CONNECT)           \
	X(socket_connect6, BPF_CGROUP_INET6_CONNECT)

enum {
#define X(name, type) HOOK_OF_##name,
	SOCKET_HOOKS(X)
#undef X
	SOCKET_HOOK_COUNT
};
/* clang-format on */

/*
 * socket_attach - the pinned programs run for the sockets of every process in that cgroup2 and
 * below it. Where an earlier call has attached them, each is replaced by one atomic exchange.
 * Programs of others stay, and run too. -EINVAL when cgroup_dir is no directory of a cgroup2.
 */
int socket_attach(const char *bpf_dir, const char *cgroup_dir, struct error *err);

/* socket_detach - take them off; returns of how many hooks. Sockets go on with their backends. */
unsigned int socket_detach(const char *bpf_dir);

/* socket_attached - how many of SOCKET_HOOK_COUNT run somewhere. */
unsigned int socket_attached(const char *bpf_dir);
