/* SPDX-License-Identifier: Apache-2.0 */
/* network - addresses, routes and forwarding of this process's network namespace. */
#include "packet/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "packet/veth.h"

static int family_of(const char *addr, uint8_t bytes[16])
{
	return strchr(addr, ':') ? (inet_pton(AF_INET6, addr, bytes) == 1 ? AF_INET6 : 0) :
				   (inet_pton(AF_INET, addr, bytes) == 1 ? AF_INET : 0);
}

static size_t size_of(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

int network_address_add(uint32_t ifindex, const char *addr, uint8_t prefix)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *message;
	uint8_t bytes[16];
	int family = family_of(addr, bytes);

	nlh->nlmsg_type = RTM_NEWADDR;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	message = mnl_nlmsg_put_extra_header(nlh, sizeof(*message));
	message->ifa_family = (uint8_t)family;
	message->ifa_prefixlen = prefix;
	message->ifa_flags = IFA_F_NODAD;
	message->ifa_index = ifindex;
	mnl_attr_put(nlh, IFA_LOCAL, size_of(family), bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, size_of(family), bytes);
	return rtnl_talk(nlh);
}

int network_route_add(uint32_t ifindex, const char *net, uint8_t prefix)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct rtmsg *message;
	uint8_t bytes[16];
	int family = family_of(net, bytes);

	nlh->nlmsg_type = RTM_NEWROUTE;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	message = mnl_nlmsg_put_extra_header(nlh, sizeof(*message));
	message->rtm_family = (uint8_t)family;
	message->rtm_dst_len = prefix;
	message->rtm_table = RT_TABLE_MAIN;
	message->rtm_protocol = RTPROT_STATIC;
	message->rtm_scope = family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	message->rtm_type = RTN_UNICAST;
	mnl_attr_put(nlh, RTA_DST, size_of(family), bytes);
	mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	return rtnl_talk(nlh);
}

int network_mtu_set(uint32_t ifindex, uint32_t mtu)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *link;

	nlh->nlmsg_type = RTM_NEWLINK;
	link = mnl_nlmsg_put_extra_header(nlh, sizeof(*link));
	link->ifi_index = (int)ifindex;
	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return rtnl_talk(nlh);
}

/* These files are of the network namespace of whoever opens them. */
static int setting_write(const char *path, const char *value)
{
	CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

int network_forward(void)
{
	int rc = setting_write("/proc/sys/net/ipv4/ip_forward", "1");

	return rc ? rc : setting_write("/proc/sys/net/ipv6/conf/all/forwarding", "1");
}

int network_local_ports_set(const char *range)
{
	return setting_write("/proc/sys/net/ipv4/ip_local_port_range", range);
}
