/* SPDX-License-Identifier: Apache-2.0 */
/* veth - makes veth pairs, and sets them up. */
#include "packet/veth.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

int rtnl_talk(struct nlmsghdr *request)
{
	char buffer[1024];
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	ssize_t got = -1;
	int rc = 0;

	if (!socket)
		return -errno;
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    mnl_socket_sendto(socket, request, request->nlmsg_len) >= 0)
		got = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (got < 0 || mnl_cb_run(buffer, (size_t)got, 0, 0, NULL, NULL) < 0)
		rc = -errno;
	mnl_socket_close(socket);
	return rc;
}

static void put_end(struct nlmsghdr *nlh, const struct veth_end *end)
{
	mnl_attr_put_strz(nlh, IFLA_IFNAME, end->name);
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, end->mac);
	mnl_attr_put_u32(nlh, IFLA_MTU, VETH_MTU);
	if (end->netns >= 0)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)end->netns);
}

int veth_make(const struct veth_end *here, const struct veth_end *there, uint32_t *ret_ifindex)
{
	char buffer[1024];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nlattr *info, *data, *peer;
	int rc;

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	put_end(nlh, here);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	put_end(nlh, there);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);

	rc = rtnl_talk(nlh);
	if (rc == 0)
		*ret_ifindex = if_nametoindex(here->name);
	return rc;
}

int veth_up(const char *name)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *link;

	nlh->nlmsg_type = RTM_NEWLINK;
	link = mnl_nlmsg_put_extra_header(nlh, sizeof(*link));
	link->ifi_index = (int)if_nametoindex(name);
	link->ifi_flags = link->ifi_change = IFF_UP;
	return rtnl_talk(nlh);
}
