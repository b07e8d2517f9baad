/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sender - who sends, and may it: a pod only as itself, outside never as a pod. */
#pragma once

#include "conntrack.h"
#include "endpoint_check.h"

static __always_inline enum drop_reason sender_is_pod(const struct packet *pkt,
						      struct ct_end *ret_from)
{
	enum drop_reason why = source_check(pkt);

	if (why)
		return why;
	if (!endpoint_is_ready(pkt->ifindex))
		return DROP_PENDING_SOURCE;
	ret_from->road = ROAD_POD;
	ret_from->ifindex = pkt->ifindex;
	__builtin_memcpy(ret_from->mac, pkt->source_mac, MAC_SIZE);
	return DROP_NONE;
}

/* Out of an uplink: the node's own, or what its stack did for a pod (cut up, too large). */
static __always_inline void sender_of_stack(const struct packet *pkt, struct ct_end *ret_from)
{
	const struct endpoint *ep = endpoint_find(&pkt->source);

	ret_from->road = ROAD_STACK;
	if (ep && pkt->hook == HOOK_TO_UPLINK && ep->ifindex) {
		ret_from->road = ROAD_POD;
		ret_from->ifindex = ep->ifindex;
		__builtin_memcpy(ret_from->mac, ep->pod_mac, MAC_SIZE);
	}
}

/* sender_check - also fills in how answers reach the sender. */
static __noinline enum drop_reason sender_check(const struct packet *pkt, struct ct_end *ret_from)
{
	struct ct_end from = {};
	enum drop_reason why = DROP_NONE;

	if (pkt->hook == HOOK_FROM_POD) {
		why = sender_is_pod(pkt, &from);
	} else if (pkt->hook == HOOK_FROM_UPLINK) {
		from.road = ROAD_UPLINK;
		from.ifindex = pkt->ifindex;
		if (endpoint_find(&pkt->source))
			why = DROP_UPLINK_SOURCE;
	} else {
		sender_of_stack(pkt, &from);
	}
	*ret_from = from;
	return why;
}

/* sender_is_known - an entry in force says the same of the sender as sender_check() would. */
static __always_inline bool sender_is_known(const struct packet *pkt, const struct ct_end *from)
{
	if (pkt->hook == HOOK_FROM_POD)
		return from->road == ROAD_POD && from->ifindex == pkt->ifindex &&
		       mac_equal(from->mac, pkt->source_mac);
	if (pkt->hook == HOOK_FROM_UPLINK)
		return from->road == ROAD_UPLINK;
	return true;
}
