/* SPDX-License-Identifier: Apache-2.0 */
/* rows_deliver - to_pod: what the node's stack may hand to the pod behind an interface. */
#include <netinet/in.h>

#include "packet/steps.h"

#define TO_POD_A_V4 \
	FRAME_IPV4, .source = OUTSIDE_V4, .target = POD_A_V4, .from = MAC_GATEWAY, .to = MAC_POD_A
#define TO_POD_A_V6 \
	FRAME_IPV6, .source = OUTSIDE_V6, .target = POD_A_V6, .from = MAC_GATEWAY, .to = MAC_POD_A

/* clang-format off */
static const struct row rows[] = {
	{ "IPv4 for the pod is delivered untouched", HOOK_TO_POD, COUNTER_DELIVERED, { TO_POD_A_V4, .payload = 40 } },
	{ "IPv6 for the pod is delivered untouched", HOOK_TO_POD, COUNTER_DELIVERED, { TO_POD_A_V6, .payload = 40 } },
	{ "a later fragment for the pod is delivered", HOOK_TO_POD, COUNTER_DELIVERED,
	  { TO_POD_A_V4, .fragment = 9, .bare = true, .payload = 8 } },
	{ "a GSO packet too big for its length field is delivered", HOOK_TO_POD, COUNTER_DELIVERED,
	  { TO_POD_A_V6, .protocol = IPPROTO_TCP, .payload = 1800, .gso_size = 900, .unsaid = true } },
	{ "another pod's IPv4 address is not behind this interface", HOOK_TO_POD, DROP_NOT_ITS_ADDRESS,
	  { TO_POD_A_V4 }, .via = POD_B },
	{ "another pod's IPv6 address is not behind this interface", HOOK_TO_POD, DROP_NOT_ITS_ADDRESS,
	  { TO_POD_A_V6 }, .via = POD_B },
	{ "an address that nobody has is not behind this interface", HOOK_TO_POD, DROP_NOT_ITS_ADDRESS,
	  { FRAME_IPV4, .target = "10.9.0.200" } },
	{ "an address that is only leased is behind no interface", HOOK_TO_POD, DROP_NOT_ITS_ADDRESS,
	  { FRAME_IPV6, .target = LEASED_V6 } },
	{ "IPv4-mapped addresses are not delivered in IPv6", HOOK_TO_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .source = OUTSIDE_V6, .target = "::ffff:" POD_A_V4 } },
	{ "nothing is delivered to a pod whose policy is not ready", HOOK_TO_POD, DROP_PENDING_TARGET,
	  { TO_POD_A_V4 }, .tweak = pod_a_becomes_pending },
	{ "nothing is delivered to a pod that nobody has said anything about", HOOK_TO_POD, DROP_PENDING_TARGET,
	  { FRAME_IPV6, .target = POD_PENDING_V6 }, .via = POD_PENDING },
	{ "the node's ARP question reaches the pod", HOOK_TO_POD, COUNTER_DELIVERED,
	  { FRAME_ARP, .source = "192.0.2.9", .target = POD_A_V4, .from = MAC_GATEWAY, .arp_from = MAC_GATEWAY,
	    .to = MAC_BROADCAST } },
	{ "the node's neighbour solicitation reaches the pod", HOOK_TO_POD, COUNTER_DELIVERED,
	  { FRAME_IPV6, .source = "fe80::99", .target = "ff02::1:ff00:2", .protocol = IPPROTO_ICMPV6, .icmp_type = 135,
	    .asked = POD_A_V6, .hop_limit = 255, .from = MAC_GATEWAY } },
	{ "not even a question reaches a pod whose policy is not ready", HOOK_TO_POD, DROP_PENDING_TARGET,
	  { FRAME_ARP, .source = "192.0.2.9", .target = POD_A_V4, .arp_from = MAC_GATEWAY },
	  .tweak = pod_a_becomes_pending },
	{ "IPv4 multicast is not delivered", HOOK_TO_POD, DROP_MULTICAST, { FRAME_IPV4, .target = "224.0.0.1" } },
	{ "IPv4 broadcast is not delivered", HOOK_TO_POD, DROP_MULTICAST, { FRAME_IPV4, .target = "255.255.255.255" } },
	{ "IPv6 multicast is not delivered", HOOK_TO_POD, DROP_MULTICAST, { FRAME_IPV6, .target = "ff02::fb" } },
	{ "an ICMPv6 echo to all nodes is not delivered", HOOK_TO_POD, DROP_MULTICAST,
	  { FRAME_IPV6, .target = "ff02::1", .protocol = IPPROTO_ICMPV6, .icmp_type = 128 } },
	{ "the node's own report of its groups ends here", HOOK_TO_POD, COUNTER_ABSORBED,
	  { FRAME_IPV6, .source = "fe80::99", .target = "ff02::16", .protocol = IPPROTO_ICMPV6, .icmp_type = 143,
	    .hop_limit = 1, .payload = 20, .extensions = { { IPPROTO_HOPOPTS, 0, 0 } }, .extension_count = 1 } },
	{ "the node's own search for routers ends here", HOOK_TO_POD, COUNTER_ABSORBED,
	  { FRAME_IPV6, .source = "fe80::99", .target = "ff02::2", .protocol = IPPROTO_ICMPV6, .icmp_type = 133,
	    .hop_limit = 255 }, .tweak = pod_a_becomes_pending },
	{ "an IGMP query of the node's ends here", HOOK_TO_POD, COUNTER_ABSORBED,
	  { FRAME_IPV4, .target = "224.0.0.1", .protocol = IPPROTO_IGMP, .options = 1, .payload = 8 } },
	{ "a router's advertisement ends here", HOOK_TO_POD, COUNTER_ABSORBED,
	  { FRAME_IPV6, .target = "ff02::1", .protocol = IPPROTO_ICMPV6, .icmp_type = 134, .hop_limit = 255 } },
};
/* clang-format on */

void deliver_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, row_test);
}
