/* SPDX-License-Identifier: Apache-2.0 */
/* network_messages - from rtnetlink's messages to facts. */
#include "agent/network_messages.h"

#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "agent/cli/own_names.h"

/* A secondary IPv4 address has the bit of a temporary IPv6 one. */
#define UNUSABLE (IFA_F_TEMPORARY | IFA_F_DEPRECATED | IFA_F_DADFAILED)

#define ALIAS_BYTES 256 /* IFALIASZ */

bool link_message_read(struct nlmsghdr *header, struct link_fact *ret_link)
{
	struct ifinfomsg *info = nlmsg_data(header);
	struct nlattr *attrs[IFLA_MAX + 1];
	struct link_fact link = {};
	struct trace_link trace;
	char alias[ALIAS_BYTES] = "";

	if (nlmsg_parse(header, sizeof(*info), attrs, IFLA_MAX, NULL) < 0 || !attrs[IFLA_IFNAME] ||
	    (info->ifi_family != AF_UNSPEC && header->nlmsg_type == RTM_NEWLINK))
		return false;
	nla_strlcpy(link.name, attrs[IFLA_IFNAME], sizeof(link.name));
	if (attrs[IFLA_IFALIAS])
		nla_strlcpy(alias, attrs[IFLA_IFALIAS], sizeof(alias));
	link.ifindex = (uint32_t)info->ifi_index;
	link.up = (info->ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
	link.ethernet = info->ifi_type == ARPHRD_ETHER;
	link.loopback = info->ifi_flags & IFF_LOOPBACK;
	link.pod = link_is_byways(link.name, alias, &trace);
	*ret_link = link;
	return true;
}

static bool addr_read(const struct nlattr *attr, struct ip_addr *ret_addr)
{
	__be32 v4;

	if (attr && nla_len(attr) == sizeof(v4)) {
		memcpy(&v4, nla_data(attr), sizeof(v4));
		*ret_addr = ip_addr_from_v4(v4);
		return true;
	}
	if (!attr || nla_len(attr) != sizeof(ret_addr->bytes))
		return false;
	memcpy(ret_addr->bytes, nla_data(attr), sizeof(ret_addr->bytes));
	return true;
}

bool address_message_read(struct nlmsghdr *header, struct address_fact *ret_address)
{
	struct ifaddrmsg *info = nlmsg_data(header);
	struct nlattr *attrs[IFA_MAX + 1];
	struct address_fact address = {};
	uint32_t flags;

	if (nlmsg_parse(header, sizeof(*info), attrs, IFA_MAX, NULL) < 0)
		return false;
	/* With a peer, IFA_ADDRESS is the other end's. */
	if (!addr_read(attrs[IFA_LOCAL] ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS], &address.addr))
		return false;
	flags = attrs[IFA_FLAGS] ? nla_get_u32(attrs[IFA_FLAGS]) : info->ifa_flags;
	address.ifindex = info->ifa_index;
	address.global = info->ifa_scope == RT_SCOPE_UNIVERSE;
	address.usable = !(flags & UNUSABLE) &&
			 (!(flags & IFA_F_TENTATIVE) || flags & IFA_F_OPTIMISTIC);
	*ret_address = address;
	return true;
}

static bool route_parse(struct nlmsghdr *header, struct nlattr *attrs[RTA_MAX + 1])
{
	struct rtmsg *info = nlmsg_data(header);

	return nlmsg_valid_hdr(header, sizeof(*info)) &&
	       (info->rtm_family == AF_INET || info->rtm_family == AF_INET6) &&
	       nlmsg_parse(header, sizeof(*info), attrs, RTA_MAX, NULL) == 0;
}

bool route_message_read(struct nlmsghdr *header, struct route_fact *ret_route)
{
	struct rtmsg *info = nlmsg_data(header);
	struct nlattr *attrs[RTA_MAX + 1];
	struct route_fact route = {};

	if (!route_parse(header, attrs))
		return false;
	route.v4 = info->rtm_family == AF_INET;
	route.prefix = info->rtm_dst_len;
	route.ifindex = attrs[RTA_OIF] ? nla_get_u32(attrs[RTA_OIF]) : 0;
	route.forwards = info->rtm_type != RTN_LOCAL && info->rtm_type != RTN_BROADCAST &&
			 info->rtm_type != RTN_ANYCAST && info->rtm_type != RTN_MULTICAST &&
			 !(info->rtm_flags & RTM_F_CLONED);
	addr_read(attrs[RTA_DST], &route.target);
	*ret_route = route;
	return true;
}

static void hops_read(const struct nlattr *hops, struct default_fact *fact, default_fn *fn,
		      void *ctx)
{
	struct rtnexthop *hop = nla_data(hops);
	int left = nla_len(hops);

	for (; RTNH_OK(hop, left); left -= (int)NLMSG_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
		fact->ifindex = (uint32_t)hop->rtnh_ifindex;
		fn(fact, ctx);
	}
}

void default_message_read(struct nlmsghdr *header, default_fn *fn, void *ctx)
{
	struct rtmsg *info = nlmsg_data(header);
	struct nlattr *attrs[RTA_MAX + 1];
	struct default_fact fact = {};

	/* First what is cheap: on a node with many pods nearly every route is to one of them. */
	if (!nlmsg_valid_hdr(header, sizeof(*info)) || info->rtm_dst_len ||
	    info->rtm_type != RTN_UNICAST || info->rtm_flags & RTM_F_CLONED ||
	    !route_parse(header, attrs))
		return;
	fact.v4 = info->rtm_family == AF_INET;
	fact.metric = attrs[RTA_PRIORITY] ? nla_get_u32(attrs[RTA_PRIORITY]) : 0;
	addr_read(attrs[RTA_PREFSRC], &fact.preferred);
	if (attrs[RTA_MULTIPATH]) {
		hops_read(attrs[RTA_MULTIPATH], &fact, fn, ctx);
	} else if (attrs[RTA_OIF]) {
		fact.ifindex = nla_get_u32(attrs[RTA_OIF]);
		fn(&fact, ctx);
	}
}
