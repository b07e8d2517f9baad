/* SPDX-License-Identifier: Apache-2.0 */
/* test_socket_flow - to whom a socket's datagrams go, and from whom its answers seem to come. */
#include "datapath/logic/socket_flow.h"

#include "support/cases.h"

/* A step of a socket's life: what it does, with frontend and backend by number, 0 = none. */
enum act { END, KEEP, SEND, DIRECT, ANSWER };

struct step {
	enum act act;
	unsigned int frontend, backend;
	__u32 epoch;
};

#define STEPS_MAX 24

struct flow_row {
	const char *sentence;
	__u32 turn; /* to begin with */
	struct step steps[STEPS_MAX];
};

/* clang-format off */
static const struct flow_row rows[] = {
	{ "a socket that has sent nothing knows nobody", 0,
	  { { SEND, 1, 0 }, { ANSWER, 0, 1 } } },
	{ "what was kept is found both ways", 0,
	  { { KEEP, 1, 7 }, { SEND, 1, 7 }, { ANSWER, 1, 7 } } },
	{ "others' answers are their own", 0,
	  { { KEEP, 1, 7 }, { ANSWER, 0, 8 }, { SEND, 2, 0 } } },
	{ "a new choice takes the place of the old", 0,
	  { { KEEP, 1, 7, 1 }, { KEEP, 1, 8, 2 }, { SEND, 1, 8 }, { ANSWER, 1, 8 }, { ANSWER, 0, 7 } } },
	{ "of two choices under one epoch the first holds", 0,
	  { { KEEP, 1, 7, 1 }, { KEEP, 1, 7, 1 }, { SEND, 1, 7 } } },
	{ "an answer to what went directly is the backend's", 0,
	  { { KEEP, 1, 7 }, { DIRECT, 0, 7 }, { ANSWER, 0, 7 } } },
	{ "until the service is used again", 0,
	  { { KEEP, 1, 7 }, { DIRECT, 0, 7 }, { SEND, 1, 7 }, { ANSWER, 1, 7 } } },
	{ "speaking to one backend directly says nothing of another", 0,
	  { { KEEP, 1, 7 }, { KEEP, 2, 8 }, { DIRECT, 0, 7 }, { ANSWER, 2, 8 } } },
	{ "of two frontends with one backend the last used is shown", 0,
	  { { KEEP, 1, 7 }, { KEEP, 2, 7 }, { ANSWER, 2, 7 }, { SEND, 1, 7 }, { ANSWER, 1, 7 } } },
	{ "speaking directly is meant for both of them", 0,
	  { { KEEP, 1, 7 }, { KEEP, 2, 7 }, { DIRECT, 0, 7 }, { ANSWER, 0, 7 }, { SEND, 1, 7 }, { ANSWER, 1, 7 } } },
	{ "a ninth takes the place of the one not used for longest", 0,
	  { { KEEP, 1, 11 }, { KEEP, 2, 12 }, { KEEP, 3, 13 }, { KEEP, 4, 14 }, { KEEP, 5, 15 }, { KEEP, 6, 16 },
	    { KEEP, 7, 17 }, { KEEP, 8, 18 }, { SEND, 1, 11 }, { KEEP, 9, 19 }, { SEND, 2, 0 }, { ANSWER, 0, 12 },
	    { ANSWER, 1, 11 }, { ANSWER, 3, 13 }, { ANSWER, 9, 19 } } },
	{ "turns may begin again at 0", UINT32_MAX - 1,
	  { { KEEP, 1, 7 }, { KEEP, 2, 7 }, { ANSWER, 2, 7 }, { SEND, 1, 7 }, { ANSWER, 1, 7 },
	    { SEND, 2, 7 }, { ANSWER, 2, 7 } } },
};
/* clang-format on */

static struct ip_addr addr(unsigned int number)
{
	return ip_addr_from_v4(number);
}

#define FRONTEND_PORT 53
#define BACKEND_PORT 5353

static void keep(struct socket_flows *flows, const struct step *step)
{
	struct socket_flow flow = { .frontend = addr(step->frontend),
				    .backend = addr(step->backend),
				    .frontend_port = FRONTEND_PORT,
				    .backend_port = BACKEND_PORT,
				    .epoch = step->epoch };

	socket_flow_keep(flows, &flow);
	assert_int_equal(flow.backend.words[3], step->backend);
}

static void send_by(struct socket_flows *flows, const struct step *step)
{
	struct ip_addr frontend = addr(step->frontend);
	struct socket_flow *flow = socket_flow_to(flows, &frontend, FRONTEND_PORT);

	assert_int_equal(flow ? flow->backend.words[3] : 0, step->backend);
	if (flow)
		socket_flow_use(flows, flow);
}

static void answer(struct socket_flows *flows, const struct step *step)
{
	struct ip_addr backend = addr(step->backend);
	struct socket_flow *flow = socket_flow_from(flows, &backend, BACKEND_PORT);

	assert_int_equal(flow ? flow->frontend.words[3] : 0, step->frontend);
	assert_null(socket_flow_from(flows, &backend, BACKEND_PORT + 1));
}

static void row_test(void **state)
{
	const struct flow_row *row = *state;
	struct socket_flows flows = { .turn = row->turn };

	for (const struct step *step = row->steps; step->act != END; step++) {
		struct ip_addr direct = addr(step->backend);

		switch (step->act) {
		case KEEP:
			keep(&flows, step);
			break;
		case SEND:
			send_by(&flows, step);
			break;
		case DIRECT:
			socket_flows_direct(&flows, &direct, BACKEND_PORT);
			break;
		default:
			answer(&flows, step);
		}
	}
}

/* Two threads with one socket: the slower one's backend gives way. */
static void the_faster_choice_holds(void **state)
{
	struct socket_flow fast = {
		.frontend = addr(1), .backend = addr(7), .frontend_port = FRONTEND_PORT, .epoch = 3
	};
	struct socket_flow slow = fast;
	struct socket_flows flows = {};

	(void)state;
	slow.backend = addr(8);
	socket_flow_keep(&flows, &fast);
	socket_flow_keep(&flows, &slow);
	assert_int_equal(slow.backend.words[3], 7);
	assert_int_equal(socket_flow_to(&flows, &fast.frontend, FRONTEND_PORT)->backend.words[3],
			 7);
}

/* An empty place has port 0, and must not be taken for a flow to it. */
static void port_0_is_nobodys(void **state)
{
	struct socket_flows flows = {};
	struct ip_addr none = {};

	(void)state;
	assert_null(socket_flow_to(&flows, &none, 0));
	assert_null(socket_flow_from(&flows, &none, 0));
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	case_add(&cases, "of two threads' choices the faster one's holds", the_faster_choice_holds,
		 NULL);
	case_add(&cases, "port 0 is nobody's", port_0_is_nobodys, NULL);
	return cases_run("socket_flow", &cases, NULL, NULL);
}
