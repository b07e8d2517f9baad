/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* road - how an address is reached from here: a pod, the node's stack, or out of an uplink. */
#pragma once

#include "byway/route.h"

#include "conntrack.h"
#include "endpoint_check.h"
#include "gateway.h"

#define ROUTE_PREFIX_ALL 128

/* The node has not the gateway's address: its stack would send the packet on, out of the node. */
static __always_inline bool ip_addr_is_gateway(const struct ip_addr *addr)
{
	return ip_addr_is_v4(addr) && ip_addr_v4(addr) == gateway_v4();
}

static __always_inline enum route_kind route_find(const struct ip_addr *addr)
{
	struct route_key key = { .prefix = ROUTE_PREFIX_ALL, .addr = *addr };
	const struct route *route = bpf_map_lookup_elem(&routes, &key);

	return route ? route->kind : ROUTE_WORLD;
}

static __always_inline bool ip_addr_is_nodes(const struct ip_addr *addr)
{
	struct ip_addr key = *addr;

	return bpf_map_lookup_elem(&node_addresses, &key);
}

/*
 * uplink_find - by which interface the kernel's routes lead there; 0 when that is none of the
 * uplinks (it is an address of the node's, or there is no route): then the stack knows better.
 */
static __noinline __u32 uplink_find(struct __sk_buff *skb, const struct packet *pkt,
				    const struct ip_addr *target)
{
	struct bpf_fib_lookup fib = { .l4_protocol = pkt->protocol, .ifindex = pkt->ifindex };
	struct uplink *uplink;
	long rc;

	if (pkt->ethertype == bpf_htons(ETH_P_IP)) {
		fib.family = 2; /* AF_INET */
		fib.ipv4_src = ip_addr_v4(&pkt->source);
		fib.ipv4_dst = ip_addr_v4(target);
	} else {
		fib.family = 10; /* AF_INET6 */
		__builtin_memcpy(fib.ipv6_src, &pkt->source, sizeof(fib.ipv6_src));
		__builtin_memcpy(fib.ipv6_dst, target, sizeof(fib.ipv6_dst));
	}
	rc = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	if (rc != BPF_FIB_LKUP_RET_SUCCESS && rc != BPF_FIB_LKUP_RET_NO_NEIGH)
		return 0;
	uplink = bpf_map_lookup_elem(&uplinks, &fib.ifindex);
	return uplink ? fib.ifindex : 0;
}

static __always_inline enum drop_reason road_to_endpoint(const struct endpoint *ep,
							 struct ct_end *ret_to)
{
	if (!ep->ifindex)
		return DROP_NO_INTERFACE;
	if (!endpoint_is_ready(ep->ifindex))
		return DROP_PENDING_TARGET;
	ret_to->road = ROAD_POD;
	ret_to->ifindex = ep->ifindex;
	__builtin_memcpy(ret_to->mac, ep->pod_mac, MAC_SIZE);
	return DROP_NONE;
}

/* road_find - to an address, for a packet at this hook. */
GLOBAL enum drop_reason road_find(struct __sk_buff *skb, const struct packet *pkt,
				  const struct ip_addr *target, struct ct_end *ret_to)
{
	struct ct_end to = { .road = ROAD_STACK };
	enum drop_reason why = DROP_NONE;
	const struct endpoint *ep;

	if (!pkt || !target || !ret_to)
		return DROP_CONNTRACK;
	ep = endpoint_find(target);
	if (ip_addr_is_group(target))
		why = DROP_MULTICAST;
	else if (pkt->hook == HOOK_TO_POD && (!ep || ep->ifindex != pkt->ifindex))
		why = DROP_NOT_ITS_ADDRESS;
	else if (ep)
		why = road_to_endpoint(ep, &to);
	else if (ip_addr_is_gateway(target))
		why = DROP_LINK_LOCAL;
	else if (route_find(target) == ROUTE_LOCAL)
		why = ip_addr_is_nodes(target) ? DROP_NONE : DROP_NO_POD;
	else if (pkt->hook == HOOK_TO_UPLINK)
		to = (struct ct_end){ .road = ROAD_UPLINK, .ifindex = pkt->ifindex };
	else if ((to.ifindex = uplink_find(skb, pkt, target)))
		to.road = ROAD_UPLINK;
	*ret_to = to;
	return why;
}
