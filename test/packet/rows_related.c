/* SPDX-License-Identifier: Apache-2.0 */
/* rows_related - ICMP errors: to whom, and in whose addresses, outside and in the quote. */
#include "datapath/logic/ct_state.h"
#include "packet/scenario.h"
#include "packet/steps.h"

#define REQUEST (CT_SERVICE | CT_REQUEST)
#define REPLY (CT_SERVICE | CT_REPLY)
#define MASQUERADED (CT_MASQUERADE | CT_REQUEST)
#define MASQUERADE_REPLY (CT_MASQUERADE | CT_REPLY)

/* clang-format off */
/* An error about a packet, of which it quotes the IP header and 8 bytes; or all. */
#define ERROR(from_addr, to_addr, what, type, code)                                  \
	FRAME_IPV4, .source = (from_addr), .target = (to_addr), .summed = true,       \
	.protocol = IPPROTO_ICMP, .icmp_type = (type), .icmp_code = (code), .quote = (what), .quoted = 28
#define PORT_ERROR(from_addr, to_addr, what) ERROR(from_addr, to_addr, what, 3, 3)
#define HOPS_ERROR(from_addr, to_addr, what) ERROR(from_addr, to_addr, what, 11, 0)
#define SIZE_ERROR(from_addr, to_addr, what) ERROR(from_addr, to_addr, what, 3, 4)

/* The transport's checksum in a quote is its sender's: the specs have none (0), so that it stays. */
#define QUOTE(...) SPEC(FLOW(__VA_ARGS__), .summed = false, .payload = 40)
#define QUOTE_TCP(...) SPEC(FLOW(__VA_ARGS__), TCP(TCP_ACK), .summed = false, .payload = 40)
#define QUOTE_PING(...) SPEC(PING(__VA_ARGS__), .summed = false, .unsummed = true)

#define WEB_ASKED { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT) }, COUNTER_DIRECT, \
	SPEC(FLOW(POD_A_V4, 40000, POD_B_V4, BACKEND_PORT), TO_B) }
#define WEB_BOTH { { POD_A_V4, 40000, SVC_WEB, SVC_PORT, CT_DATAGRAM, REQUEST },   \
		   { POD_A_V4, 40000, POD_B_V4, BACKEND_PORT, CT_DATAGRAM, REPLY } }
#define FAR_ASKED { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_FAR, SVC_PORT) }, COUNTER_FORWARDED, \
	SPEC(FLOW(POD_A_V4, 40000, POD_FAR, BACKEND_PORT), A_HOP_LESS) }
#define FAR_BOTH { { POD_A_V4, 40000, SVC_FAR, SVC_PORT, CT_DATAGRAM, REQUEST },   \
		   { POD_A_V4, 40000, POD_FAR, BACKEND_PORT, CT_DATAGRAM, REPLY } }
#define WORLD_ASKED { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443) }, COUNTER_FORWARDED, \
	SPEC(FLOW(NODE, 40000, OUTSIDE_V4, 443), A_HOP_LESS) }
#define WORLD_BOTH { { POD_A_V4, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, MASQUERADED },  \
		     { NODE, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, MASQUERADE_REPLY } }
#define PORT_ASKED { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 5555, NODE, NODE_PORT_WEB), BY_WORLD }, COUNTER_DIRECT, \
	SPEC(FLOW(OUTSIDE_V4, 5555, POD_B_V4, BACKEND_PORT), TO_B) }
#define PORT_BOTH { { OUTSIDE_V4, 5555, NODE, NODE_PORT_WEB, CT_DATAGRAM, REQUEST },   \
		    { OUTSIDE_V4, 5555, POD_B_V4, BACKEND_PORT, CT_DATAGRAM, REPLY } }
#define PORT_FAR_ASKED { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR), BY_WORLD }, COUNTER_FORWARDED, \
	SPEC(FLOW(NODE, 5555, POD_FAR, BACKEND_PORT), BY_WORLD, A_HOP_LESS) }
#define PORT_FAR_BOTH { { OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR, CT_DATAGRAM, REQUEST | CT_MASQUERADE },   \
			{ NODE, 5555, POD_FAR, BACKEND_PORT, CT_DATAGRAM, REPLY | CT_MASQUERADE } }

static const struct scenario rows[] = {
	{ "a backend's error about a request comes from the service",
	  { WEB_ASKED,
	    { HOOK_FROM_POD, { PORT_ERROR(POD_B_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_B_V4, BACKEND_PORT)), BY_B }, COUNTER_DIRECT,
	      SPEC(PORT_ERROR(SVC_WEB, POD_A_V4, QUOTE(POD_A_V4, 40000, SVC_WEB, SVC_PORT)), TO_A), .via = POD_B } },
	  WEB_BOTH },
	{ "a client's error about an answer goes to the backend",
	  { WEB_ASKED,
	    { HOOK_FROM_POD, { PORT_ERROR(POD_A_V4, SVC_WEB, QUOTE(SVC_WEB, SVC_PORT, POD_A_V4, 40000)) }, COUNTER_DIRECT,
	      SPEC(PORT_ERROR(POD_A_V4, POD_B_V4, QUOTE(POD_B_V4, BACKEND_PORT, POD_A_V4, 40000)), TO_B) } },
	  WEB_BOTH },
	{ "an error about a plain connection stays as it is",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, POD_B_V4, 80) }, COUNTER_DIRECT, SPEC(FLOW(POD_A_V4, 40000, POD_B_V4, 80), TO_B) },
	    { HOOK_FROM_POD, { PORT_ERROR(POD_B_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_B_V4, 80)), BY_B }, COUNTER_DIRECT,
	      SPEC(PORT_ERROR(POD_B_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_B_V4, 80)), TO_A), .via = POD_B } },
	  { { POD_A_V4, 40000, POD_B_V4, 80, CT_DATAGRAM, 0 } } },
	{ "a router's error on the way to a backend shows the service in the quote (traceroute)",
	  { FAR_ASKED,
	    { HOOK_FROM_UPLINK, { HOPS_ERROR(ROUTER, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_FAR, BACKEND_PORT)), BY_WORLD },
	      COUNTER_DIRECT, SPEC(HOPS_ERROR(ROUTER, POD_A_V4, QUOTE(POD_A_V4, 40000, SVC_FAR, SVC_PORT)), TO_A) } },
	  FAR_BOTH },
	{ "the far backend's own error comes from the service",
	  { FAR_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(POD_FAR, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_FAR, BACKEND_PORT)), BY_WORLD },
	      COUNTER_DIRECT, SPEC(PORT_ERROR(SVC_FAR, POD_A_V4, QUOTE(POD_A_V4, 40000, SVC_FAR, SVC_PORT)), TO_A) } },
	  FAR_BOTH },
	{ "the node's own error about a packet as the pod sent it stays as it is",
	  { FAR_ASKED,
	    { HOOK_TO_POD, { HOPS_ERROR(NODE, POD_A_V4, QUOTE(POD_A_V4, 40000, SVC_FAR, SVC_PORT)), TO_A }, COUNTER_DELIVERED } },
	  FAR_BOTH },
	{ "a router's error about a masqueraded packet reaches the pod in its own address",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { SIZE_ERROR(ROUTER, NODE, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(SIZE_ERROR(ROUTER, POD_A_V4, QUOTE(POD_A_V4, 40000, OUTSIDE_V4, 443)), TO_A) } },
	  WORLD_BOTH },
	{ "the world's error about a masqueraded packet reaches the pod, from the world",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, NODE, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(PORT_ERROR(OUTSIDE_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, OUTSIDE_V4, 443)), TO_A) } },
	  WORLD_BOTH },
	{ "a pod's error about an answer of the world leaves with the node's address",
	  { WORLD_ASKED,
	    { HOOK_FROM_POD, { PORT_ERROR(POD_A_V4, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 443, POD_A_V4, 40000)) }, COUNTER_FORWARDED,
	      SPEC(PORT_ERROR(NODE, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 443, NODE, 40000)), A_HOP_LESS) } },
	  WORLD_BOTH },
	{ "an error about a ping has the pod's identifier in the quote",
	  { { HOOK_FROM_POD, { PING(POD_A_V4, OUTSIDE_V4, 77) }, COUNTER_FORWARDED, SPEC(PING(NODE, OUTSIDE_V4, 77), A_HOP_LESS) },
	    { HOOK_FROM_POD, { PING(POD_B_V4, OUTSIDE_V4, 77), BY_B }, COUNTER_FORWARDED,
	      SPEC(PING(NODE, OUTSIDE_V4, PORT_GIVEN), BY_B, A_HOP_LESS), .via = POD_B, .tries = 1 },
	    { HOOK_FROM_UPLINK, { HOPS_ERROR(ROUTER, NODE, QUOTE_PING(NODE, OUTSIDE_V4, PORT_GIVEN)), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(HOPS_ERROR(ROUTER, POD_B_V4, QUOTE_PING(POD_B_V4, OUTSIDE_V4, 77)), TO_B) } },
	  { { POD_A_V4, 77, OUTSIDE_V4, 77, CT_QUESTION, MASQUERADED },
	    { NODE, 77, OUTSIDE_V4, 77, CT_QUESTION, MASQUERADE_REPLY },
	    { POD_B_V4, 77, OUTSIDE_V4, 77, CT_QUESTION, MASQUERADED },
	    { NODE, PORT_GIVEN, OUTSIDE_V4, PORT_GIVEN, CT_QUESTION, MASQUERADE_REPLY } } },
	{ "a backend's error about outside's request comes from the node port",
	  { PORT_ASKED,
	    { HOOK_FROM_POD, { PORT_ERROR(POD_B_V4, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 5555, POD_B_V4, BACKEND_PORT)), BY_B },
	      COUNTER_FORWARDED,
	      SPEC(PORT_ERROR(NODE, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 5555, NODE, NODE_PORT_WEB)), BY_B, A_HOP_LESS), .via = POD_B } },
	  PORT_BOTH },
	{ "a router's error about a node port's answer reaches the backend",
	  { PORT_ASKED,
	    { HOOK_FROM_UPLINK, { SIZE_ERROR(ROUTER, NODE, QUOTE(NODE, NODE_PORT_WEB, OUTSIDE_V4, 5555)), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(SIZE_ERROR(ROUTER, POD_B_V4, QUOTE(POD_B_V4, BACKEND_PORT, OUTSIDE_V4, 5555)), TO_B) } },
	  PORT_BOTH },
	{ "the far backend's error about outside's request goes on to outside",
	  { PORT_FAR_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(POD_FAR, NODE, QUOTE(NODE, 5555, POD_FAR, BACKEND_PORT)), BY_WORLD }, COUNTER_FORWARDED,
	      SPEC(PORT_ERROR(NODE, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR)), BY_WORLD, A_HOP_LESS) } },
	  PORT_FAR_BOTH },
	{ "an error that may not go on ends in the stack",
	  { PORT_FAR_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(POD_FAR, NODE, QUOTE(NODE, 5555, POD_FAR, BACKEND_PORT)), BY_WORLD, .hop_limit = 1 },
	      COUNTER_STACK, SPEC(PORT_ERROR(NODE, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 5555, NODE, NODE_PORT_FAR)), BY_WORLD, .hop_limit = 1) } },
	  PORT_FAR_BOTH },
	{ "a quote of TCP's first eight bytes is enough",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), TCP(TCP_ACK) }, COUNTER_FORWARDED,
	      SPEC(FLOW(NODE, 40000, OUTSIDE_V4, 443), TCP(TCP_ACK), A_HOP_LESS) },
	    { HOOK_FROM_UPLINK, { SIZE_ERROR(ROUTER, NODE, QUOTE_TCP(NODE, 40000, OUTSIDE_V4, 443)), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(SIZE_ERROR(ROUTER, POD_A_V4, QUOTE_TCP(POD_A_V4, 40000, OUTSIDE_V4, 443)), TO_A) } },
	  { { POD_A_V4, 40000, OUTSIDE_V4, 443, CT_ESTABLISHED, MASQUERADED },
	    { NODE, 40000, OUTSIDE_V4, 443, CT_ESTABLISHED, MASQUERADE_REPLY } } },
	{ "a quote with more of the packet is translated too",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, NODE, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), .quoted = 0, BY_WORLD },
	      COUNTER_DIRECT, SPEC(PORT_ERROR(OUTSIDE_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, OUTSIDE_V4, 443)), .quoted = 0, TO_A) } },
	  WORLD_BOTH },
	{ "a quote with IPv4 options is translated",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, NODE, SPEC(FLOW(NODE, 40000, OUTSIDE_V4, 443), .summed = false, .options = 2)),
				  .quoted = 36, BY_WORLD }, COUNTER_DIRECT,
	      SPEC(PORT_ERROR(OUTSIDE_V4, POD_A_V4, SPEC(FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), .summed = false, .options = 2)),
		   .quoted = 36, TO_A) } },
	  WORLD_BOTH, ONLY_V4 },
	{ "a quote cut short of the ports belongs to nothing",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, NODE, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), .quoted = 27, BY_WORLD },
	      COUNTER_STACK } },
	  WORLD_BOTH },
	{ "padding is no part of a quote",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, NODE, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), .quoted = 27, .padding = 30,
				  BY_WORLD }, COUNTER_STACK } },
	  WORLD_BOTH },
	{ "an error that does not go to whom it quotes belongs to nothing",
	  { WORLD_ASKED,
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, POD_B_V4, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), BY_WORLD }, COUNTER_DIRECT,
	      SPEC(PORT_ERROR(OUTSIDE_V4, POD_B_V4, QUOTE(NODE, 40000, OUTSIDE_V4, 443)), TO_B) } },
	  WORLD_BOTH },
	{ "an error from a pod to the world that belongs to nothing would show its address",
	  { { HOOK_FROM_POD, { PORT_ERROR(POD_A_V4, OUTSIDE_V4, QUOTE(OUTSIDE_V4, 9, POD_A_V4, 9)) }, DROP_UNRELATED } } },
	{ "an error from outside that belongs to nothing is the stack's",
	  { { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, NODE, QUOTE(NODE, 9, OUTSIDE_V4, 9)), BY_WORLD }, COUNTER_STACK },
	    { HOOK_FROM_UPLINK, { PORT_ERROR(OUTSIDE_V4, ROUTER, QUOTE(ROUTER, 9, OUTSIDE_V4, 9)), BY_WORLD }, COUNTER_STACK } } },
	{ "an error that the kernel cannot rewrite is lost",
	  { WEB_ASKED,
	    { HOOK_FROM_POD, { PORT_ERROR(POD_B_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_B_V4, BACKEND_PORT)), BY_B }, DROP_REWRITE,
	      .via = POD_B, .no_memory = true } },
	  WEB_BOTH },
	{ "a pod may not tell of others' connections under another's name",
	  { WEB_ASKED,
	    { HOOK_FROM_POD, { PORT_ERROR(POD_B_V4, POD_A_V4, QUOTE(POD_A_V4, 40000, POD_B_V4, BACKEND_PORT)) },
	      DROP_SOURCE_ADDRESS } },
	  WEB_BOTH },
};
/* clang-format on */

void related_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, scenario_test);
}
