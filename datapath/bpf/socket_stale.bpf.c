/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* socket_stale - tells the agent which connected UDP sockets have a backend that is gone. */
#include <linux/in.h>

#include "service_pick.h"

/* The kernel's own, as far as they are needed; libbpf finds where the members are. */
struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__bpf_sk_storage_map {
	struct bpf_iter_meta *meta;
	void *value;
} __attribute__((preserve_access_index));

/*
 * A service that is left without any backend, or is gone, keeps its sockets as they are: there is
 * nothing better for them.
 */
static __always_inline bool peer_is_stale(const struct socket_flow *flow)
{
	struct service service;

	if (backend_still_serves(flow->service, flow->set, flow->slot, &flow->backend,
				 flow->backend_port))
		return false;
	return service_find(&flow->frontend, flow->frontend_port, IPPROTO_UDP, 0, &service) &&
	       service.inside.slots;
}

/* Over map udp_peers. What is read from it are the struct socket_peer of such sockets. */
SEC("iter/bpf_sk_storage_map")
int socket_stale(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	const struct socket_peer *value = ctx->value;
	struct socket_peer peer;

	if (!value)
		return 0;
	peer = *value;
	if (peer_is_stale(&peer.flow))
		bpf_seq_write(ctx->meta->seq, &peer, sizeof(peer));
	return 0;
}

char license_text[] SEC("license") = "Dual BSD/GPL";
