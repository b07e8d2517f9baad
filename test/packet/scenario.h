/* SPDX-License-Identifier: Apache-2.0 */
/* scenario - a few packets of one connection, in turn; the same in both families. */
#pragma once

#include <netinet/in.h>

#include "byway/conntrack.h"
#include "packet/frame.h"
#include "packet/services.h"
#include "packet/world.h"
#include "support/cases.h"

#define LEGS_MAX 7
#define ENTRIES_MAX 4

/* In a spec: the port that the first packet with this one was given instead of its own. */
#define PORT_GIVEN 1

/* clang-format off */
/* A packet of a flow, with good checksums; UDP, but for what follows. */
#define FLOW(from_addr, from_port, to_addr, to_port)                                  \
	FRAME_IPV4, .source = (from_addr), .source_port = (from_port), .target = (to_addr), \
	.target_port = (to_port), .summed = true
#define TCP(flags) .protocol = IPPROTO_TCP, .tcp_flags = (flags)
#define PING(from_addr, to_addr, id)                                                  \
	FRAME_IPV4, .source = (from_addr), .target = (to_addr), .summed = true,        \
	.protocol = IPPROTO_ICMP, .icmp_type = 8, .echo = (id)
#define PONG(from_addr, to_addr, id)                                                  \
	FRAME_IPV4, .source = (from_addr), .target = (to_addr), .summed = true,        \
	.protocol = IPPROTO_ICMP, .echo = (id)
#define SPEC(...) (&(const struct frame_spec){ __VA_ARGS__ })

#define BY_B .from = MAC_POD_B
#define TO_A .from = MAC_GATEWAY, .to = MAC_POD_A
#define TO_B .from = MAC_GATEWAY, .to = MAC_POD_B
#define BY_WORLD .from = MAC_STRANGER, .to = MAC_UPLINK
#define BY_NODE .from = MAC_UPLINK, .to = MAC_STRANGER
#define A_HOP_LESS .hop_limit = 63
/* clang-format on */

/* One packet. IPv4 as it is written; IPv6 is made out of it. */
struct leg {
	enum hook hook;
	struct frame_spec in;
	uint32_t slot;		      /* DROP_* or COUNTER_* */
	const struct frame_spec *out; /* what leaves; NULL: it as it came */

	enum character via; /* the interface, where it is a pod's */
	void (*before)(const struct node *, const struct world *);
	/* Lost, and this is sent back. */
	void (*answer)(const struct frame *in, struct frame *want);
	bool no_memory; /* the kernel's helpers that change packets and maps fail */
	uint32_t tries; /* ports tried beyond the first */
};

/* An entry of map conntrack, by the tuple that it is found by; the initiator's end is the source.
 */
struct entry_want {
	const char *source;
	uint16_t source_port;
	const char *target;
	uint16_t target_port;
	uint8_t state, flags;
};

struct scenario {
	const char *sentence;
	struct leg legs[LEGS_MAX];		/* up to one without a frame's source */
	struct entry_want entries[ENTRIES_MAX]; /* all that there are afterwards */
	enum { BOTH_FAMILIES, ONLY_V4, ONLY_V6 } families;
};

/* scenario_test - the cmocka test of a row. */
void scenario_test(void **state);

/* What the test's main() has: the world, its node, and programs whose helpers fail. */
struct stage {
	struct world *world;
	struct node *node;
	const struct datapath_maps *starved;
	const char *missing;
};
extern struct stage stage;
