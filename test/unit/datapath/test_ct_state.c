/* SPDX-License-Identifier: Apache-2.0 */
/* test_ct_state - what packets do to the state of a connection, alone and as a pair of entries. */
#include "datapath/logic/ct_state.h"

#include <netinet/in.h>

#include "support/cases.h"

#define SYN_ACK (TCP_SYN | TCP_ACK)
#define FIN_ACK (TCP_FIN | TCP_ACK)
#define RST_ACK (TCP_RST | TCP_ACK)

#define ASKS 0 /* end 0 is the initiator, unless the flags say CT_INITIATOR_HIGH */
#define ANSWERS 1

/* One packet and an entry. */
struct packet_row {
	const char *sentence;
	struct conntrack ct;
	__u8 tcp_flags;
	int end;
	__u8 after;
};

/* clang-format off */
static const struct packet_row packet_rows[] = {
	{ "a SYN that is sent again leaves a connection opening", { .state = CT_OPENING }, TCP_SYN, ASKS, CT_OPENING },
	{ "an ACK that nobody asked for leaves it opening", { .state = CT_OPENING }, TCP_ACK, ASKS, CT_OPENING },
	{ "a SYN with an ACK alone is no proof that the initiator is there", { .state = CT_OPENING }, SYN_ACK, ANSWERS, CT_OPENING },
	{ "the initiator's ACK after an answer establishes", { .state = CT_OPENING, .flags = CT_REPLIED }, TCP_ACK, ASKS,
	  CT_ESTABLISHED },
	{ "data of the other end establishes", { .state = CT_OPENING }, TCP_ACK, ANSWERS, CT_ESTABLISHED },
	{ "a SYN of the initiator after an answer establishes nothing", { .state = CT_OPENING, .flags = CT_REPLIED }, TCP_SYN, ASKS,
	  CT_OPENING },
	{ "a SYN with an ACK that is sent again establishes nothing", { .state = CT_OPENING, .flags = CT_REPLIED }, SYN_ACK, ANSWERS,
	  CT_OPENING },
	{ "the initiator may be the key's higher end", { .state = CT_OPENING, .flags = CT_REPLIED | CT_INITIATOR_HIGH }, TCP_ACK, 1,
	  CT_ESTABLISHED },
	{ "the higher end's SYN with an ACK counts as the other's", { .state = CT_OPENING, .flags = CT_INITIATOR_HIGH }, SYN_ACK, 0,
	  CT_OPENING },
	{ "a refusal closes", { .state = CT_OPENING }, RST_ACK, ANSWERS, CT_CLOSING },
	{ "a reset of either end closes", { .state = CT_ESTABLISHED }, TCP_RST, ASKS, CT_CLOSING },
	{ "data leaves it established", { .state = CT_ESTABLISHED }, TCP_ACK, ANSWERS, CT_ESTABLISHED },
	{ "a SYN leaves it established", { .state = CT_ESTABLISHED }, TCP_SYN, ASKS, CT_ESTABLISHED },
	{ "the first FIN leaves it half-closed and established", { .state = CT_ESTABLISHED }, FIN_ACK, ASKS, CT_ESTABLISHED },
	{ "the same end's FIN again changes nothing", { .state = CT_ESTABLISHED, .finished = 1 }, FIN_ACK, ASKS, CT_ESTABLISHED },
	{ "data to a half-closed end changes nothing", { .state = CT_ESTABLISHED, .finished = 1 }, TCP_ACK, ANSWERS, CT_ESTABLISHED },
	{ "the other end's FIN closes", { .state = CT_ESTABLISHED, .finished = 1 }, FIN_ACK, ANSWERS, CT_CLOSING },
	{ "the FINs may come the other way round", { .state = CT_ESTABLISHED, .finished = 2 }, FIN_ACK, ASKS, CT_CLOSING },
	{ "late ACK does not revive a closing connection", { .state = CT_CLOSING, .finished = 3 }, TCP_ACK, ASKS, CT_CLOSING },
	{ "a SYN does not revive a closing connection: it is another one", { .state = CT_CLOSING }, TCP_SYN, ASKS, CT_CLOSING },

	{ "a request entry is opening until the initiator goes on", { .state = CT_OPENING, .flags = CT_REQUEST }, TCP_SYN, ASKS,
	  CT_OPENING },
	{ "a request entry is established by the initiator's ACK", { .state = CT_OPENING, .flags = CT_REQUEST }, TCP_ACK, ASKS,
	  CT_ESTABLISHED },
	{ "a reply entry is established by a SYN with an ACK: there may never be more", { .state = CT_OPENING, .flags = CT_REPLY },
	  SYN_ACK, ANSWERS, CT_ESTABLISHED },
	{ "one half's FIN does not close that half", { .state = CT_ESTABLISHED, .flags = CT_REPLY }, FIN_ACK, ANSWERS, CT_ESTABLISHED },
	{ "one half's reset closes that half", { .state = CT_ESTABLISHED, .flags = CT_REPLY }, TCP_RST, ANSWERS, CT_CLOSING },
};

struct over_row {
	const char *sentence;
	struct conntrack ct;
	__u8 tcp_flags;
	bool over;
};

static const struct over_row over_rows[] = {
	{ "SYN reuses a closing pair", { .state = CT_CLOSING }, TCP_SYN, true },
	{ "SYN reuses a connection that one end has finished", { .state = CT_ESTABLISHED, .finished = 2 }, TCP_SYN, true },
	{ "SYN with ECN's flags reuses it too", { .state = CT_CLOSING }, TCP_SYN | 0xc0, true },
	{ "SYN does not reuse a connection that lives", { .state = CT_ESTABLISHED }, TCP_SYN, false },
	{ "SYN does not reuse a connection that opens", { .state = CT_OPENING }, TCP_SYN, false },
	{ "SYN with ACK reuses nothing", { .state = CT_CLOSING }, SYN_ACK, false },
	{ "ACK reuses nothing", { .state = CT_CLOSING }, TCP_ACK, false },
	{ "SYN with RST reuses nothing", { .state = CT_CLOSING }, TCP_SYN | TCP_RST, false },
	{ "what has no flags is never over", { .state = CT_DATAGRAM }, 0, false },
};

struct pair_row {
	const char *sentence;
	struct conntrack request, reply;
	__u8 state;
};

static const struct pair_row pair_rows[] = {
	{ "a pair opens while its request does", { .state = CT_OPENING }, { .state = CT_ESTABLISHED }, CT_OPENING },
	{ "a pair opens while nobody has answered", { .state = CT_ESTABLISHED }, { .state = CT_OPENING }, CT_OPENING },
	{ "a pair is established when both are", { .state = CT_ESTABLISHED }, { .state = CT_ESTABLISHED }, CT_ESTABLISHED },
	{ "a half-closed pair is established", { .state = CT_ESTABLISHED, .finished = 1 }, { .state = CT_ESTABLISHED }, CT_ESTABLISHED },
	{ "a pair closes when both have finished", { .state = CT_ESTABLISHED, .finished = 1 },
	  { .state = CT_ESTABLISHED, .finished = 1 }, CT_CLOSING },
	{ "a pair closes with its request", { .state = CT_CLOSING }, { .state = CT_ESTABLISHED }, CT_CLOSING },
	{ "a pair closes with its reply, also when it only opens", { .state = CT_OPENING }, { .state = CT_CLOSING }, CT_CLOSING },
	{ "a pair of datagrams is one", { .state = CT_DATAGRAM }, { .state = CT_DATAGRAM }, CT_DATAGRAM },
	{ "a pair of echoes is one", { .state = CT_QUESTION }, { .state = CT_QUESTION }, CT_QUESTION },
};

struct first_row {
	const char *sentence;
	__u8 protocol, tcp_flags, state;
};

static const struct first_row first_rows[] = {
	{ "TCP begins with a SYN", IPPROTO_TCP, TCP_SYN, CT_OPENING },
	{ "TCP that was there before is established", IPPROTO_TCP, TCP_ACK, CT_ESTABLISHED },
	{ "TCP that begins with a reset is closing", IPPROTO_TCP, TCP_RST, CT_CLOSING },
	{ "a SYN with a reset is closing too", IPPROTO_TCP, TCP_SYN | TCP_RST, CT_CLOSING },
	{ "UDP is datagrams", IPPROTO_UDP, 0, CT_DATAGRAM },
	{ "SCTP is datagrams", IPPROTO_SCTP, 0, CT_DATAGRAM },
	{ "other protocols are datagrams", IPPROTO_GRE, 0, CT_DATAGRAM },
	{ "an ICMP echo is a question", IPPROTO_ICMP, 0, CT_QUESTION },
	{ "an ICMPv6 echo is a question", IPPROTO_ICMPV6, 0, CT_QUESTION },
};
/* clang-format on */

static void packet_test(void **state)
{
	const struct packet_row *row = *state;

	assert_int_equal(ct_tcp_state(&row->ct, row->tcp_flags, row->end), row->after);
}

static void over_test(void **state)
{
	const struct over_row *row = *state;

	assert_int_equal(ct_is_over(&row->ct, row->tcp_flags), row->over);
}

static void pair_test(void **state)
{
	const struct pair_row *row = *state;

	assert_int_equal(ct_pair_state(&row->request, &row->reply), row->state);
}

static void first_test(void **state)
{
	const struct first_row *row = *state;

	assert_int_equal(ct_first_state(row->protocol, row->tcp_flags), row->state);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, packet_rows, packet_test);
	ROWS_ADD(&cases, over_rows, over_test);
	ROWS_ADD(&cases, pair_rows, pair_test);
	ROWS_ADD(&cases, first_rows, first_test);
	return cases_run("ct_state", &cases, NULL, NULL);
}
