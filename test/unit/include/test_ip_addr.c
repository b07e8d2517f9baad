/* SPDX-License-Identifier: Apache-2.0 */
/* test_ip_addr - one address type for both families, and what an address is. */
#include "byway/ip_addr.h"

#include "byway/ip_text.h"
#include "support/cases.h"

struct addr_row {
	const char *sentence;
	const char *text;
	bool v4, group, link_local;
};

/* clang-format off */
static const struct addr_row rows[] = {
	{ "an IPv4 address", "10.9.0.2", .v4 = true },
	{ "an IPv6 address", "fd09::2" },
	{ "the address below IPv4 multicast", "223.255.255.255", .v4 = true },
	{ "the first IPv4 multicast address", "224.0.0.0", .v4 = true, .group = true },
	{ "the last IPv4 multicast address", "239.255.255.255", .v4 = true, .group = true },
	{ "the address above IPv4 multicast", "240.0.0.0", .v4 = true },
	{ "the address below IPv4 broadcast", "255.255.255.254", .v4 = true },
	{ "IPv4 broadcast", "255.255.255.255", .v4 = true, .group = true },
	{ "an IPv4 link-local address, which the stack serves", "169.254.1.1", .v4 = true },
	{ "the first IPv6 multicast address", "ff00::", .group = true },
	{ "an IPv6 multicast address", "ff02::fb", .group = true },
	{ "the address below IPv6 multicast", "feff:ffff::" },
	{ "the first IPv6 link-local address", "fe80::", .link_local = true },
	{ "the last IPv6 link-local address", "febf:ffff:ffff::ffff", .link_local = true },
	{ "the address below IPv6 link-local", "fe7f:ffff::" },
	{ "the address above IPv6 link-local", "fec0::" },
	{ "the unspecified IPv6 address", "::" },
	{ "an IPv4-compatible IPv6 address", "::10.9.0.2" },
	{ "an address that only looks like IPv4-mapped", "::1:ffff:10.9.0.2" },
};
/* clang-format on */

static void row_test(void **state)
{
	const struct addr_row *row = *state;
	struct ip_addr addr = {};

	assert_true(ip_addr_parse(row->text, &addr));
	assert_int_equal(ip_addr_is_v4(&addr), row->v4);
	assert_int_equal(ip_addr_is_group(&addr), row->group);
	assert_int_equal(ip_addr_is_v6_link_local(&addr), row->link_local);
}

static void ipv4_is_mapped(void **state)
{
	static const uint8_t want[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 9, 0, 2 };
	struct ip_addr addr = ip_addr_from_v4(htonl(0x0a090002));

	(void)state;
	assert_memory_equal(addr.bytes, want, sizeof(want));
	assert_int_equal(ip_addr_v4(&addr), htonl(0x0a090002));
}

static void one_bit_is_a_difference(void **state)
{
	struct ip_addr a = { .words = { 1, 2, 3, 4 } };

	(void)state;
	for (unsigned int bit = 0; bit < 128; bit++) {
		struct ip_addr b = a;

		assert_true(ip_addr_equal(&a, &b));
		b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(ip_addr_equal(&a, &b));
	}
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	case_add(&cases, "IPv4 stands in the last four bytes behind ffff", ipv4_is_mapped, NULL);
	case_add(&cases, "addresses differ by any one bit", one_bit_is_a_difference, NULL);
	return cases_run("ip_addr", &cases, NULL, NULL);
}
