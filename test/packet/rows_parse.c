/* SPDX-License-Identifier: Apache-2.0 */
/* rows_parse - step 1: lengths, options, extension headers, fragments, what is not IP. */
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "packet/steps.h"

#define TRUNCATED_FROM ETH_HLEN /* the kernel itself refuses less */
#define NO_NEXT_HEADER 59
#define DONT_FRAGMENT 0x4000
#define MORE_FRAGMENTS 0x2000
#define IPV6_MORE 1 /* of the fragment header; its offset is above the three lowest bits */

#define EIGHT_EXTENSIONS                                                                   \
	{ 0, 0, 0 }, { 60, 0, 0 }, { 43, 0, 0 }, { 60, 0, 0 }, { 60, 0, 0 }, { 60, 0, 0 }, \
		{ 60, 0, 0 },                                                              \
	{                                                                                  \
		60, 0, 0                                                                   \
	}

/* clang-format off */
static const struct row rows[] = {
	{ "IPv4 UDP goes through", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .payload = 100 } },
	{ "IPv4 TCP goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .protocol = IPPROTO_TCP, .fragment = DONT_FRAGMENT } },
	{ "IPv4 SCTP goes through", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .protocol = IPPROTO_SCTP } },
	{ "ICMP echo goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .protocol = IPPROTO_ICMP, .icmp_type = 8, .payload = 56 } },
	{ "a protocol without ports goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .protocol = IPPROTO_GRE, .payload = 4 } },
	{ "an IPv4 packet of nothing but its header goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .protocol = IPPROTO_ESP } },
	{ "a frame of 1514 bytes goes through", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .payload = 1472 } },
	{ "IPv4 options of one word are skipped", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .options = 1 } },
	{ "IPv4 options of ten words are skipped", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .options = 10 } },
	{ "options that leave no room for the transport header are malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .options = 2, .bare = true } },
	{ "an IPv4 header of less than five words is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .ihl = 4 } },
	{ "an IPv4 header of one word is malformed", HOOK_FROM_POD, DROP_MALFORMED, { FRAME_IPV4, .ihl = 1 } },
	{ "an IPv4 header longer than the packet is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .ihl = 15 } },
	{ "an IPv4 header longer than the packet is malformed, padded or not", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .ihl = 15, .padding = 100 } },
	{ "IPv4 that says it is version 6 is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .version = 6 } },
	{ "IPv4 that says it is version 5 is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .version = 5 } },
	{ "an IPv4 length one byte beyond the frame is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .payload = 10, .longer = 1 } },
	{ "an IPv4 length far beyond the frame is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .longer = 60000 } },
	{ "an IPv4 length that cuts the transport header is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .longer = -1 } },
	{ "an IPv4 length shorter than its header is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .longer = -9 } },
	{ "an IPv4 length shorter than its header is malformed, whatever follows", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .protocol = IPPROTO_ESP, .longer = -1 } },
	{ "an IPv4 length of zero is malformed", HOOK_FROM_POD, DROP_MALFORMED, { FRAME_IPV4, .unsaid = true } },
	{ "padding behind an IPv4 packet is carried along", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .padding = 18 } },
	{ "padding is no transport header", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .bare = true, .padding = 26 } },
	{ "a TCP header cut short is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .protocol = IPPROTO_TCP, .bare = true, .payload = 19 } },
	{ "an ICMP header cut short is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .protocol = IPPROTO_ICMP, .bare = true, .payload = 7 } },
	{ "an SCTP header cut short is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .protocol = IPPROTO_SCTP, .bare = true, .payload = 11 } },
	{ "a first IPv4 fragment goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .fragment = MORE_FRAGMENTS, .payload = 24 } },
	{ "a first IPv4 fragment without its transport header is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV4, .fragment = MORE_FRAGMENTS, .bare = true, .payload = 7 } },
	{ "a later IPv4 fragment needs no transport header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .fragment = MORE_FRAGMENTS | 185, .bare = true, .payload = 3 } },
	{ "a later IPv4 fragment far behind needs no transport header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .fragment = 0x1000, .bare = true, .payload = 1 } },
	{ "the last IPv4 fragment needs no transport header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .fragment = 0x1fff, .bare = true, .payload = 1 } },

	{ "IPv6 UDP goes through", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV6, .payload = 100 } },
	{ "IPv6 TCP goes through", HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV6, .protocol = IPPROTO_TCP } },
	{ "ICMPv6 echo goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .protocol = IPPROTO_ICMPV6, .icmp_type = 128 } },
	{ "IPv6 without a next header goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .protocol = NO_NEXT_HEADER } },
	{ "IPv6 ESP goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .protocol = IPPROTO_ESP, .payload = 20 } },
	{ "padding behind an IPv6 packet is carried along", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .padding = 9 } },
	{ "IPv6 that says it is version 4 is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .version = 4 } },
	{ "an IPv6 length one byte beyond the frame is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .payload = 10, .longer = 1 } },
	{ "an IPv6 length that cuts the transport header is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .longer = -1 } },
	{ "an IPv6 length of zero before a transport header is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .unsaid = true } },
	{ "IPv4-mapped addresses do not travel in IPv6", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .source = "::ffff:" POD_A_V4, .target = "::ffff:" POD_B_V4 } },
	{ "an IPv4-mapped source does not travel in IPv6", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .source = "::ffff:" POD_A_V4 } },
	{ "an IPv4-mapped target does not travel in IPv6", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .target = "::ffff:" OUTSIDE_V4 } },

	{ "a hop-by-hop header is skipped", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_HOPOPTS, 0, 0 } }, .extension_count = 1 } },
	{ "a destination options header of 2048 bytes would be skipped, one cut off is malformed",
	  HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .extensions = { { IPPROTO_DSTOPTS, 100, 0 } }, .extension_count = 1, .longer = -801 } },
	{ "long extension headers are skipped", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_HOPOPTS, 3, 0 }, { IPPROTO_DSTOPTS, 100, 0 } }, .extension_count = 2 } },
	{ "an authentication header, counted in words, is skipped", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_AH, 4, 0 } }, .extension_count = 1 } },
	{ "a chain of routing, AH and mobility headers is skipped", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .protocol = IPPROTO_TCP, .extension_count = 3,
	    .extensions = { { IPPROTO_ROUTING, 2, 0 }, { IPPROTO_AH, 1, 0 }, { IPPROTO_MH, 0, 0 } } } },
	{ "eight extension headers are skipped", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { EIGHT_EXTENSIONS }, .extension_count = 8 } },
	{ "nine extension headers are too many", HOOK_FROM_POD, DROP_EXTENSIONS,
	  { FRAME_IPV6, .extensions = { EIGHT_EXTENSIONS, { IPPROTO_DSTOPTS, 0, 0 } }, .extension_count = 9 } },
	{ "twelve extension headers are too many", HOOK_FROM_POD, DROP_EXTENSIONS,
	  { FRAME_IPV6, .extensions = { EIGHT_EXTENSIONS, { 60, 0, 0 }, { 60, 0, 0 }, { 60, 0, 0 }, { 60, 0, 0 } },
	    .extension_count = 12 } },
	{ "an extension header without its first 8 bytes is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .protocol = IPPROTO_DSTOPTS, .payload = 7 } },
	{ "an extension header that reaches beyond the packet is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .protocol = IPPROTO_DSTOPTS, .payload = 8 } },
	{ "an authentication header that reaches beyond the packet is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .protocol = IPPROTO_AH, .payload = 8 } },
	{ "padding is no extension header", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .protocol = IPPROTO_FRAGMENT, .padding = 8 } },
	{ "an extension header behind which nothing stands is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .extensions = { { IPPROTO_HOPOPTS, 0, 0 } }, .extension_count = 1, .bare = true } },
	{ "a first IPv6 fragment goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_FRAGMENT, 0, IPV6_MORE } }, .extension_count = 1, .payload = 16 } },
	{ "a first IPv6 fragment without its transport header is malformed", HOOK_FROM_POD, DROP_MALFORMED,
	  { FRAME_IPV6, .extensions = { { IPPROTO_FRAGMENT, 0, IPV6_MORE } }, .extension_count = 1, .bare = true,
	    .payload = 7 } },
	{ "a later IPv6 fragment needs no transport header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_FRAGMENT, 0, 8 | IPV6_MORE } }, .extension_count = 1, .bare = true,
	    .payload = 1 } },
	{ "a later IPv6 fragment far behind needs no transport header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_FRAGMENT, 0, 0x8000 } }, .extension_count = 1, .bare = true,
	    .payload = 1 } },
	{ "a later IPv6 fragment behind other headers needs no transport header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_HOPOPTS, 0, 0 }, { IPPROTO_FRAGMENT, 0, 0xfff8 } },
	    .extension_count = 2, .bare = true } },
	{ "what a later fragment begins with is no extension header", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .extensions = { { IPPROTO_FRAGMENT, 0, 8 } }, .extension_count = 1,
	    .protocol = IPPROTO_DSTOPTS, .payload = 2 } },

	{ "a GSO packet of TCP goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .protocol = IPPROTO_TCP, .payload = 1900, .gso_size = 900 } },
	{ "an IPv4 GSO packet too big for its length field goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV4, .protocol = IPPROTO_TCP, .payload = 1900, .gso_size = 900, .unsaid = true } },
	{ "an IPv6 GSO packet too big for its length field goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .protocol = IPPROTO_TCP, .payload = 1900, .gso_size = 900, .unsaid = true } },
	{ "an IPv6 GSO packet with a jumbo payload option goes through", HOOK_FROM_POD, COUNTER_DIRECT,
	  { FRAME_IPV6, .protocol = IPPROTO_TCP, .payload = 1900, .gso_size = 900, .unsaid = true,
	    .extensions = { { IPPROTO_HOPOPTS, 0, 0 } }, .extension_count = 1 } },

	{ "a VLAN tag is not carried", HOOK_FROM_POD, DROP_ETHERTYPE,
	  { FRAME_OTHER, .ethertype = ETH_P_8021Q, .payload = 46 } },
	{ "a service VLAN tag is not carried", HOOK_FROM_POD, DROP_ETHERTYPE,
	  { FRAME_OTHER, .ethertype = ETH_P_8021AD, .payload = 46 } },
	{ "MPLS is not carried", HOOK_FROM_POD, DROP_ETHERTYPE, { FRAME_OTHER, .ethertype = ETH_P_MPLS_UC, .payload = 46 } },
	{ "an 802.3 length instead of a type is not carried", HOOK_FROM_POD, DROP_ETHERTYPE,
	  { FRAME_OTHER, .ethertype = 46, .payload = 46 } },
	{ "RARP is not carried", HOOK_FROM_POD, DROP_ETHERTYPE, { FRAME_OTHER, .ethertype = ETH_P_RARP, .payload = 28 } },
	{ "an unknown type is not carried, to a pod either", HOOK_TO_POD, DROP_ETHERTYPE,
	  { FRAME_OTHER, .ethertype = ETH_P_LLDP, .payload = 46 } },
	{ "a malformed packet is not delivered either", HOOK_TO_POD, DROP_MALFORMED, { FRAME_IPV4, .ihl = 3 } },
};

/*
 * Frames that end too early: each is cut after every byte from the Ethernet header on, as it is and
 * with an IP length that agrees with the cut. enough is the length at which every header is there.
 */
struct cut_row {
	const char *sentence;
	struct row row; /* of the whole frame */
	size_t enough;
};

static const struct cut_row cut_rows[] = {
	{ "IPv4 UDP behind options is malformed wherever it is cut",
	  { NULL, HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .options = 3, .payload = 5 } }, 14 + 32 + 8 },
	{ "IPv4 TCP is malformed wherever it is cut",
	  { NULL, HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .protocol = IPPROTO_TCP, .payload = 5 } }, 14 + 20 + 20 },
	{ "ICMP is malformed wherever it is cut",
	  { NULL, HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV4, .protocol = IPPROTO_ICMP, .payload = 5 } }, 14 + 20 + 8 },
	{ "IPv6 UDP is malformed wherever it is cut",
	  { NULL, HOOK_FROM_POD, COUNTER_DIRECT, { FRAME_IPV6, .payload = 5 } }, 14 + 40 + 8 },
	{ "IPv6 TCP behind extension headers is malformed wherever it is cut",
	  { NULL, HOOK_FROM_POD, COUNTER_DIRECT,
	    { FRAME_IPV6, .protocol = IPPROTO_TCP, .payload = 5, .extension_count = 4,
	      .extensions = { { IPPROTO_HOPOPTS, 1, 0 }, { IPPROTO_AH, 4, 0 }, { IPPROTO_FRAGMENT, 0, 1 },
			      { IPPROTO_DSTOPTS, 0, 0 } } } },
	  14 + 40 + 16 + 24 + 8 + 8 + 20 },
	{ "a delivered packet is malformed wherever it is cut",
	  { NULL, HOOK_TO_POD, COUNTER_DELIVERED, { FRAME_IPV4, .target = POD_A_V4, .payload = 5 } }, 14 + 20 + 8 },
};
/* clang-format on */

/* Says in the IP header what the cut left. */
static void length_agree(struct frame *frame, enum frame_kind kind)
{
	size_t at = kind == FRAME_IPV4 ? 16 : 18, header = kind == FRAME_IPV4 ? 14 : 54;

	if (frame->len < at + 2 || frame->len < header)
		return;
	frame->bytes[at] = (uint8_t)((frame->len - header) >> 8);
	frame->bytes[at + 1] = (uint8_t)(frame->len - header);
}

static void cut_test(void **state)
{
	const struct cut_row *cut = *state;
	struct frame whole = frame_build(&cut->row.in);
	struct row row = cut->row;

	step_skip_unless_possible();
	for (size_t len = TRUNCATED_FROM + 1; len <= whole.len; len++) {
		struct frame frame = whole;

		frame.len = len;
		if (frame_is_refused(&row, &frame))
			continue;
		row.slot = len < whole.len ? DROP_MALFORMED : cut->row.slot;
		frame_check(&row, &frame);
		length_agree(&frame, row.in.kind);
		row.slot = len < cut->enough ? DROP_MALFORMED : cut->row.slot;
		frame_check(&row, &frame);
	}
}

static void empty_test(void **state)
{
	static const enum frame_kind kinds[] = { FRAME_IPV4, FRAME_IPV6, FRAME_ARP };
	struct row row = { NULL, HOOK_FROM_POD, DROP_MALFORMED };

	(void)state;
	step_skip_unless_possible();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct frame_spec spec = { kinds[i], .cut = TRUNCATED_FROM };
		struct frame frame = frame_build(&spec);

		if (!frame_is_refused(&row, &frame))
			frame_check(&row, &frame);
	}
}

void parse_cases(struct cases *cases)
{
	ROWS_ADD(cases, rows, row_test);
	ROWS_ADD(cases, cut_rows, cut_test);
	case_add(cases, "an Ethernet header and nothing else is malformed", empty_test, NULL);
}
