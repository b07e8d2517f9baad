/* SPDX-License-Identifier: Apache-2.0 */
/* socket_stale - connected UDP sockets whose backend is gone, in every network namespace. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "byway/socket.h"

/*
 * socket_stale_list - asks the kernel's sockets themselves; the caller frees *ret_peers. Not in it
 * are sockets whose service has no backend that they could have instead. Of very many sockets only
 * some: whoever has freed them asks again later. -ENOENT when the datapath
 * is not loaded.
 */
int socket_stale_list(const char *bpf_dir, struct socket_peer **ret_peers, size_t *ret_count,
		      struct error *err);
