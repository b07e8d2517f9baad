/* SPDX-License-Identifier: Apache-2.0 */
/* traces - interfaces, routes and pins of Byway's on this node, whoever remembers them. */
#include "agent/cli/traces.h"

#include <errno.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "byway/endpoint.h"
#include "byway/ip_text.h"

static void sock_free(struct nl_sock **sock)
{
	nl_socket_free(*sock);
}

static void cache_free(struct nl_cache **cache)
{
	if (*cache)
		nl_cache_free(*cache);
}

static void link_look(struct nl_object *object, void *ctx)
{
	struct rtnl_link *link = (struct rtnl_link *)object;
	struct traces *traces = ctx;
	struct trace_link *trace = &traces->links[traces->link_count];

	if (!link_is_byways(rtnl_link_get_name(link), rtnl_link_get_ifalias(link), trace))
		return;
	trace->ifindex = (uint32_t)rtnl_link_get_ifindex(link);
	traces->link_count++;
}

static bool link_known(const struct traces *traces, uint32_t ifindex)
{
	for (size_t i = 0; i < traces->link_count; i++)
		if (traces->links[i].ifindex == ifindex)
			return true;
	return false;
}

/*
 * To one address: /32 or /128. What the kernel makes itself (local, link-local, multicast) is left
 * out.
 */
static bool target_address(struct rtnl_route *route, struct ip_addr *ret_addr)
{
	struct nl_addr *target = rtnl_route_get_dst(route);
	unsigned int len = target ? nl_addr_get_len(target) : 0;

	if (rtnl_route_get_type(route) != RTN_UNICAST || (len != 4 && len != 16) ||
	    nl_addr_get_prefixlen(target) != len * 8)
		return false;
	if (len == 4) {
		__be32 v4;

		memcpy(&v4, nl_addr_get_binary_addr(target), sizeof(v4));
		*ret_addr = ip_addr_from_v4(v4);
	} else {
		memcpy(ret_addr->bytes, nl_addr_get_binary_addr(target), sizeof(ret_addr->bytes));
	}
	return true;
}

static void route_look(struct nl_object *object, void *ctx)
{
	struct rtnl_route *route = (struct rtnl_route *)object;
	struct traces *traces = ctx;
	struct rtnl_nexthop *hop = rtnl_route_nexthop_n(route, 0);
	struct trace_route trace;

	if (!hop || !target_address(route, &trace.addr))
		return;
	trace.ifindex = (uint32_t)rtnl_route_nh_get_ifindex(hop);
	if (link_known(traces, trace.ifindex))
		traces->routes[traces->route_count++] = trace;
}

/* As many rows as there are objects, so that looking at each needs no check. */
static void *rows_for(struct nl_cache *cache, size_t size)
{
	return calloc((size_t)nl_cache_nitems(cache) + 1, size);
}

int traces_find(struct traces *ret_traces, struct error *err)
{
	CLEANUP(sock_free) struct nl_sock *sock = nl_socket_alloc();
	CLEANUP(cache_free) struct nl_cache *links = NULL, *routes = NULL;
	struct traces traces = {};
	int rc;

	if (!sock)
		return error_set(err, -ENOMEM, "list interfaces and routes");
	if ((rc = nl_connect(sock, NETLINK_ROUTE)) < 0 ||
	    (rc = rtnl_link_alloc_cache(sock, AF_UNSPEC, &links)) < 0 ||
	    (rc = rtnl_route_alloc_cache(sock, AF_UNSPEC, 0, &routes)) < 0)
		return error_say(err, -EIO, "list interfaces and routes: %s", nl_geterror(rc));
	traces.links = rows_for(links, sizeof(*traces.links));
	traces.routes = rows_for(routes, sizeof(*traces.routes));
	if (!traces.links || !traces.routes) {
		traces_done(&traces);
		return error_set(err, -ENOMEM, "list interfaces and routes");
	}
	nl_cache_foreach(links, link_look, &traces);
	nl_cache_foreach(routes, route_look, &traces);
	*ret_traces = traces;
	return 0;
}

void traces_done(struct traces *traces)
{
	free(traces->links);
	free(traces->routes);
	*traces = (struct traces){};
}

int link_delete(uint32_t ifindex, struct error *err)
{
	CLEANUP(sock_free) struct nl_sock *sock = nl_socket_alloc();
	struct rtnl_link *link = rtnl_link_alloc();
	int rc;

	if (!sock || !link) {
		rtnl_link_put(link);
		return error_set(err, -ENOMEM, "remove interface %u", ifindex);
	}
	rtnl_link_set_ifindex(link, (int)ifindex);
	rc = nl_connect(sock, NETLINK_ROUTE);
	if (rc == 0)
		rc = rtnl_link_delete(sock, link);
	rtnl_link_put(link);
	return rc < 0 ? error_say(err, -EIO, "remove interface %u: %s", ifindex, nl_geterror(rc)) :
			0;
}
