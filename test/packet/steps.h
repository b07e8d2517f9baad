/* SPDX-License-Identifier: Apache-2.0 */
/* steps - one row, one frame: what the program of a hook makes of it, and which counter rises. */
#pragma once

#include "packet/frame.h"
#include "packet/world.h"
#include "support/cases.h"

struct row {
	const char *sentence;
	enum hook hook;
	uint32_t slot; /* DROP_* or COUNTER_*: the only one to rise; the verdict follows from it */
	struct frame_spec in;

	/* Zero is the ordinary value of these too. */
	enum character via;					 /* whose interface */
	void (*tweak)(const struct world *);			 /* after world_reset() */
	void (*out)(const struct frame *in, struct frame *want); /* NULL: as the slot has it */
	bool no_memory; /* the kernel's helpers that change packets fail */
};

/* The groups of rows, by step. */
void parse_cases(struct cases *cases);
void source_cases(struct cases *cases);
void neighbour_cases(struct cases *cases);
void route_cases(struct cases *cases);
void deliver_cases(struct cases *cases);
/* Those that are scenarios (scenario.h). They come last: the others know no uplink. */
void service_cases(struct cases *cases);
void outside_cases(struct cases *cases);
void related_cases(struct cases *cases);
void part_cases(struct cases *cases);

/* row_test - the cmocka test of a row. */
void row_test(void **state);

/*
 * frame_check - run the frame on a reset and tweaked world: exactly the slot rises, by one packet
 * and the frame's bytes; the verdict and the frame that leaves are as they should be.
 */
void frame_check(const struct row *row, const struct frame *in);

/*
 * frame_is_refused - some kernels run no program on an empty frame, others on none that is too
 * short for the IP header it announces. test_wire sends those over a veth pair.
 */
bool frame_is_refused(const struct row *row, const struct frame *in);

/* step_skip_unless_possible - for tests that do without a row. */
void step_skip_unless_possible(void);

extern struct world world;
