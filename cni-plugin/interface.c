/* SPDX-License-Identifier: Apache-2.0 */
/* interface - a pod's veth pair: made, addressed, looked at and deleted by rtnetlink. */
#include "interface.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>

#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "cni_error.h"
#include "netns.h"

static const __u8 gateway_mac[MAC_SIZE] = GATEWAY_MAC_BYTES;
static const __u8 gateway_v4[4] = GATEWAY_V4_BYTES;
static const __u8 gateway_v6[16] = GATEWAY_V6_BYTES;

static uint8_t family_of(const struct ip_addr *addr)
{
	return ip_addr_is_v4(addr) ? AF_INET : AF_INET6;
}

static void address_put(struct nlmsghdr *header, uint16_t type, const struct ip_addr *addr)
{
	if (ip_addr_is_v4(addr))
		mnl_attr_put(header, type, 4, &addr->words[3]);
	else
		mnl_attr_put(header, type, 16, addr->bytes);
}

static void gateway_put(struct nlmsghdr *header, uint16_t type, uint8_t family)
{
	if (family == AF_INET)
		mnl_attr_put(header, type, sizeof(gateway_v4), gateway_v4);
	else
		mnl_attr_put(header, type, sizeof(gateway_v6), gateway_v6);
}

static bool has_family(const struct record *record, uint8_t family)
{
	for (size_t i = 0; i < record->address_count; i++)
		if (family_of(&record->addresses[i]) == family)
			return true;
	return false;
}

void interface_alias(const struct record *record, char ret_alias[ALIAS_SIZE])
{
	snprintf(ret_alias, ALIAS_SIZE, ALIAS_PREFIX "%s/%s", record->container_id, record->ifname);
}

int interface_create(struct netlink *host, int netns, struct record *record, struct error *err)
{
	struct nlmsghdr *header = netlink_request(host, "create the veth pair", RTM_NEWLINK,
						  NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	struct nlattr *info, *data, *peer;
	int rc;

	mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(header, IFLA_IFNAME, record->host_ifname);
	mnl_attr_put(header, IFLA_ADDRESS, MAC_SIZE, gateway_mac);
	mnl_attr_put_u32(header, IFLA_MTU, record->mtu);
	info = mnl_attr_nest_start(header, IFLA_LINKINFO);
	mnl_attr_put_strz(header, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(header, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(header, IFLA_IFNAME, record->ifname);
	mnl_attr_put(header, IFLA_ADDRESS, MAC_SIZE, record->mac);
	mnl_attr_put_u32(header, IFLA_MTU, record->mtu);
	mnl_attr_put_u32(header, IFLA_NET_NS_FD, (uint32_t)netns);
	mnl_attr_nest_end(header, peer);
	mnl_attr_nest_end(header, data);
	mnl_attr_nest_end(header, info);
	if ((rc = netlink_commit(host, err)))
		return rc;

	record->ifindex = if_nametoindex(record->host_ifname);
	return record->ifindex ? 0 :
				 error_set(err, -errno, "find interface '%s'", record->host_ifname);
}

static void link_up_put(struct nlmsghdr *header, uint32_t ifindex)
{
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(header, sizeof(*link));

	link->ifi_index = (int)ifindex;
	link->ifi_flags = IFF_UP;
	link->ifi_change = IFF_UP;
}

/* No link-local address of the kernel's choice: it would bring duplicate address detection. */
static void no_link_local_put(struct nlmsghdr *header)
{
	struct nlattr *spec = mnl_attr_nest_start(header, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(header, AF_INET6);

	mnl_attr_put_u8(header, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(header, inet6);
	mnl_attr_nest_end(header, spec);
}

static struct nlmsghdr *neighbour_put(struct netlink *nl, const char *what, uint32_t ifindex,
				      uint8_t family, const __u8 *mac)
{
	struct nlmsghdr *header =
		netlink_request(nl, what, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK);
	struct ndmsg *neighbour = mnl_nlmsg_put_extra_header(header, sizeof(*neighbour));

	neighbour->ndm_family = family;
	neighbour->ndm_ifindex = (int)ifindex;
	neighbour->ndm_state = NUD_PERMANENT;
	mnl_attr_put(header, NDA_LLADDR, MAC_SIZE, mac);
	return header;
}

static struct nlmsghdr *link_address_put(struct netlink *nl, const char *what, uint32_t ifindex,
					 uint8_t family, uint32_t flags)
{
	struct nlmsghdr *header =
		netlink_request(nl, what, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	struct ifaddrmsg *address = mnl_nlmsg_put_extra_header(header, sizeof(*address));

	address->ifa_family = family;
	address->ifa_prefixlen = family == AF_INET ? 32 : 128;
	address->ifa_index = ifindex;
	address->ifa_scope = RT_SCOPE_UNIVERSE;
	/* Byway made sure that nobody else has it: duplicate detection would only cost a second. */
	mnl_attr_put_u32(header, IFA_FLAGS, IFA_F_PERMANENT | IFA_F_NODAD | flags);
	return header;
}

static struct nlmsghdr *route_put(struct netlink *nl, const char *what, uint32_t ifindex,
				  uint8_t family, uint8_t prefix_length, uint8_t scope)
{
	struct nlmsghdr *header =
		netlink_request(nl, what, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	struct rtmsg *route = mnl_nlmsg_put_extra_header(header, sizeof(*route));

	route->rtm_family = family;
	route->rtm_dst_len = prefix_length;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = scope;
	route->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(header, RTA_OIF, ifindex);
	return header;
}

static int sysctl_write(const char *ifname, const char *name, const char *value, struct error *err)
{
	char path[128];
	ssize_t put;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", ifname, name);

	CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, -errno, "open '%s'", path);
	put = write(fd, value, strlen(value));
	return put < 0 ? error_set(err, -errno, "write '%s'", path) : 0;
}

/*
 * Without an address on the interface the node could not ask for the pod once its permanent
 * neighbour is taken away: the source of a solicitation must be one (RFC 4861 4.3), unlike in ARP.
 */
static void host_address_put(struct netlink *host, uint32_t ifindex)
{
	struct nlmsghdr *header = link_address_put(host,
						   "give the node's end the gateway's address",
						   ifindex, AF_INET6, IFA_F_NOPREFIXROUTE);

	gateway_put(header, IFA_LOCAL, AF_INET6);
	gateway_put(header, IFA_ADDRESS, AF_INET6);
}

_Static_assert(2 * ADDRESSES_MAX + 2 <= BATCH_MAX, "a batch holds all of a pod's addresses");

int interface_host_up(struct netlink *host, const struct record *record, struct error *err)
{
	bool v6 = has_family(record, AF_INET6);
	char alias[ALIAS_SIZE];
	struct nlmsghdr *header;
	int rc;

	/* The node may have IPv6 off by default; without it the veth forwards none. */
	if (v6 && (rc = sysctl_write(record->host_ifname, "disable_ipv6", "0", err)))
		return rc;
	header = netlink_request(host, "bring the node's end up", RTM_NEWLINK, NLM_F_ACK);
	link_up_put(header, record->ifindex);
	interface_alias(record, alias);
	mnl_attr_put_strz(header, IFLA_IFALIAS, alias);
	if (v6) {
		no_link_local_put(header);
		host_address_put(host, record->ifindex);
	}

	for (size_t i = 0; i < record->address_count; i++) {
		const struct ip_addr *addr = &record->addresses[i];
		bool v4 = ip_addr_is_v4(addr);

		header = neighbour_put(host, "add the pod as a neighbour", record->ifindex,
				       family_of(addr), record->mac);
		address_put(header, NDA_DST, addr);
		header = route_put(host, "add the route to the pod", record->ifindex,
				   family_of(addr), v4 ? 32 : 128,
				   v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
		address_put(header, RTA_DST, addr);
	}
	return netlink_commit(host, err);
}

static void pod_address_put(struct netlink *nl, uint32_t ifindex, const struct ip_addr *addr)
{
	struct nlmsghdr *header =
		link_address_put(nl, "add the pod's address", ifindex, family_of(addr), 0);

	address_put(header, IFA_LOCAL, addr);
	address_put(header, IFA_ADDRESS, addr);
}

/* The gateway is on no subnet of the pod's: "onlink" takes our word for it. */
static void pod_gateway_put(struct netlink *nl, uint32_t ifindex, uint8_t family)
{
	struct nlmsghdr *header =
		neighbour_put(nl, "add the gateway as a neighbour", ifindex, family, gateway_mac);

	gateway_put(header, NDA_DST, family);
	header =
		route_put(nl, "add the pod's default route", ifindex, family, 0, RT_SCOPE_UNIVERSE);
	((struct rtmsg *)mnl_nlmsg_get_payload(header))->rtm_flags = RTNH_F_ONLINK;
	gateway_put(header, RTA_GATEWAY, family);
}

static int pod_sysctls(const struct record *record, struct error *err)
{
	bool v6 = has_family(record, AF_INET6);
	struct error ignored;
	int rc;

	if (v6 && (rc = sysctl_write(record->ifname, "disable_ipv6", "0", err)))
		return rc;
	/* A kernel without IPv6 has nothing to refuse. */
	rc = sysctl_write(record->ifname, "accept_ra", "0", v6 ? err : &ignored);
	if (rc == 0)
		rc = sysctl_write(record->ifname, "accept_dad", "0", v6 ? err : &ignored);
	return v6 ? rc : 0;
}

static int pod_up(void *ctx, struct error *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	const struct record *record = ctx;
	CLEANUP(netlink_close) struct netlink nl = {};
	uint32_t ifindex = if_nametoindex(record->ifname);
	int rc;

	if (!ifindex)
		return error_set(err, -errno, "find interface '%s' in the pod", record->ifname);
	if ((rc = pod_sysctls(record, err)) || (rc = netlink_open(&nl, err)))
		return rc;
	link_up_put(netlink_request(&nl, "bring the pod's end up", RTM_NEWLINK, NLM_F_ACK),
		    ifindex);
	for (size_t i = 0; i < record->address_count; i++)
		pod_address_put(&nl, ifindex, &record->addresses[i]);
	for (size_t i = 0; i < 2; i++)
		if (has_family(record, families[i]))
			pod_gateway_put(&nl, ifindex, families[i]);
	return netlink_commit(&nl, err);
}

int interface_pod_up(int netns, const struct record *record, struct error *err)
{
	return netns_run(netns, pod_up, (void *)record, err);
}

int interface_delete(struct netlink *host, const char *host_ifname, struct error *err)
{
	struct nlmsghdr *header =
		netlink_request(host, "delete the veth pair", RTM_DELLINK, NLM_F_ACK);
	int rc;

	mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(header, IFLA_IFNAME, host_ifname);
	rc = netlink_commit(host, err);
	return rc == -ENODEV ? 0 : rc;
}

struct check_question {
	const char *ifname;
	const struct ip_addr *addresses;
	size_t count;
	uint32_t ifindex;
	bool routed[2]; /* by "is IPv4" */
};

static bool ifaddr_is(const struct ifaddrs *item, const char *ifname, const struct ip_addr *addr)
{
	if (!item->ifa_addr || strcmp(item->ifa_name, ifname) ||
	    item->ifa_addr->sa_family != family_of(addr))
		return false;
	if (ip_addr_is_v4(addr))
		return ((struct sockaddr_in *)item->ifa_addr)->sin_addr.s_addr == addr->words[3];
	return !memcmp(&((struct sockaddr_in6 *)item->ifa_addr)->sin6_addr, addr->bytes, 16);
}

static void ifaddrs_free(struct ifaddrs **list)
{
	if (*list)
		freeifaddrs(*list);
}

static int addresses_check(const struct check_question *question, struct error *err)
{
	CLEANUP(ifaddrs_free) struct ifaddrs *list = NULL;

	if (getifaddrs(&list) < 0)
		return error_set(err, -errno, "list the pod's addresses");
	for (size_t i = 0; i < question->count; i++) {
		const struct ip_addr *addr = &question->addresses[i];
		const struct ifaddrs *item = list;

		while (item && !ifaddr_is(item, question->ifname, addr))
			item = item->ifa_next;
		if (!item)
			return error_say(err, CNI_MISMATCH, "%s no longer has address %s",
					 question->ifname, ip_addr_text(addr).text);
		if (!(item->ifa_flags & IFF_UP))
			return error_say(err, CNI_MISMATCH, "%s is down", question->ifname);
	}
	return 0;
}

static int route_attr(const struct nlattr *attr, void *ctx)
{
	if (mnl_attr_get_type(attr) == RTA_OIF && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		*(uint32_t *)ctx = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int route_seen(const struct nlmsghdr *header, void *ctx)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(header);
	struct check_question *question = ctx;
	uint32_t oif = 0;

	if (route->rtm_dst_len || route->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_parse(header, sizeof(*route), route_attr, &oif);
	if (oif == question->ifindex)
		question->routed[route->rtm_family == AF_INET] = true;
	return MNL_CB_OK;
}

static int routes_check(struct check_question *question, struct error *err)
{
	static const uint8_t families[] = { AF_INET6, AF_INET };
	CLEANUP(netlink_close) struct netlink nl = {};
	int rc = netlink_open(&nl, err);

	for (size_t v4 = 0; rc == 0 && v4 < 2; v4++) {
		struct nlmsghdr *header =
			netlink_request(&nl, "list the pod's routes", RTM_GETROUTE, NLM_F_DUMP);
		struct rtmsg *route = mnl_nlmsg_put_extra_header(header, sizeof(*route));

		route->rtm_family = families[v4];
		rc = netlink_dump(&nl, route_seen, question, err);
	}
	for (size_t i = 0; rc == 0 && i < question->count; i++)
		if (!question->routed[ip_addr_is_v4(&question->addresses[i])])
			rc = error_say(err, CNI_MISMATCH, "the default route for %s is gone",
				       ip_addr_text(&question->addresses[i]).text);
	return rc;
}

static int check_inside(void *ctx, struct error *err)
{
	struct check_question *question = ctx;
	int rc;

	question->ifindex = if_nametoindex(question->ifname);
	if (!question->ifindex)
		return error_say(err, CNI_MISMATCH, "interface %s is gone from the pod",
				 question->ifname);
	if ((rc = addresses_check(question, err)))
		return rc;
	return routes_check(question, err);
}

int interface_check(int netns, const char *ifname, const struct ip_addr *addresses, size_t count,
		    struct error *err)
{
	struct check_question question = { .ifname = ifname,
					   .addresses = addresses,
					   .count = count };

	return netns_run(netns, check_inside, &question, err);
}

struct alias_walk {
	interface_fn *fn;
	void *ctx;
};

struct alias_found {
	const char *ifname, *alias;
};

static int alias_attr(const struct nlattr *attr, void *ctx)
{
	struct alias_found *found = ctx;

	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return MNL_CB_OK;
	if (mnl_attr_get_type(attr) == IFLA_IFNAME)
		found->ifname = mnl_attr_get_str(attr);
	else if (mnl_attr_get_type(attr) == IFLA_IFALIAS)
		found->alias = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

static int alias_seen(const struct nlmsghdr *header, void *ctx)
{
	const struct alias_walk *walk = ctx;
	struct alias_found found = {};

	mnl_attr_parse(header, sizeof(struct ifinfomsg), alias_attr, &found);
	if (found.ifname && found.alias &&
	    !strncmp(found.alias, ALIAS_PREFIX, strlen(ALIAS_PREFIX)))
		walk->fn(found.ifname, found.alias, walk->ctx);
	return MNL_CB_OK;
}

int interface_for_each(struct netlink *host, interface_fn *fn, void *ctx, struct error *err)
{
	struct alias_walk walk = { fn, ctx };
	struct nlmsghdr *header =
		netlink_request(host, "list the interfaces", RTM_GETLINK, NLM_F_DUMP);

	mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
	return netlink_dump(host, alias_seen, &walk, err);
}
