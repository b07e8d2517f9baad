/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* translate - which addresses a new connection gets: a backend's, and the node's towards outside.
 */
#pragma once

#include "conntrack.h"
#include "road.h"
#include "service_pick.h"

static __always_inline bool source_range_allows(__u32 service, const struct ip_addr *source)
{
	struct source_range_key key = { .prefix = SOURCE_RANGE_PREFIX(128),
					.service = bpf_htonl(service),
					.addr = *source };

	return bpf_map_lookup_elem(&source_ranges, &key);
}

/* Every node must come to the same (Maglev): nothing of this node's goes into it. */
static __always_inline __u32 tuple_hash(const struct ct_tuple *tuple, __u8 protocol)
{
	__u32 hash = 0x9e3779b9 ^ protocol;

	for (int i = 0; i < 4; i++)
		hash = (hash ^ tuple->source.words[i]) * 0x85ebca6b;
	for (int i = 0; i < 4; i++)
		hash = (hash ^ tuple->target.words[i]) * 0xc2b2ae35;
	hash = (hash ^ tuple->source_port ^ (__u32)tuple->target_port << 16) * 0x85ebca6b;
	hash ^= hash >> 16;
	hash *= 0xc2b2ae35;
	return hash ^ hash >> 13;
}

GLOBAL int backend_for(const struct packet *pkt, struct judgement *j, struct picked *ret_picked)
{
	struct service_choice choice;
	bool outside;
	__u32 hash;

	if (!pkt || !j || !ret_picked)
		return false;
	outside = pkt->hook == HOOK_FROM_UPLINK;
	choice = outside ? j->service.outside : j->service.inside;
	hash = outside ? tuple_hash(&j->was, pkt->protocol) : bpf_get_prandom_u32();
	if (j->service.affinity_s &&
	    affinity_find(&j->service, &choice, &j->was.source, ret_picked))
		return true;
	if (!(outside && choice.set == BACKENDS_CLUSTER && choice.slots &&
	      backend_pick_maglev(&j->service, hash, ret_picked)) &&
	    !backend_pick(&j->service, &choice, hash, ret_picked))
		return false;
	if (j->service.affinity_s)
		affinity_remember(&j->service, &choice, &j->was.source, ret_picked);
	return true;
}

static __always_inline enum drop_reason no_backend(const struct packet *pkt,
						   const struct service *service)
{
	const struct service_choice *choice = pkt->hook == HOOK_FROM_UPLINK ? &service->outside :
									      &service->inside;

	return choice->no_backend == NO_BACKEND_DROP ? DROP_TRAFFIC_POLICY : DROP_NO_BACKEND;
}

/* service_translate - the target becomes a backend, when it was a service. */
GLOBAL enum drop_reason service_translate(const struct packet *pkt, struct judgement *j)
{
	struct picked picked = {};

	if (!pkt || !j)
		return DROP_CONNTRACK;
	j->now = j->was;
	if (!protocol_has_ports(pkt->protocol) ||
	    !service_find(&j->was.target, j->was.target_port, pkt->protocol, NODE_ADDRESS_LOOPBACK,
			  &j->service))
		return DROP_NONE;
	if (pkt->hook == HOOK_FROM_UPLINK && j->service.flags & SERVICE_SOURCE_RANGES &&
	    !source_range_allows(j->service.id, &j->was.source))
		return DROP_SOURCE_RANGE;
	/* A service that changes at this very moment is looked at once more. */
	if (!backend_for(pkt, j, &picked) &&
	    (!service_find(&j->was.target, j->was.target_port, pkt->protocol, NODE_ADDRESS_LOOPBACK,
			   &j->service) ||
	     !backend_for(pkt, j, &picked)))
		return no_backend(pkt, &j->service);

	j->now.target = picked.backend.addr;
	j->now.target_port = picked.backend.port;
	if (pkt->protocol == IPPROTO_SCTP && j->now.target_port != j->was.target_port)
		return DROP_PORTS_FIXED;
	j->ct.flags |= CT_SERVICE;
	j->ct.service = j->service.id;
	j->ct.slot = picked.slot;
	j->ct.set = picked.set;
	return DROP_NONE;
}

/* Pods towards the world; and outside's connections that a service sends on to another node. */
static __always_inline bool wants_masquerade(const struct packet *pkt, const struct judgement *j)
{
	if (j->to.road != ROAD_UPLINK)
		return false;
	if (pkt->hook == HOOK_FROM_UPLINK)
		return (j->ct.flags & CT_SERVICE) && !(j->service.flags & SERVICE_KEEP_SOURCE);
	return config.masquerade && j->from.road == ROAD_POD &&
	       route_find(&j->now.target) == ROUTE_WORLD;
}

/* masquerade - the source becomes the node's, where answers would not find the way otherwise. */
static __noinline enum drop_reason masquerade(const struct packet *pkt, struct judgement *j)
{
	const struct uplink *uplink;
	struct ip_addr source;

	/* A pod that reaches itself by a service: its answer must come by us, so the service asks.
	 */
	if (j->ct.flags & CT_SERVICE && ip_addr_equal(&j->now.source, &j->now.target)) {
		j->now.source = j->was.target;
		j->ct.flags |= CT_MASQUERADE;
		return DROP_NONE;
	}
	if (!wants_masquerade(pkt, j))
		return DROP_NONE;
	uplink = bpf_map_lookup_elem(&uplinks, &j->to.ifindex);
	if (!uplink)
		return DROP_NO_SOURCE;
	source = ip_addr_is_v4(&j->now.target) ? uplink->v4 : uplink->v6;
	if (ip_addr_is_unspecified(&source))
		return DROP_NO_SOURCE;
	j->now.source = source;
	j->ct.flags |= CT_MASQUERADE;
	return DROP_NONE;
}
