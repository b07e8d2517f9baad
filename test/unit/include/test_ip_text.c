/* SPDX-License-Identifier: Apache-2.0 */
/* test_ip_text - addresses, prefixes and MAC addresses from text and back. */
#include "byway/ip_text.h"

#include "support/cases.h"

struct addr_row {
	const char *sentence;
	const char *text;
	const char *want; /* as it is written; NULL = refused */
};

/* clang-format off */
static const struct addr_row addr_rows[] = {
	{ "IPv4 is read and written", "10.9.0.2", "10.9.0.2" },
	{ "the lowest IPv4 address is one", "0.0.0.0", "0.0.0.0" },
	{ "the highest IPv4 address is one", "255.255.255.255", "255.255.255.255" },
	{ "IPv6 is written in its short form", "FD09:0:0::0:2", "fd09::2" },
	{ "the unspecified IPv6 address is one", "::", "::" },
	{ "an IPv4-mapped address is the IPv4 address", "::ffff:10.9.0.2", "10.9.0.2" },
	{ "an IPv4-compatible address stays IPv6", "::10.9.0.2", "::10.9.0.2" },
	{ "nothing is no address", "", NULL },
	{ "a number above 255 is no address", "10.9.0.256", NULL },
	{ "three numbers are no address", "10.9.0", NULL },
	{ "five numbers are no address", "10.9.0.2.1", NULL },
	{ "an octal-looking number is no address", "10.9.0.02", NULL },
	{ "a space before it is no address", " 10.9.0.2", NULL },
	{ "a space behind it is no address", "10.9.0.2 ", NULL },
	{ "a zone is no part of an address", "fe80::1%eth0", NULL },
	{ "brackets are no part of an address", "[fd09::2]", NULL },
	{ "two gaps are no address", "fd09::2::1", NULL },
	{ "a prefix is no address", "10.9.0.2/24", NULL },
	{ "a name is no address", "localhost", NULL },
};

static const struct addr_row prefix_rows[] = {
	{ "an IPv4 prefix is read and written", "10.9.0.0/24", "10.9.0.0/24" },
	{ "bits behind an IPv4 prefix stay", "10.9.0.7/24", "10.9.0.7/24" },
	{ "an IPv6 prefix is read and written", "fd09::/112", "fd09::/112" },
	{ "all of IPv4 is a prefix", "0.0.0.0/0", "0.0.0.0/0" },
	{ "all of IPv6 is a prefix", "::/0", "::/0" },
	{ "one IPv4 address is a prefix", "10.9.0.2/32", "10.9.0.2/32" },
	{ "one IPv6 address is a prefix", "fd09::2/128", "fd09::2/128" },
	{ "33 bits of IPv4 are too many", "10.9.0.0/33", NULL },
	{ "129 bits of IPv6 are too many", "fd09::/129", NULL },
	{ "more bits than a number holds are too many", "fd09::/99999999999999999999999", NULL },
	{ "an address alone is no prefix", "10.9.0.0", NULL },
	{ "a prefix without a length is none", "10.9.0.0/", NULL },
	{ "a length below zero is none", "10.9.0.0/-1", NULL },
	{ "a length with a sign is none", "10.9.0.0/+8", NULL },
	{ "a length with a space before it is none", "10.9.0.0/ 8", NULL },
	{ "a length with something behind it is none", "10.9.0.0/24x", NULL },
	{ "a network mask is no length", "10.9.0.0/255.255.255.0", NULL },
	{ "two lengths are none", "10.9.0.0/24/24", NULL },
	{ "a length without an address is none", "/24", NULL },
	{ "an IPv4-mapped prefix could mean two things", "::ffff:10.9.0.0/120", NULL },
	{ "text longer than any address is none", "fd09:0000:0000:0000:0000:0000:0000:00000000000002/128", NULL },
};

static const struct addr_row mac_rows[] = {
	{ "a MAC address is read and written", "02:62:79:77:61:79", "02:62:79:77:61:79" },
	{ "upper case becomes lower case", "AA:Bb:cC:DD:EE:FF", "aa:bb:cc:dd:ee:ff" },
	{ "nothing is no MAC address", "", NULL },
	{ "five pairs are no MAC address", "02:62:79:77:61", NULL },
	{ "seven pairs are no MAC address", "02:62:79:77:61:79:01", NULL },
	{ "dashes are no MAC address", "02-62-79-77-61-79", NULL },
	{ "single digits are no MAC address", "2:62:79:77:61:79", NULL },
	{ "other letters are no MAC address", "0g:62:79:77:61:79", NULL },
	{ "a sign is no digit", "+2:62:79:77:61:79", NULL },
	{ "colons in odd places are no MAC address", "026:2:79:77:61:79", NULL },
	{ "something behind it is no MAC address", "02:62:79:77:61:79 ", NULL },
};

struct first_row {
	const char *sentence;
	const char *text, *first;
};

static const struct first_row first_rows[] = {
	{ "bits behind an IPv4 prefix are cleared", "10.9.255.255/20", "10.9.240.0" },
	{ "a length in the middle of a byte is kept to the bit", "10.255.0.0/11", "10.224.0.0" },
	{ "all of IPv4 begins at zero, and is still IPv4", "255.255.255.255/0", "0.0.0.0" },
	{ "bits behind an IPv6 prefix are cleared", "fd09::ffff/125", "fd09::fff8" },
	{ "all of IPv6 begins at zero", "ffff::1/0", "::" },
	{ "one address is its own beginning", "10.9.0.2/32", "10.9.0.2" },
};

struct overlap_row {
	const char *sentence;
	const char *a, *b;
	bool overlap;
};

static const struct overlap_row overlap_rows[] = {
	{ "a prefix overlaps itself", "10.9.0.0/24", "10.9.0.0/24", true },
	{ "a larger prefix overlaps a smaller one in it", "10.9.0.0/16", "10.9.7.0/24", true },
	{ "neighbours do not overlap", "10.9.0.0/24", "10.9.1.0/24", false },
	{ "an address at the end of a prefix is in it", "10.9.0.0/24", "10.9.0.255/32", true },
	{ "an address behind the end of a prefix is not", "10.9.0.0/24", "10.9.1.0/32", false },
	{ "all of IPv6 has no IPv4 in it", "::/0", "10.9.0.0/24", false },
	{ "all of IPv4 has no IPv6 in it", "0.0.0.0/0", "::/128", false },
	{ "all of IPv4 overlaps every part of it", "0.0.0.0/0", "255.0.0.0/8", true },
	{ "IPv6 prefixes overlap", "fd09::/64", "fd09::ff:0/112", true },
	{ "IPv6 neighbours do not overlap", "fd09::/112", "fd09::1:0/112", false },
};
/* clang-format on */

static void addr_test(void **state)
{
	const struct addr_row *row = *state;
	struct ip_addr addr = { .words = { 1, 2, 3, 4 } }, before = addr;

	assert_int_equal(ip_addr_parse(row->text, &addr), row->want != NULL);
	if (row->want)
		assert_string_equal(ip_addr_text(&addr).text, row->want);
	else
		assert_memory_equal(&addr, &before, sizeof(addr));
}

static void prefix_test(void **state)
{
	const struct addr_row *row = *state;
	struct ip_prefix prefix = { .length = 7 };

	assert_int_equal(ip_prefix_parse(row->text, &prefix), row->want != NULL);
	if (row->want)
		assert_string_equal(ip_prefix_text(&prefix).text, row->want);
	else
		assert_int_equal(prefix.length, 7);
}

static void mac_test(void **state)
{
	const struct addr_row *row = *state;
	uint8_t mac[6] = { 1, 2, 3, 4, 5, 6 };

	assert_int_equal(mac_parse(row->text, mac), row->want != NULL);
	assert_string_equal(mac_text(mac).text, row->want ? row->want : "01:02:03:04:05:06");
}

static struct ip_prefix prefix_of(const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_prefix_parse(text, &prefix));
	return prefix;
}

static void first_test(void **state)
{
	const struct first_row *row = *state;
	struct ip_prefix prefix = prefix_of(row->text);
	struct ip_addr first = ip_prefix_first(&prefix);

	assert_string_equal(ip_addr_text(&first).text, row->first);
	assert_int_equal(ip_prefix_is_canonical(&prefix), ip_addr_equal(&first, &prefix.addr));
	assert_true(ip_prefix_contains(&prefix, &first));
}

static void overlap_test(void **state)
{
	const struct overlap_row *row = *state;
	struct ip_prefix a = prefix_of(row->a), b = prefix_of(row->b);

	assert_int_equal(ip_prefix_overlaps(&a, &b), row->overlap);
	assert_int_equal(ip_prefix_overlaps(&b, &a), row->overlap);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, addr_rows, addr_test);
	ROWS_ADD(&cases, prefix_rows, prefix_test);
	ROWS_ADD(&cases, mac_rows, mac_test);
	ROWS_ADD(&cases, first_rows, first_test);
	ROWS_ADD(&cases, overlap_rows, overlap_test);
	return cases_run("ip_text", &cases, NULL, NULL);
}
