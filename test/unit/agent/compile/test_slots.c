/* SPDX-License-Identifier: Apache-2.0 */
/* test_slots - who keeps a slot, who gets one, and who has to move. */
#include "support/cases.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/slots.h"

/*
 * Backends are letters: capital takes new connections, small drains. A string is a set by slot,
 * '.' is an empty one: "AB.d".
 */
struct row {
	const char *sentence, *had;
	uint16_t slots, sure;
	const char *wanted; /* a list */
	const char *is;
	uint16_t is_slots, is_sure;
};

/* clang-format off */
static const struct row rows[] = {
	{ "the first ones stand in a row", "", 0, 0, "ABC", "ABC", 3, 0 },
	{ "what was stays", "CAB", 3, 1, "ABC", "CAB", 3, 1 },
	{ "a new one gets the lowest free slot", "A.C", 3, 0, "ABC", "ABC", 3, 0 },
	{ "a new one takes over the slot of one that is gone", "ABC", 3, 0, "AXC", "AXC", 3, 0 },
	{ "a new one comes behind when none is free", "AB", 2, 0, "ABC", "ABC", 3, 0 },
	{ "the end of one in the middle leaves a hole", "ABC", 3, 0, "AC", "A.C", 3, 0 },
	{ "the end of the last leaves slots as it was", "ABC", 3, 0, "AB", "AB", 3, 0 },
	{ "slots shrink when less than half of them would be in use", "ABCD", 4, 0, "A", "A", 1, 0 },
	{ "slots shrink to what is needed", "ABCDEF", 6, 0, "AB", "AB", 2, 0 },
	{ "exactly half is enough", "ABCD", 4, 0, "AC", "A.C", 4, 0 },
	{ "the top moves down into a hole", "ABCDEF", 6, 0, "AF", "AF", 2, 0 },
	{ "only who is too high moves", "ABCDEFGH", 8, 0, "ADH", "AH.D", 4, 0 },
	{ "sure stays when its slot is in use by another", "ABC", 3, 1, "AXC", "AXC", 3, 1 },
	{ "sure moves when its slot is empty", "ABC", 3, 0, "BC", ".BC", 3, 1 },
	{ "sure moves when its slot drains", "ABC", 3, 0, "aBC", "aBC", 3, 1 },
	{ "one that drains keeps its slot", "ABC", 3, 0, "AbC", "AbC", 3, 0 },
	{ "one that drains and had no slot gets none", "A", 1, 0, "Ab", "A", 1, 0 },
	{ "a draining one that takes again keeps its slot", "aB", 2, 1, "AB", "AB", 2, 1 },
	{ "the top that drains is beyond slots", "ABCD", 4, 0, "ABcd", "ABcd", 4, 0 },
	{ "most drain: one that takes connections has the slot", "ABC", 3, 0, "abcX", "Xbc", 1, 0 },
	{ "most drain: the hole comes first", "A.CDEF", 6, 0, "acdeF", "aFcde", 2, 1 },
	{ "all drain", "AB", 2, 0, "ab", "ab", 0, 0 },
	{ "nobody", "AB", 2, 0, "", "", 0, 0 },
	{ "a slot twice: the lower one counts", "A.A", 3, 2, "A", "A", 1, 0 },
	{ "a sure beyond all slots", "AB", 2, 9, "AB", "AB", 2, 0 },
	{ "slots that were too many", "AB", 60000, 0, "AB", "AB", 2, 0 },
	{ "slots that were too few", "AB", 1, 0, "AB", "AB", 2, 0 },
};
/* clang-format on */

static struct ip_addr letter_addr(char letter)
{
	return ip_addr_from_v4(htonl(0x0a010000u + (uint32_t)(letter | 0x20)));
}

static size_t past_fill(const char *had, struct backend_row rows_out[64])
{
	size_t count = 0;

	for (uint16_t slot = 0; had[slot]; slot++)
		if (had[slot] != '.')
			rows_out[count++] = (struct backend_row){
				.key = { .service = 1, .slot = slot },
				.value = { .addr = letter_addr(had[slot]), .port = htons(80) },
			};
	return count;
}

struct set_text {
	char text[64];
};

static struct set_text set_text(const struct slot_set *set)
{
	struct set_text out;
	size_t end = 0;

	memset(out.text, '.', sizeof(out.text));
	for (size_t i = 0; i < set->count; i++) {
		const struct slotted *item = &set->items[i];
		char letter = (char)ntohl(ip_addr_v4(&item->addr));

		if (item->slot == SLOT_NONE)
			continue;
		out.text[item->slot] = (char)(item->takes ? letter & ~0x20 : letter);
		end = (size_t)item->slot + 1 > end ? (size_t)item->slot + 1 : end;
	}
	out.text[end] = '\0';
	return out;
}

static void slots_are(void **state)
{
	const struct row *row = *state;
	struct backend_row past_rows[64];
	struct slot_past past = { .rows = past_rows, .slots = row->slots, .sure = row->sure };
	struct slotted items[64] = {};
	struct slot_set set = { .items = items, .count = strlen(row->wanted) };

	past.count = past_fill(row->had, past_rows);
	for (size_t i = 0; i < set.count; i++)
		items[i] = (struct slotted){ .addr = letter_addr(row->wanted[i]),
					     .port = htons(80),
					     .takes = row->wanted[i] < 'a' };
	qsort(items, set.count, sizeof(*items), slotted_compare);
	assert_int_equal(slots_assign(&set, &past), 0);
	assert_string_equal(set_text(&set).text, row->is);
	assert_int_equal(set.slots, row->is_slots);
	assert_int_equal(set.sure, row->is_sure);
	assert_int_equal(set.left_out, 0);
}

static void more_than_there_are_slots(void **state)
{
	const size_t count = 100000;
	struct slotted *items = calloc(count, sizeof(*items));
	struct slot_set set = { .items = items, .count = count };
	struct backend_row row = { .key = { .service = 1, .slot = 65535 } };
	struct slot_past past = { .rows = &row, .count = 1, .slots = 1, .sure = 65535 };

	(void)state;
	assert_non_null(items);
	for (size_t i = 0; i < count; i++)
		items[i] = (struct slotted){ .addr = ip_addr_from_v4(htonl((uint32_t)i)),
					     .port = htons(80),
					     .takes = true };
	row.value.addr = items[7].addr;
	row.value.port = htons(80);
	qsort(items, count, sizeof(*items), slotted_compare);
	assert_int_equal(slots_assign(&set, &past), 0);
	assert_int_equal(set.slots, BACKEND_SLOTS_MAX);
	assert_int_equal(set.takes, BACKEND_SLOTS_MAX);
	assert_int_equal(set.left_out, count - BACKEND_SLOTS_MAX);
	free(items);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, slots_are);
	case_add(&cases, "more backends than slots: the others are counted",
		 more_than_there_are_slots, NULL);
	return cases_run("agent/compile/slots", &cases, NULL, NULL);
}
