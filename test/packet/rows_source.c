/* SPDX-License-Identifier: Apache-2.0 */
/* rows_source - step 2: a pod speaks with its own addresses, from its own interface, once ready. */
#include <netinet/in.h>

#include "packet/steps.h"

/* clang-format off */
static const struct row rows[] = {
	{ "a pod may not use an IPv4 address that nobody has", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = "10.9.0.200" } },
	{ "a pod may not use an IPv6 address that nobody has", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6, .source = "fd09::200" } },
	{ "a pod may not use another pod's IPv4 address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = POD_B_V4, .target = OUTSIDE_V4 } },
	{ "a pod may not use another pod's IPv6 address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6, .source = POD_B_V6, .target = OUTSIDE_V6 } },
	{ "a pod may not use another pod's address with that pod's MAC address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = POD_B_V4, .from = MAC_POD_B, .target = OUTSIDE_V4 } },
	{ "a pod may not use an address that is leased without an interface", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = LEASED_V4, .from = MAC_ZERO } },
	{ "a pod may not use an address from outside", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6, .source = OUTSIDE_V6 } },
	{ "a pod may not use the unspecified IPv4 address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = "0.0.0.0", .target = "255.255.255.255", .to = MAC_BROADCAST } },
	{ "a pod may not use the unspecified IPv6 address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6, .source = "::" } },
	{ "a pod may not use the loopback address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = "127.0.0.1" } },
	{ "a pod may not use a multicast address as its own", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6, .source = "ff02::1" } },
	{ "a pod may not use the gateway's address", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = GATEWAY_V4 } },
	{ "a pod may not use a link-local address beyond its link", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6, .source = "fe80::a" } },
	{ "a pod's address counts only on its own interface", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4 }, .via = POD_B },
	{ "a pod's IPv6 address counts only on its own interface", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV6 }, .via = POD_B },
	{ "a pod may not use an unknown MAC address", HOOK_FROM_POD, DROP_SOURCE_MAC,
	  { FRAME_IPV4, .from = MAC_STRANGER } },
	{ "a pod may not use another pod's MAC address", HOOK_FROM_POD, DROP_SOURCE_MAC,
	  { FRAME_IPV6, .from = MAC_POD_B } },
	{ "a pod may not use the gateway's MAC address", HOOK_FROM_POD, DROP_SOURCE_MAC,
	  { FRAME_IPV4, .from = MAC_GATEWAY, .target = OUTSIDE_V4 } },
	{ "the source of a later fragment is checked too", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = POD_B_V4, .fragment = 100, .bare = true, .payload = 8 } },

	{ "a pod whose policy is not ready sends nothing to a pod", HOOK_FROM_POD, DROP_PENDING_SOURCE,
	  { FRAME_IPV4 }, .tweak = pod_a_becomes_pending },
	{ "a pod whose policy is not ready sends nothing outside", HOOK_FROM_POD, DROP_PENDING_SOURCE,
	  { FRAME_IPV6, .target = OUTSIDE_V6 }, .tweak = pod_a_becomes_pending },
	{ "a pod that nobody has said anything about sends nothing", HOOK_FROM_POD, DROP_PENDING_SOURCE,
	  { FRAME_IPV4 }, .tweak = pod_a_loses_its_policy },
	{ "a forgery is a forgery before it is early", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { FRAME_IPV4, .source = POD_B_V4 }, .tweak = pod_a_becomes_pending },
};
/* clang-format on */

void source_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, row_test);
}
