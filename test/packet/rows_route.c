/* SPDX-License-Identifier: Apache-2.0 */
/* rows_route - the last step: straight into a pod, or untouched to the node's stack. */
#include <netinet/in.h>

#include "packet/steps.h"

/* clang-format off */
static const struct row rows[] = {
	{ "IPv4 to a pod of this node goes straight there, only its MAC addresses rewritten", HOOK_FROM_POD,
	  COUNTER_DIRECT, { FRAME_IPV4, .payload = 64, .hop_limit = 1 } },
	{ "IPv6 to a pod of this node goes straight there, only its MAC addresses rewritten", HOOK_FROM_POD,
	  COUNTER_DIRECT, { FRAME_IPV6, .payload = 64, .hop_limit = 1 } },
	{ "whatever target MAC address the pod wrote, the other pod's stands there", HOOK_FROM_POD,
	  COUNTER_DIRECT, { FRAME_IPV4, .to = MAC_STRANGER } },
	{ "a frame too short for Ethernet is not filled up", HOOK_FROM_POD,
	  COUNTER_DIRECT, { FRAME_IPV4, .protocol = IPPROTO_ESP, .payload = 1 } },
	{ "nothing goes into a pod whose policy is not ready", HOOK_FROM_POD, DROP_PENDING_TARGET,
	  { FRAME_IPV4 }, .tweak = pod_b_becomes_pending },
	{ "nothing goes into a pod that nobody has said anything about", HOOK_FROM_POD, DROP_PENDING_TARGET,
	  { FRAME_IPV6, .target = POD_PENDING_V6 } },
	{ "nothing goes to an IPv4 address that is only leased", HOOK_FROM_POD, DROP_NO_INTERFACE,
	  { FRAME_IPV4, .target = LEASED_V4 } },
	{ "nothing goes to an IPv6 address that is only leased", HOOK_FROM_POD, DROP_NO_INTERFACE,
	  { FRAME_IPV6, .target = LEASED_V6 } },
	{ "IPv4 to elsewhere goes to the node's stack untouched", HOOK_FROM_POD, COUNTER_STACK,
	  { FRAME_IPV4, .target = OUTSIDE_V4, .payload = 33 } },
	{ "IPv4 for the gateway itself does not leave the node", HOOK_FROM_POD, DROP_LINK_LOCAL,
	  { FRAME_IPV4, .target = "169.254.1.1", .protocol = IPPROTO_ICMP } },
	{ "IPv6 to elsewhere goes to the node's stack untouched", HOOK_FROM_POD, COUNTER_STACK,
	  { FRAME_IPV6, .target = OUTSIDE_V6, .payload = 33 } },
	{ "a fragment to elsewhere goes to the node's stack untouched", HOOK_FROM_POD, COUNTER_STACK,
	  { FRAME_IPV4, .target = OUTSIDE_V4, .fragment = 100, .bare = true, .payload = 8 } },
	{ "an advertisement to a global address answers the node and goes to its stack", HOOK_FROM_POD, COUNTER_STACK,
	  { FRAME_IPV6, .target = OUTSIDE_V6, .protocol = IPPROTO_ICMPV6, .icmp_type = 136, .asked = POD_A_V6,
	    .hop_limit = 255 } },
	{ "IPv4 multicast is not carried", HOOK_FROM_POD, DROP_MULTICAST, { FRAME_IPV4, .target = "224.0.0.251" } },
	{ "the highest IPv4 multicast address is not carried", HOOK_FROM_POD, DROP_MULTICAST,
	  { FRAME_IPV4, .target = "239.255.255.255" } },
	{ "IPv4 broadcast is not carried", HOOK_FROM_POD, DROP_MULTICAST,
	  { FRAME_IPV4, .target = "255.255.255.255", .to = MAC_BROADCAST } },
	{ "IPv6 multicast is not carried", HOOK_FROM_POD, DROP_MULTICAST, { FRAME_IPV6, .target = "ff02::fb" } },
	{ "an ICMPv6 echo to all nodes is not carried", HOOK_FROM_POD, DROP_MULTICAST,
	  { FRAME_IPV6, .target = "ff02::1", .protocol = IPPROTO_ICMPV6, .icmp_type = 128 } },
};
/* clang-format on */

void route_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, row_test);
}
