/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* fragment - the ports of a packet that was cut up stand in its first part only. */
#pragma once

#include "maps.h"
#include "packet.h"

static __always_inline struct fragment_key fragment_key_of(const struct packet *pkt)
{
	return (struct fragment_key){ .ifindex = pkt->ifindex,
				      .source = pkt->source,
				      .target = pkt->target,
				      .id = pkt->fragment_id,
				      .protocol = pkt->protocol };
}

static __always_inline void fragment_first(const struct packet *pkt)
{
	struct fragment_key key = fragment_key_of(pkt);
	struct fragment_ports ports = { .source = pkt->source_port,
					.target = pkt->target_port,
					.echo = pkt->echo,
					.icmp_type = pkt->icmp_type };

	bpf_map_update_elem(&fragments, &key, &ports, BPF_ANY);
}

/*
 * fragment_join - a later part learns from the first what it belongs to. One that comes before the
 * first stays an orphan: it can go to a pod, but it cannot be translated.
 */
static __noinline void fragment_join(struct packet *pkt)
{
	const struct fragment_ports *ports;
	struct fragment_key key;

	if (!pkt->later_fragment) {
		fragment_first(pkt);
		return;
	}
	key = fragment_key_of(pkt);
	ports = bpf_map_lookup_elem(&fragments, &key);
	if (!ports) {
		pkt->orphan = true;
		return;
	}
	pkt->source_port = ports->source;
	pkt->target_port = ports->target;
	pkt->echo = ports->echo;
	pkt->icmp_type = ports->icmp_type;
}
