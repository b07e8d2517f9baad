/* SPDX-License-Identifier: Apache-2.0 */
/* answers - what the gateway answers to pod_a, byte by byte. */
#include "packet/answers.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
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

static bool is_v4(const struct frame *frame)
{
	return frame->bytes[ETH_HLEN] >> 4 == 4;
}

static void set16(struct frame *frame, size_t at, size_t value)
{
	frame->bytes[at] = (uint8_t)(value >> 8);
	frame->bytes[at + 1] = (uint8_t)value;
}

/* Ethernet and IP headers back to the sender, for so many bytes. Returns where those begin. */
static size_t turn_back(const struct frame *in, struct frame *want, uint8_t protocol, size_t size)
{
	size_t ip = ETH_HLEN, begin = ip + (is_v4(in) ? 20 : 40);
	uint16_t sum;

	memset(want, 0, sizeof(*want));
	want->len = begin + size;
	memcpy(want->bytes, in->bytes + 6, 6);
	memcpy(want->bytes + 6, in->bytes, 6);
	memcpy(want->bytes + 12, in->bytes + 12, 2);
	if (is_v4(in)) {
		want->bytes[ip] = 0x45;
		set16(want, ip + 2, 20 + size);
		want->bytes[ip + 8] = 64;
		want->bytes[ip + 9] = protocol;
		memcpy(want->bytes + ip + 12, in->bytes + ip + 16, 4);
		memcpy(want->bytes + ip + 16, in->bytes + ip + 12, 4);
		sum = checksum(want->bytes + ip, 20, 0);
		memcpy(want->bytes + ip + 10, &sum, sizeof(sum));
	} else {
		want->bytes[ip] = 0x60;
		set16(want, ip + 4, size);
		want->bytes[ip + 6] = protocol;
		want->bytes[ip + 7] = 64;
		memcpy(want->bytes + ip + 8, in->bytes + ip + 24, 16);
		memcpy(want->bytes + ip + 24, in->bytes + ip + 8, 16);
	}
	return begin;
}

void out_reset(const struct frame *in, struct frame *want)
{
	size_t at = turn_back(in, want, IPPROTO_TCP, 20), was = at;
	uint8_t flags = in->bytes[was + 13];
	uint32_t next = 0;

	memcpy(want->bytes + at, in->bytes + was + 2, 2);
	memcpy(want->bytes + at + 2, in->bytes + was, 2);
	want->bytes[at + 12] = 0x50;
	if (flags & 0x10) { /* ACK */
		memcpy(want->bytes + at + 4, in->bytes + was + 8, 4);
		want->bytes[at + 13] = 0x04;
	} else {
		for (size_t i = 0; i < 4; i++)
			next = next << 8 | in->bytes[was + 4 + i];
		next += (uint32_t)(in->len - was - 20) + (flags & 1) + (flags >> 1 & 1);
		set16(want, at + 8, next >> 16);
		set16(want, at + 10, next & 0xffff);
		want->bytes[at + 13] = 0x14; /* RST, ACK */
	}
	sums_fill(want);
}

void out_unreachable(const struct frame *in, struct frame *want)
{
	bool v4 = is_v4(in);
	size_t quote = (v4 ? 20 : 40) + 8;
	size_t at = turn_back(in, want, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, 8 + quote);

	want->bytes[at] = v4 ? 3 : 1;
	want->bytes[at + 1] = v4 ? 3 : 4;
	memcpy(want->bytes + at + 8, in->bytes + ETH_HLEN, quote);
	sums_fill(want);
}
