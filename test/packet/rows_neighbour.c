/* SPDX-License-Identifier: Apache-2.0 */
/* rows_neighbour - ARP and neighbour discovery: the gateway answers, byte by byte. */
#include <netinet/in.h>

#include "packet/answers.h"
#include "packet/steps.h"

#define MLD_DONE 132
#define ROUTER_SOLICIT 133
#define SOLICIT 135
#define ADVERT 136
#define MLD2_REPORT 143

#define GATEWAYS_GROUP "ff02::1:ff00:1"
#define ND(type) FRAME_IPV6, .protocol = IPPROTO_ICMPV6, .hop_limit = 255, .icmp_type = (type)
#define QUESTION ND(SOLICIT), .target = GATEWAYS_GROUP, .asked = GATEWAY_V6

/* clang-format off */
static const struct row rows[] = {
	{ "ARP: the gateway answers", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { FRAME_ARP, .to = MAC_BROADCAST }, .out = out_arp_answer },
	{ "ARP: the gateway answers a padded question", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { FRAME_ARP, .to = MAC_BROADCAST, .padding = 18 }, .out = out_arp_answer },
	{ "ARP: the gateway answers a question sent to itself alone", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { FRAME_ARP }, .out = out_arp_answer },
	{ "ARP: a pod that is not ready yet gets its answer too", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { FRAME_ARP }, .tweak = pod_a_becomes_pending, .out = out_arp_answer },
	{ "ARP: a probe for the pod's own address ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { FRAME_ARP, .source = "0.0.0.0", .target = POD_A_V4 } },
	{ "ARP: a probe for another's address is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .source = "0.0.0.0", .target = POD_B_V4 } },
	{ "ARP: a probe for the gateway's address is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .source = "0.0.0.0" } },
	{ "ARP: a gratuitous announcement ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { FRAME_ARP, .source = POD_A_V4, .target = POD_A_V4 } },
	{ "ARP: the pod's reply goes to the node's stack", HOOK_FROM_POD, COUNTER_STACK,
	  { FRAME_ARP, .arp_operation = 2, .target = OUTSIDE_V4 } },
	{ "ARP: a reply for another pod's address is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .arp_operation = 2, .source = POD_B_V4, .target = OUTSIDE_V4 } },
	{ "ARP: a reply for the gateway's address is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .arp_operation = 2, .source = GATEWAY_V4, .target = POD_A_V4 } },
	{ "ARP: a reply from nobody is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .arp_operation = 2, .source = "0.0.0.0", .target = POD_A_V4 } },
	{ "ARP: a question for another pod is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .target = POD_B_V4 } },
	{ "ARP: a question for somebody outside is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .target = OUTSIDE_V4 } },
	{ "ARP: a question in another pod's name is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .source = POD_B_V4 } },
	{ "ARP: a question through another pod's interface is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP }, .via = POD_B },
	{ "ARP: the sender's MAC address must be the frame's", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .arp_from = MAC_STRANGER } },
	{ "ARP: the sender's MAC address must be the pod's", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .from = MAC_STRANGER, .arp_from = MAC_STRANGER } },
	{ "ARP: other hardware than Ethernet is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .arp_hardware = 6 } },
	{ "ARP: another protocol than IPv4 is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .arp_protocol = 0x86dd } },
	{ "ARP: a hardware address of another size is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .arp_hardware_size = 8 } },
	{ "ARP: a protocol address of another size is lost", HOOK_FROM_POD, DROP_ARP,
	  { FRAME_ARP, .arp_protocol_size = 16 } },
	{ "ARP: a reverse question is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .arp_operation = 3 } },
	{ "ARP: an unknown operation is lost", HOOK_FROM_POD, DROP_ARP, { FRAME_ARP, .arp_operation = 0x200 } },
	{ "ARP: one byte too short is malformed", HOOK_FROM_POD, DROP_MALFORMED, { FRAME_ARP, .cut = 41 } },
	{ "ARP: one byte of it is malformed", HOOK_FROM_POD, DROP_MALFORMED, { FRAME_ARP, .cut = 15 } },
	{ "ARP: an answer that cannot be written is lost, with its reason", HOOK_FROM_POD, DROP_REWRITE,
	  { FRAME_ARP }, .no_memory = true },

	{ "ND: the gateway answers", HOOK_FROM_POD, COUNTER_ANSWERED, { QUESTION }, .out = out_nd_answer },
	{ "ND: the gateway answers a link-local asker", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { QUESTION, .source = "fe80::a:bcff:fede:f012" }, .out = out_nd_answer },
	{ "ND: the gateway answers a question sent to itself alone", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { QUESTION, .target = GATEWAY_V6 }, .out = out_nd_answer },
	{ "ND: the gateway answers a question without an option", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { QUESTION, .no_option = true }, .out = out_nd_answer },
	{ "ND: the gateway's answer is no longer than it should be", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { QUESTION, .payload = 64, .padding = 30 }, .out = out_nd_answer },
	{ "ND: the gateway answers behind an extension header", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { QUESTION, .extensions = { { IPPROTO_DSTOPTS, 1, 0 } }, .extension_count = 1 }, .out = out_nd_answer },
	{ "ND: a pod that is not ready yet gets its answer too", HOOK_FROM_POD, COUNTER_ANSWERED,
	  { QUESTION }, .tweak = pod_a_becomes_pending, .out = out_nd_answer },
	{ "ND: the check for duplicates of a link-local address ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(SOLICIT), .source = "::", .target = "ff02::1:ff00:a", .asked = "fe80::a", .no_option = true } },
	{ "ND: the check for duplicates of the gateway's address ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { QUESTION, .source = "::", .no_option = true } },
	{ "ND: a question for another pod ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(SOLICIT), .target = "ff02::1:ff00:3", .asked = POD_B_V6 } },
	{ "ND: a question for another neighbour of the gateway's group ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(SOLICIT), .target = GATEWAYS_GROUP, .asked = "fe80::ff:0:1" } },
	{ "ND: a question from further away than the link is a forgery", HOOK_FROM_POD, DROP_MALFORMED,
	  { QUESTION, .hop_limit = 254 } },
	{ "ND: a question with a hop limit of 1 is a forgery", HOOK_FROM_POD, DROP_MALFORMED, { QUESTION, .hop_limit = 1 } },
	{ "ND: a question that names no target is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { ND(SOLICIT), .target = GATEWAYS_GROUP } },
	{ "ND: a question that ends within its target is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { ND(SOLICIT), .target = GATEWAYS_GROUP, .payload = 15 } },
	{ "ND: padding is no target", HOOK_FROM_POD, DROP_MALFORMED,
	  { ND(SOLICIT), .target = GATEWAYS_GROUP, .asked = GATEWAY_V6, .no_option = true, .longer = -1 } },
	{ "ND: an answer that cannot be written is lost, with its reason", HOOK_FROM_POD, DROP_REWRITE,
	  { QUESTION }, .no_memory = true },
	{ "ND: the search for routers ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(ROUTER_SOLICIT), .source = "fe80::a", .target = "ff02::2" } },
	{ "ND: a router's advertisement of a pod's ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(134), .source = "fe80::a", .target = "ff02::1" } },
	{ "ND: an unasked advertisement to all ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(ADVERT), .target = "ff02::1", .asked = POD_A_V6 } },
	{ "ND: a question with a global target goes the road of every packet", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { ND(SOLICIT), .source = "fe80::a", .asked = POD_B_V6 } },
	{ "MLD: the end of a membership ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(MLD_DONE), .source = "fe80::a", .target = "ff02::2", .hop_limit = 1 } },
	{ "MLDv2: a report behind its hop-by-hop option ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { ND(MLD2_REPORT), .source = "::", .target = "ff02::16", .hop_limit = 1, .payload = 20,
	    .extensions = { { IPPROTO_HOPOPTS, 0, 0 } }, .extension_count = 1 } },
	{ "IGMP: a report ends here", HOOK_FROM_POD, COUNTER_ABSORBED,
	  { FRAME_IPV4, .protocol = IPPROTO_IGMP, .target = "224.0.0.22", .options = 1, .payload = 8 } },

	{ "nobody answers a ping to the gateway's link-local address", HOOK_FROM_POD, DROP_LINK_LOCAL,
	  { ND(128), .target = GATEWAY_V6 } },
	{ "nobody answers for a link-local neighbour", HOOK_FROM_POD, DROP_LINK_LOCAL,
	  { FRAME_IPV6, .source = "fe80::a", .target = "fe80::b", .protocol = IPPROTO_TCP } },
	{ "the last of the link-local addresses is link-local", HOOK_FROM_POD, DROP_LINK_LOCAL,
	  { FRAME_IPV6, .target = "febf:ffff::1" } },
	{ "the first address behind the link-local ones is not", HOOK_FROM_POD, COUNTER_STACK,
	  { FRAME_IPV6, .target = "fec0::1" } },
	{ "an advertisement to the gateway answers the node and goes to its stack", HOOK_FROM_POD, COUNTER_STACK,
	  { ND(ADVERT), .target = GATEWAY_V6, .asked = POD_A_V6 } },
	{ "an advertisement to the gateway from another pod's address is lost", HOOK_FROM_POD, DROP_SOURCE_ADDRESS,
	  { ND(ADVERT), .source = POD_B_V6, .target = GATEWAY_V6, .asked = POD_B_V6 } },
	{ "an advertisement to another link-local address is lost", HOOK_FROM_POD, DROP_LINK_LOCAL,
	  { ND(ADVERT), .target = "fe80::b", .asked = POD_A_V6 } },
	{ "a fragment to a link-local address is lost", HOOK_FROM_POD, DROP_LINK_LOCAL,
	  { FRAME_IPV6, .target = GATEWAY_V6, .bare = true, .extension_count = 1,
	    .extensions = { { IPPROTO_FRAGMENT, 0, 8 } } } },
};
/* clang-format on */

void neighbour_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, row_test);
}
