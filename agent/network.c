/* SPDX-License-Identifier: Apache-2.0 */
/* network - this namespace's interfaces, addresses and routes as facts, now and when they change.
 */
#include "agent/network.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/rtnl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/network_messages.h"
#include "base/cleanup.h"

#define DUMP_TRIES 5 /* one is spoilt when something changes meanwhile */
/* Room for the notifications of some hundred pods that go at once. */
#define BUFFER_BYTES (512 * 1024)

static void sock_free(struct nl_sock **sock)
{
	nl_socket_free(*sock);
}

/* --- what there is ---------------------------------------------------------------------------- */

struct list {
	void *items;
	size_t size, count, room;
	bool failed; /* no memory */
};

static void list_add(struct list *list, const void *item)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 32;
		void *larger = realloc(list->items, room * list->size);

		if (!larger) {
			list->failed = true;
			return;
		}
		list->items = larger;
		list->room = room;
	}
	memcpy((char *)list->items + list->count++ * list->size, item, list->size);
}

static int link_take(struct nl_msg *msg, void *ctx)
{
	struct link_fact link;

	if (link_message_read(nlmsg_hdr(msg), &link))
		list_add(ctx, &link);
	return NL_OK;
}

static int address_take(struct nl_msg *msg, void *ctx)
{
	struct address_fact address;

	if (address_message_read(nlmsg_hdr(msg), &address))
		list_add(ctx, &address);
	return NL_OK;
}

static void default_take(const struct default_fact *fact, void *ctx)
{
	list_add(ctx, fact);
}

static int route_take(struct nl_msg *msg, void *ctx)
{
	default_message_read(nlmsg_hdr(msg), default_take, ctx);
	return NL_OK;
}

static int dump(int type, nl_recvmsg_msg_cb_t take, struct list *list)
{
	CLEANUP(sock_free) struct nl_sock *sock = nl_socket_alloc();
	int rc;

	if (!sock)
		return -NLE_NOMEM;
	if ((rc = nl_connect(sock, NETLINK_ROUTE)) < 0)
		return rc;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, take, list);
	for (int i = 0; i < DUMP_TRIES; i++) {
		list->count = 0;
		if ((rc = nl_rtgen_request(sock, type, AF_UNSPEC, NLM_F_DUMP)) < 0)
			return rc;
		if ((rc = nl_recvmsgs_default(sock)) != -NLE_DUMP_INTR)
			break;
	}
	return list->failed ? -NLE_NOMEM : rc;
}

int network_read(struct uplink_facts *ret_facts, struct error *err)
{
	struct list links = { .size = sizeof(struct link_fact) };
	struct list addresses = { .size = sizeof(struct address_fact) };
	struct list defaults = { .size = sizeof(struct default_fact) };
	struct uplink_facts facts;
	int rc;

	if ((rc = dump(RTM_GETLINK, link_take, &links)) >= 0 &&
	    (rc = dump(RTM_GETADDR, address_take, &addresses)) >= 0)
		rc = dump(RTM_GETROUTE, route_take, &defaults);
	facts = (struct uplink_facts){ .links = links.items,
				       .addresses = addresses.items,
				       .defaults = defaults.items,
				       .link_count = links.count,
				       .address_count = addresses.count,
				       .default_count = defaults.count };
	if (rc < 0) {
		network_done(&facts);
		return error_say(err, -EIO, "list interfaces, addresses and routes: %s",
				 nl_geterror(rc));
	}
	*ret_facts = facts;
	return 0;
}

void network_done(struct uplink_facts *facts)
{
	free(facts->links);
	free(facts->addresses);
	free(facts->defaults);
	*facts = (struct uplink_facts){};
}

/* --- what changes ----------------------------------------------------------------------------- */

struct network_watch {
	struct nl_sock *sock;
	struct network_sink sink;
};

static void route_tell(const struct network_watch *watch, struct nlmsghdr *header)
{
	struct route_fact route;

	if (route_message_read(header, &route))
		watch->sink.route(&route, watch->sink.ctx);
}

static int message_take(struct nl_msg *msg, void *ctx)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct network_watch *watch = ctx;
	struct address_fact address;
	struct tcmsg *tc = nlmsg_data(header);
	struct link_fact link;

	switch (header->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (link_message_read(header, &link))
			watch->sink.link(&link, watch->sink.ctx);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (address_message_read(header, &address))
			watch->sink.address(&address, watch->sink.ctx);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		route_tell(watch, header);
		break;
	case RTM_DELQDISC:
	case RTM_DELTFILTER:
		if (nlmsg_valid_hdr(header, sizeof(*tc)))
			watch->sink.filter((uint32_t)tc->tcm_ifindex, watch->sink.ctx);
		break;
	}
	return NL_OK;
}

int network_watch_new(const struct network_sink *sink, struct network_watch **ret_watch,
		      struct error *err)
{
	CLEANUP(network_watch_free) struct network_watch *watch = calloc(1, sizeof(*watch));
	int rc;

	if (!watch || !(watch->sock = nl_socket_alloc()))
		return error_set(err, -ENOMEM, "watch the network");
	watch->sink = *sink;
	nl_socket_disable_seq_check(watch->sock);
	nl_socket_modify_cb(watch->sock, NL_CB_VALID, NL_CB_CUSTOM, message_take, watch);
	if ((rc = nl_connect(watch->sock, NETLINK_ROUTE)) < 0 ||
	    (rc = nl_socket_set_nonblocking(watch->sock)) < 0 ||
	    (rc = nl_socket_add_memberships(watch->sock, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
					    RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
					    RTNLGRP_IPV6_ROUTE, RTNLGRP_TC, 0)) < 0)
		return error_say(err, -EIO, "watch the network: %s", nl_geterror(rc));
	nl_socket_set_buffer_size(watch->sock, BUFFER_BYTES, 0);
	*ret_watch = watch;
	watch = NULL;
	return 0;
}

void network_watch_free(struct network_watch **watch)
{
	if (!*watch)
		return;
	nl_socket_free((*watch)->sock);
	free(*watch);
	*watch = NULL;
}

int network_watch_fd(const struct network_watch *watch)
{
	return nl_socket_get_fd(watch->sock);
}

void network_watch_take(struct network_watch *watch)
{
	int rc;

	do {
		rc = nl_recvmsgs_default(watch->sock);
		if (rc == -NLE_NOMEM) /* ENOBUFS: the kernel threw some away */
			watch->sink.lost(watch->sink.ctx);
	} while (rc >= 0 || rc == -NLE_NOMEM);
}
