/* SPDX-License-Identifier: Apache-2.0 */
/* answers - what the gateway answers to pod_a, byte by byte. */
#include "packet/answers.h"

#include <string.h>

#include "byway/endpoint.h"

/* clang-format off */
/* RFC 826: "169.254.1.1 is at 02:62:79:77:61:79", from the gateway to pod_a. */
static const uint8_t arp_answer[] = {
	0x02, 0x0a, 0,	  0,	0,    0x0a,		       /* to pod_a */
	0x02, 0x62, 0x79, 0x77, 0x61, 0x79, 0x08, 0x06,	       /* from the gateway */
	0,    1,    0x08, 0,	6,    4,    0,	  2,	       /* Ethernet, IPv4, a reply */
	0x02, 0x62, 0x79, 0x77, 0x61, 0x79, 169,  254,	1, 1,  /* the gateway */
	0x02, 0x0a, 0,	  0,	0,    0x0a, 10,	  9,	0, 2,  /* pod_a */
};

/* RFC 4861 4.4: router, solicited, override; the checksum is filled in. */
static const uint8_t nd_answer[] = {
	0x02, 0x0a, 0,	  0,	0,    0x0a,
	0x02, 0x62, 0x79, 0x77, 0x61, 0x79, 0x86, 0xdd,
	0x60, 0,    0,	  0,	0,    32,   58,	  255,
	0xfe, 0x80, 0,	  0,	0,    0,    0,	  0, 0, 0, 0, 0, 0, 0, 0, 1,
	0xfd, 0x09, 0,	  0,	0,    0,    0,	  0, 0, 0, 0, 0, 0, 0, 0, 2,
	136,  0,    0,	  0,	0xe0, 0,    0,	  0,
	0xfe, 0x80, 0,	  0,	0,    0,    0,	  0, 0, 0, 0, 0, 0, 0, 0, 1,
	2,    1,    0x02, 0x62, 0x79, 0x77, 0x61, 0x79,
};
/* clang-format on */

void out_arp_answer(const struct frame *in, struct frame *want)
{
	*want = *in; /* what stood behind the question stands behind the answer */
	memcpy(want->bytes, arp_answer, sizeof(arp_answer));
}

void out_nd_answer(const struct frame *in, struct frame *want)
{
	uint16_t sum;

	want->len = sizeof(nd_answer);
	memcpy(want->bytes, nd_answer, sizeof(nd_answer));
	memcpy(want->bytes + 14 + 24, in->bytes + 14 + 8, 16); /* to the asker */
	sum = icmpv6_checksum(want->bytes + 14, 32);
	memcpy(want->bytes + 14 + 40 + 2, &sum, sizeof(sum));
}

void out_to_pod_b(const struct frame *in, struct frame *want)
{
	*want = *in;
	memcpy(want->bytes, mac_of(MAC_POD_B, true), MAC_SIZE);
	memcpy(want->bytes + MAC_SIZE, mac_of(MAC_GATEWAY, true), MAC_SIZE);
}
