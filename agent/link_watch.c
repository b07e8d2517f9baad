/* SPDX-License-Identifier: Apache-2.0 */
/* link_watch - tells which interfaces went, and which lost a qdisc or a filter, by rtnetlink. */
#include "agent/link_watch.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* Room for the notifications of some hundred interfaces that go at once. */
#define BUFFER_BYTES (256 * 1024)

struct link_watch {
	struct nl_sock *sock;
	link_changed_fn *fn;
	void *ctx;
};

static int message_take(struct nl_msg *msg, void *ctx)
{
	struct link_watch *watch = ctx;
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct ifinfomsg *link = nlmsg_data(header);
	struct tcmsg *tc = nlmsg_data(header);

	switch (header->nlmsg_type) {
	case RTM_DELLINK:
		watch->fn((uint32_t)link->ifi_index, watch->ctx);
		break;
	case RTM_DELQDISC:
	case RTM_DELTFILTER:
		watch->fn((uint32_t)tc->tcm_ifindex, watch->ctx);
		break;
	}
	return NL_OK;
}

int link_watch_new(link_changed_fn *fn, void *ctx, struct link_watch **ret_watch, struct error *err)
{
	CLEANUP(link_watch_free) struct link_watch *watch = calloc(1, sizeof(*watch));
	int rc;

	if (!watch || !(watch->sock = nl_socket_alloc()))
		return error_set(err, -ENOMEM, "watch the interfaces");
	watch->fn = fn;
	watch->ctx = ctx;
	nl_socket_disable_seq_check(watch->sock);
	nl_socket_modify_cb(watch->sock, NL_CB_VALID, NL_CB_CUSTOM, message_take, watch);
	if ((rc = nl_connect(watch->sock, NETLINK_ROUTE)) < 0 ||
	    (rc = nl_socket_set_nonblocking(watch->sock)) < 0 ||
	    (rc = nl_socket_add_memberships(watch->sock, RTNLGRP_LINK, RTNLGRP_TC, 0)) < 0)
		return error_say(err, -EIO, "watch the interfaces: %s", nl_geterror(rc));
	nl_socket_set_buffer_size(watch->sock, BUFFER_BYTES, 0);
	*ret_watch = watch;
	watch = NULL;
	return 0;
}

void link_watch_free(struct link_watch **watch)
{
	if (!*watch)
		return;
	nl_socket_free((*watch)->sock);
	free(*watch);
	*watch = NULL;
}

int link_watch_fd(const struct link_watch *watch)
{
	return nl_socket_get_fd(watch->sock);
}

void link_watch_take(struct link_watch *watch)
{
	int rc;

	do {
		rc = nl_recvmsgs_default(watch->sock);
		if (rc == -NLE_NOMEM) /* ENOBUFS: the kernel threw some away */
			watch->fn(0, watch->ctx);
	} while (rc >= 0 || rc == -NLE_NOMEM);
}
