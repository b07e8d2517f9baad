/* SPDX-License-Identifier: Apache-2.0 */
/* rows_part - packets that were cut up: later parts go where the first went. */
#include "datapath/logic/ct_state.h"
#include "packet/scenario.h"
#include "packet/steps.h"

#define REQUEST (CT_SERVICE | CT_REQUEST)
#define REPLY (CT_SERVICE | CT_REPLY)
#define MASQUERADED (CT_MASQUERADE | CT_REQUEST)
#define MASQUERADE_REPLY (CT_MASQUERADE | CT_REPLY)

/* clang-format off */
#define FIRST .fragment = 0x2000, .payload = 64
#define MIDDLE .fragment = 0x2000 | 9, .bare = true, .payload = 72
#define LAST .fragment = 18, .bare = true, .payload = 5

#define TO_WEB(...) { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT), __VA_ARGS__ }, COUNTER_DIRECT, \
	SPEC(FLOW(POD_A_V4, 40000, POD_B_V4, BACKEND_PORT), TO_B, __VA_ARGS__) }
#define FROM_WEB(...) { HOOK_FROM_POD, { FLOW(POD_B_V4, BACKEND_PORT, POD_A_V4, 40000), BY_B, __VA_ARGS__ }, COUNTER_DIRECT, \
	SPEC(FLOW(SVC_WEB, SVC_PORT, POD_A_V4, 40000), TO_A, __VA_ARGS__), .via = POD_B }
#define TO_WORLD(...) { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), __VA_ARGS__ }, COUNTER_FORWARDED, \
	SPEC(FLOW(NODE, 40000, OUTSIDE_V4, 443), A_HOP_LESS, __VA_ARGS__) }
#define STACK_TO_WORLD(...) \
	{ HOOK_TO_UPLINK, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), A_HOP_LESS, BY_NODE, __VA_ARGS__ }, COUNTER_PASSED, \
	  SPEC(FLOW(NODE, 40000, OUTSIDE_V4, 443), A_HOP_LESS, BY_NODE, __VA_ARGS__) }
#define FROM_WORLD(...) { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 443, NODE, 40000), BY_WORLD, __VA_ARGS__ }, COUNTER_DIRECT, \
	SPEC(FLOW(OUTSIDE_V4, 443, POD_A_V4, 40000), TO_A, __VA_ARGS__) }

static const struct scenario rows[] = {
	{ "every part of a datagram to a service goes to its backend, and of the answer back",
	  { TO_WEB(FIRST), TO_WEB(MIDDLE), TO_WEB(LAST), FROM_WEB(FIRST), FROM_WEB(MIDDLE), FROM_WEB(LAST) },
	  { { POD_A_V4, 40000, SVC_WEB, SVC_PORT, CT_DATAGRAM, REQUEST },
	    { POD_A_V4, 40000, POD_B_V4, BACKEND_PORT, CT_DATAGRAM, REPLY | CT_REPLIED } } },
	{ "later parts may change places", { TO_WEB(FIRST), TO_WEB(LAST), TO_WEB(MIDDLE) },
	  { { POD_A_V4, 40000, SVC_WEB, SVC_PORT, CT_DATAGRAM, REQUEST },
	    { POD_A_V4, 40000, POD_B_V4, BACKEND_PORT, CT_DATAGRAM, REPLY } } },
	{ "every part of a datagram to the world is the node's, and of the answer the pod's",
	  { TO_WORLD(FIRST), TO_WORLD(MIDDLE), TO_WORLD(LAST), FROM_WORLD(FIRST), FROM_WORLD(MIDDLE), FROM_WORLD(LAST) },
	  { { POD_A_V4, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, MASQUERADED },
	    { NODE, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, MASQUERADE_REPLY | CT_REPLIED } } },
	{ "what the node's stack has cut up for the uplink is masqueraded there",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), .payload = 2000 }, COUNTER_STACK },
	    STACK_TO_WORLD(FIRST), STACK_TO_WORLD(MIDDLE), STACK_TO_WORLD(LAST) },
	  { { POD_A_V4, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, MASQUERADED },
	    { NODE, 40000, OUTSIDE_V4, 443, CT_DATAGRAM, MASQUERADE_REPLY } }, ONLY_V4 },
	{ "a ping in parts is translated",
	  { { HOOK_FROM_POD, { PING(POD_A_V4, OUTSIDE_V4, 77), FIRST }, COUNTER_FORWARDED,
	      SPEC(PING(NODE, OUTSIDE_V4, 77), FIRST, A_HOP_LESS) },
	    { HOOK_FROM_POD, { PING(POD_A_V4, OUTSIDE_V4, 77), LAST }, COUNTER_FORWARDED,
	      SPEC(PING(NODE, OUTSIDE_V4, 77), LAST, A_HOP_LESS) },
	    { HOOK_FROM_UPLINK, { PONG(OUTSIDE_V4, NODE, 77), FIRST, BY_WORLD }, COUNTER_DIRECT,
	      SPEC(PONG(OUTSIDE_V4, POD_A_V4, 77), FIRST, TO_A) },
	    { HOOK_FROM_UPLINK, { PONG(OUTSIDE_V4, NODE, 77), LAST, BY_WORLD }, COUNTER_DIRECT,
	      SPEC(PONG(OUTSIDE_V4, POD_A_V4, 77), LAST, TO_A) } },
	  { { POD_A_V4, 77, OUTSIDE_V4, 77, CT_QUESTION, MASQUERADED },
	    { NODE, 77, OUTSIDE_V4, 77, CT_QUESTION, MASQUERADE_REPLY | CT_REPLIED } } },
	{ "a later part whose first was not seen is not shown to the world",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, OUTSIDE_V4, 443), LAST }, DROP_FRAGMENT },
	    { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_WEB, SVC_PORT), LAST }, DROP_FRAGMENT } } },
	{ "a later part whose first was not seen goes to a pod as it is",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, POD_B_V4, 80), LAST }, COUNTER_DIRECT,
	      SPEC(FLOW(POD_A_V4, 40000, POD_B_V4, 80), LAST, TO_B) },
	    { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, POD_FAR, 80), LAST }, COUNTER_FORWARDED,
	      SPEC(FLOW(POD_A_V4, 40000, POD_FAR, 80), LAST, A_HOP_LESS) } } },
	{ "a later part from outside whose first was not seen is the stack's",
	  { { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 5555, NODE, NODE_PORT_WEB), LAST, BY_WORLD }, COUNTER_STACK },
	    { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 5555, ROUTER, 80), LAST, BY_WORLD }, COUNTER_STACK } } },
	{ "another's forged first part does not lead a later part astray",
	  { TO_WEB(FIRST),
	    { HOOK_FROM_POD, { FLOW(POD_A_V4, 40001, SVC_WEB, 81), FIRST, BY_B }, DROP_SOURCE_ADDRESS, .via = POD_B },
	    TO_WEB(LAST) },
	  { { POD_A_V4, 40000, SVC_WEB, SVC_PORT, CT_DATAGRAM, REQUEST },
	    { POD_A_V4, 40000, POD_B_V4, BACKEND_PORT, CT_DATAGRAM, REPLY } } },
	{ "a first part to a service without backends is answered, later parts are only lost",
	  { { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_EMPTY, SVC_PORT), TCP(TCP_RST), FIRST }, DROP_NO_BACKEND },
	    { HOOK_FROM_POD, { FLOW(POD_A_V4, 40000, SVC_EMPTY, SVC_PORT), TCP(0), LAST }, DROP_NO_BACKEND } } },
	{ "a later part of an error is no error",
	  { { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 0, POD_B_V4, 0), .protocol = IPPROTO_ICMP, .icmp_type = 3, .icmp_code = 3, FIRST,
				  BY_WORLD }, COUNTER_DIRECT,
	      SPEC(FLOW(OUTSIDE_V4, 0, POD_B_V4, 0), .protocol = IPPROTO_ICMP, .icmp_type = 3, .icmp_code = 3, FIRST, TO_B) },
	    { HOOK_FROM_UPLINK, { FLOW(OUTSIDE_V4, 0, POD_B_V4, 0), .protocol = IPPROTO_ICMP, LAST, BY_WORLD }, COUNTER_DIRECT,
	      SPEC(FLOW(OUTSIDE_V4, 0, POD_B_V4, 0), .protocol = IPPROTO_ICMP, LAST, TO_B) } } },
};
/* clang-format on */

void part_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, scenario_test);
}
