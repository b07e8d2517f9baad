/* SPDX-License-Identifier: Apache-2.0 */
/* test_node_addresses - which addresses are the node's, and what changes when they do. */
#include "support/cases.h"

#include <string.h>

#include "agent/node_addresses.h"

#define PORTS NODE_ADDRESS_NODE_PORTS
#define LOOPBACK NODE_ADDRESS_LOOPBACK
#define NOT_ONE 0xffffffff

static const struct judge_row {
	const char *sentence;
	const char *addr;
	const char *selected[3];
	uint32_t flags;
} judge_rows[] = {
	{ "any address serves node ports unless said otherwise", "192.0.2.1", {}, PORTS },
	{ "of either family", "2001:db8::1", {}, PORTS },
	{ "loopback means the node to itself alone", "127.0.0.1", {}, PORTS | LOOPBACK },
	{ "all of 127.0.0.0/8 is loopback", "127.9.9.9", {}, PORTS | LOOPBACK },
	{ "and ::1", "::1", {}, PORTS | LOOPBACK },
	{ "another IPv6 address is no loopback", "::2", {}, PORTS },
	{ "a selected address serves", "192.0.2.1", { "192.0.2.0/24" }, PORTS },
	{ "an address that is not selected is the node's all the same",
	  "198.51.100.1",
	  { "192.0.2.0/24" },
	  0 },
	{ "a selection of one family leaves the other out", "2001:db8::1", { "0.0.0.0/0" }, 0 },
	{ "the second range counts too", "2001:db8::1", { "192.0.2.0/24", "2001:db8::/64" }, PORTS },
	{ "loopback that is not selected serves nothing",
	  "127.0.0.1",
	  { "192.0.2.0/24" },
	  LOOPBACK },
	{ "loopback may be selected", "127.0.0.1", { "127.0.0.0/8" }, PORTS | LOOPBACK },
	{ "a link-local IPv6 address is nobody's without its interface", "fe80::1", {}, NOT_ONE },
	{ "a link-local IPv4 address is one", "169.254.7.7", {}, PORTS },
	{ "a group is nobody's", "224.0.0.1", {}, NOT_ONE },
	{ "nor is the unspecified address", "0.0.0.0", {}, NOT_ONE },
	{ "of either family", "::", {}, NOT_ONE },
};

static void address_is_judged(void **state)
{
	const struct judge_row *row = *state;
	struct config_ranges selected = {};
	struct node_address address;
	struct ip_addr addr;
	bool is_one;

	for (; row->selected[selected.count]; selected.count++)
		assert_true(ip_prefix_parse(row->selected[selected.count],
					    &selected.items[selected.count]));
	assert_true(ip_addr_parse(row->addr, &addr));
	is_one = node_address_judge(&addr, &selected, &address);
	assert_int_equal(is_one, row->flags != NOT_ONE);
	if (!is_one)
		return;
	assert_int_equal(address.flags, row->flags);
	assert_true(ip_addr_equal(&address.addr, &addr));
}

/* Addresses by their last byte, flags behind a colon: "1:1 2:3". */
static size_t addresses_parse(const char *text, struct node_address *list)
{
	size_t count = 0;
	unsigned int last, flags;
	int used;

	for (; sscanf(text, "%u:%u%n", &last, &flags, &used) == 2; text += used) {
		list[count].addr = ip_addr_from_v4(htonl(0xc0000200 | last));
		list[count++].flags = flags;
	}
	return count;
}

static const struct diff_row {
	const char *sentence;
	const char *held, *wanted, *writes;
} diff_rows[] = {
	{ "nothing to nothing", "", "", "" },
	{ "all are new", "", "1:1 2:1", "+1 +2 " },
	{ "nothing changed, in another order", "2:1 1:1", "1:1 2:1", "" },
	{ "one came", "1:1", "1:1 2:1", "+2 " },
	{ "one went", "1:1 2:1", "2:1", "-1 " },
	{ "another selection", "1:1 2:1", "1:0 2:1", "+1 " },
	{ "the same address on two interfaces is one", "", "1:1 1:1", "+1 " },
	{ "new ones come before old ones go", "1:1", "2:1", "+2 -1 " },
	{ "all went", "1:1 2:1", "", "-1 -2 " },
};

static void write_note(const struct node_address *address, bool wanted, void *ctx)
{
	char *text = ctx;

	sprintf(text + strlen(text), "%c%u ", wanted ? '+' : '-', address->addr.bytes[15]);
}

static void difference_is_written(void **state)
{
	const struct diff_row *row = *state;
	struct node_address held[8] = {}, wanted[8] = {};
	size_t held_count = addresses_parse(row->held, held);
	size_t wanted_count = addresses_parse(row->wanted, wanted);
	char text[128] = "";

	node_addresses_diff(held, held_count, wanted, wanted_count, write_note, text);
	assert_string_equal(text, row->writes);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, judge_rows, address_is_judged);
	ROWS_ADD(&cases, diff_rows, difference_is_written);
	return cases_run("agent/node_addresses", &cases, NULL, NULL);
}
