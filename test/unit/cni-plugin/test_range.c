/* SPDX-License-Identifier: Apache-2.0 */
/* test_range - how many addresses a range leases, which ones, and which never. */
#include "support/cases.h"

#include "cni-plugin/range.h"

static struct ip_prefix prefix_of(const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	return prefix;
}

static const struct span {
	const char *sentence;
	const char *range;
	uint64_t usable;
	const char *first, *last;
} spans[] = {
	{ "a /24 leases all but network, gateway and broadcast", "10.9.0.0/24", 253, "10.9.0.2",
	  "10.9.0.254" },
	{ "a /16 goes on over its third byte", "10.9.0.0/16", 65533, "10.9.0.2", "10.9.255.254" },
	{ "a range may begin in the middle of a byte", "10.9.0.128/25", 125, "10.9.0.130",
	  "10.9.0.254" },
	{ "a /29 leases five", "10.9.0.8/29", 5, "10.9.0.10", "10.9.0.14" },
	{ "a /30 leases one", "10.9.0.0/30", 1, "10.9.0.2", "10.9.0.2" },
	{ "a /31 is used whole (RFC 3021)", "10.9.0.0/31", 2, "10.9.0.0", "10.9.0.1" },
	{ "a /32 is one address", "10.9.0.7/32", 1, "10.9.0.7", "10.9.0.7" },
	{ "all of IPv4 does not overflow", "0.0.0.0/0", 4294967293, "0.0.0.2", "255.255.255.254" },
	{ "a /112 has no broadcast address", "fd09::/112", 65534, "fd09::2", "fd09::ffff" },
	{ "a /126 leases two", "fd09::/126", 2, "fd09::2", "fd09::3" },
	{ "a /127 is used whole (RFC 6164)", "fd09::4/127", 2, "fd09::4", "fd09::5" },
	{ "a /128 is one address", "fd09::7/128", 1, "fd09::7", "fd09::7" },
	{ "of a /64 the first 2^32 are used", "fd09::/64", 4294967294, "fd09::2",
	  "fd09::ffff:ffff" },
	{ "of a /48 too", "fd09::/48", 4294967294, "fd09::2", "fd09::ffff:ffff" },
	{ "and of all of IPv6", "::/0", 4294967294, "::2", "::255.255.255.255" },
};

static void span_is_leased(void **state)
{
	const struct span *row = *state;
	struct ip_prefix range = prefix_of(row->range);
	struct ip_addr first = range_address(&range, 0);
	struct ip_addr last = range_address(&range, row->usable - 1);

	assert_int_equal(range_usable(&range), row->usable);
	assert_string_equal(ip_addr_text(&first).text, row->first);
	assert_string_equal(ip_addr_text(&last).text, row->last);
	assert_true(range_offers(&range, &first));
	assert_true(range_offers(&range, &last));
}

static const struct offer {
	const char *sentence;
	const char *range, *address;
	bool offered;
} offers[] = {
	{ "the network address is nobody's", "10.9.0.0/24", "10.9.0.0", false },
	{ "the customary gateway is nobody's", "10.9.0.0/24", "10.9.0.1", false },
	{ "the broadcast address is nobody's", "10.9.0.0/24", "10.9.0.255", false },
	{ "an address in the middle is somebody's", "10.9.0.0/24", "10.9.0.77", true },
	{ "the address before the range is not of it", "10.9.0.0/24", "10.8.255.255", false },
	{ "the address behind the range is not of it", "10.9.0.0/24", "10.9.1.0", false },
	{ "a /30 does not offer its broadcast address", "10.9.0.0/30", "10.9.0.3", false },
	{ "a /31 offers its lower end", "10.9.0.0/31", "10.9.0.0", true },
	{ "a /32 offers nothing else", "10.9.0.7/32", "10.9.0.8", false },
	{ "the IPv6 subnet-router address is nobody's", "fd09::/112", "fd09::", false },
	{ "the customary IPv6 gateway is nobody's", "fd09::/112", "fd09::1", false },
	{ "the last IPv6 address is somebody's", "fd09::/112", "fd09::ffff", true },
	{ "the IPv6 address behind the range is not of it", "fd09::/112", "fd09::1:0", false },
	{ "an IPv4 range offers no IPv6 address", "10.9.0.0/24", "fd09::5", false },
	{ "an IPv6 range offers no IPv4 address", "::/0", "10.9.0.5", false },
	{ "of a /64 nothing behind the first 2^32", "fd09::/64", "fd09::1:0:0", false },
	{ "of a /48 nothing outside of its first /64", "fd09::/48", "fd09:0:0:1::5", false },
};

static void address_is_offered(void **state)
{
	const struct offer *row = *state;
	struct ip_prefix range = prefix_of(row->range);
	struct ip_addr addr;

	assert_true(ip_addr_parse(row->address, &addr));
	assert_int_equal(range_offers(&range, &addr), row->offered);
}

static void every_address_differs(void **state)
{
	struct ip_prefix range = prefix_of("10.9.3.0/24");
	struct ip_addr before = range_address(&range, 0);

	(void)state;
	for (uint64_t n = 1; n < range_usable(&range); n++) {
		struct ip_addr addr = range_address(&range, n);

		assert_true(range_offers(&range, &addr));
		assert_int_equal(ntohl(ip_addr_v4(&addr)), ntohl(ip_addr_v4(&before)) + 1);
		before = addr;
	}
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, spans, span_is_leased);
	ROWS_ADD(&cases, offers, address_is_offered);
	case_add(&cases, "a range gives each of its addresses once, in order",
		 every_address_differs, NULL);
	return cases_run("range", &cases, NULL, NULL);
}
