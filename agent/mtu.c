/* SPDX-License-Identifier: Apache-2.0 */
/* mtu - of pods' interfaces: what the way out of this node carries. */
#include "agent/mtu.h"

#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>

#include "base/cleanup.h"

struct search {
	struct nl_sock *sock;
	uint32_t smallest; /* 0 = none yet */
};

static void sock_free(struct nl_sock **sock)
{
	nl_socket_free(*sock);
}

static void cache_free(struct nl_cache **cache)
{
	if (*cache)
		nl_cache_free(*cache);
}

static void nexthop_look(struct rtnl_nexthop *hop, void *ctx)
{
	struct search *search = ctx;
	struct rtnl_link *link;
	uint32_t mtu;

	if (rtnl_link_get_kernel(search->sock, rtnl_route_nh_get_ifindex(hop), NULL, &link) < 0)
		return;
	mtu = rtnl_link_get_mtu(link);
	if (mtu && (!search->smallest || mtu < search->smallest))
		search->smallest = mtu;
	rtnl_link_put(link);
}

static void route_look(struct nl_object *object, void *ctx)
{
	struct rtnl_route *route = (struct rtnl_route *)object;
	struct nl_addr *target = rtnl_route_get_dst(route);

	if (rtnl_route_get_type(route) == RTN_UNICAST && target && !nl_addr_get_prefixlen(target))
		rtnl_route_foreach_nexthop(route, nexthop_look, ctx);
}

uint32_t mtu_of_uplinks(void)
{
	CLEANUP(sock_free) struct nl_sock *sock = nl_socket_alloc();
	CLEANUP(cache_free) struct nl_cache *routes = NULL;
	struct search search = { .sock = sock };

	if (!sock || nl_connect(sock, NETLINK_ROUTE) < 0 ||
	    rtnl_route_alloc_cache(sock, AF_UNSPEC, 0, &routes) < 0)
		return MTU_ETHERNET;
	nl_cache_foreach(routes, route_look, &search);
	if (!search.smallest)
		return MTU_ETHERNET;
	return search.smallest < MTU_VETH_MAX ? search.smallest : MTU_VETH_MAX;
}
