/* SPDX-License-Identifier: Apache-2.0 */
/* both_families - the IPv6 address of each of the cast, and the IPv6 packet for one of IPv4. */
#include <netinet/in.h>
#include <string.h>

#include "packet/services.h"

#define FRAGMENT_MORE 0x2000
#define FRAGMENT_OFFSET 0x1fff

/* clang-format off */
static const struct { const char *v4, *v6; } cast[] = {
	{ POD_A_V4, POD_A_V6 }, { POD_B_V4, POD_B_V6 }, { POD_PENDING_V4, POD_PENDING_V6 },
	{ LEASED_V4, LEASED_V6 }, { OUTSIDE_V4, OUTSIDE_V6 }, { NODE, "2001:db8::fe" },
	{ ROUTER, "2001:db8::9" }, { POD_FAR, "fd09:0:0:1::2" }, { POD_NONE, "fd09::77" },
	{ SVC_WEB, "fd96::1" }, { SVC_SHOP, "fd96::2" }, { SVC_FAR, "fd96::3" }, { SVC_SELF, "fd96::4" },
	{ SVC_EMPTY, "fd96::5" }, { SVC_ELSEWHERE, "fd96::6" }, { SVC_GUARDED, "2001:db8:7::7" },
	{ SVC_HOST, "fd96::8" }, { SVC_EVEN, "fd96::9" }, { SVC_EVEN_TOO, "fd96::a" },
	{ SVC_WORLD, "fd96::b" }, { "0.0.0.0", "::" },
};
/* clang-format on */

const char *address_v6(const char *v4)
{
	for (size_t i = 0; v4 && i < sizeof(cast) / sizeof(*cast); i++)
		if (!strcmp(cast[i].v4, v4))
			return cast[i].v6;
	return v4;
}

/* RFC 792 on the left, RFC 4443 on the right. */
static void icmp_in_v6(struct frame_spec *spec)
{
	static const uint8_t types[][4] = {
		{ 8, 0, 128, 0 }, { 0, 0, 129, 0 }, { 3, 3, 1, 4 }, { 3, 4, 2, 0 }, { 11, 0, 3, 0 }
	};

	spec->protocol = IPPROTO_ICMPV6;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i][0] == spec->icmp_type && types[i][1] == spec->icmp_code) {
			spec->icmp_type = types[i][2];
			spec->icmp_code = types[i][3];
			return;
		}
}

struct frame_spec spec_in_v6(const struct frame_spec *v4)
{
	struct frame_spec spec = *v4;
	uint16_t more = v4->fragment & FRAGMENT_MORE ? 1 : 0;

	spec.kind = FRAME_IPV6;
	spec.source = address_v6(v4->source);
	spec.target = address_v6(v4->target);
	if (spec.protocol == IPPROTO_ICMP)
		icmp_in_v6(&spec);
	if (v4->fragment) {
		spec.fragment = 0;
		spec.extensions[spec.extension_count++] = (struct frame_extension){
			IPPROTO_FRAGMENT, 0,
			(uint16_t)((v4->fragment & FRAGMENT_OFFSET) << 3 | more)
		};
	}
	return spec;
}
