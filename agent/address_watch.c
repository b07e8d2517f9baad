/* SPDX-License-Identifier: Apache-2.0 */
/* address_watch - the addresses of this node's interfaces, and when they change, by rtnetlink. */
#include "agent/address_watch.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct address_watch {
	struct nl_sock *sock;
};

int address_watch_new(struct address_watch **ret_watch, struct error *err)
{
	CLEANUP(address_watch_free) struct address_watch *watch = calloc(1, sizeof(*watch));
	int rc;

	if (!watch || !(watch->sock = nl_socket_alloc()))
		return error_set(err, -ENOMEM, "watch the node's addresses");
	nl_socket_disable_seq_check(watch->sock);
	if ((rc = nl_connect(watch->sock, NETLINK_ROUTE)) < 0 ||
	    (rc = nl_socket_set_nonblocking(watch->sock)) < 0 ||
	    (rc = nl_socket_add_memberships(watch->sock, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
					    0)) < 0)
		return error_say(err, -EIO, "watch the node's addresses: %s", nl_geterror(rc));
	*ret_watch = watch;
	watch = NULL;
	return 0;
}

void address_watch_free(struct address_watch **watch)
{
	if (!*watch)
		return;
	nl_socket_free((*watch)->sock);
	free(*watch);
	*watch = NULL;
}

int address_watch_fd(const struct address_watch *watch)
{
	return nl_socket_get_fd(watch->sock);
}

void address_watch_take(struct address_watch *watch)
{
	int rc;

	do
		rc = nl_recvmsgs_default(watch->sock);
	while (rc >= 0 || rc == -NLE_NOMEM); /* NOMEM: some were lost, which changes nothing here */
}

struct visit {
	address_fn *fn;
	void *ctx;
};

static void address_visit(struct nl_object *object, void *ctx)
{
	struct rtnl_addr *entry = (struct rtnl_addr *)object;
	struct nl_addr *local = rtnl_addr_get_local(entry);
	const struct visit *visit = ctx;
	struct ip_addr addr;

	if (!local)
		return;
	if (nl_addr_get_family(local) == AF_INET && nl_addr_get_len(local) == 4) {
		__be32 v4;

		memcpy(&v4, nl_addr_get_binary_addr(local), sizeof(v4));
		addr = ip_addr_from_v4(v4);
	} else if (nl_addr_get_family(local) == AF_INET6 && nl_addr_get_len(local) == 16) {
		memcpy(addr.bytes, nl_addr_get_binary_addr(local), sizeof(addr.bytes));
	} else {
		return;
	}
	visit->fn(&addr, (uint32_t)rtnl_addr_get_ifindex(entry), visit->ctx);
}

static void sock_free(struct nl_sock **sock)
{
	nl_socket_free(*sock);
}

int address_watch_list(address_fn *fn, void *ctx, struct error *err)
{
	CLEANUP(sock_free) struct nl_sock *sock = nl_socket_alloc();
	struct visit visit = { fn, ctx };
	struct nl_cache *cache;
	int rc;

	if (!sock)
		return error_set(err, -ENOMEM, "list the node's addresses");
	if ((rc = nl_connect(sock, NETLINK_ROUTE)) < 0 ||
	    (rc = rtnl_addr_alloc_cache(sock, &cache)) < 0)
		return error_say(err, -EIO, "list the node's addresses: %s", nl_geterror(rc));
	nl_cache_foreach(cache, address_visit, &visit);
	nl_cache_free(cache);
	return 0;
}
