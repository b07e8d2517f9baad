/* SPDX-License-Identifier: Apache-2.0 */
/* sums - every checksum of a frame, computed from the RFCs and not by what is tested. */
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "packet/frame.h"

struct place {
	size_t transport, end;
	uint8_t protocol;
	bool fragment, later;
};

static uint16_t get16(const struct frame *frame, size_t at)
{
	return (uint16_t)(frame->bytes[at] << 8 | frame->bytes[at + 1]);
}

static uint32_t sum_of(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static bool place_v4(const struct frame *frame, struct place *ret)
{
	size_t header = (frame->bytes[ETH_HLEN] & 15u) * 4u, length;

	if (frame->len < ETH_HLEN + 20 || frame->bytes[ETH_HLEN] >> 4 != 4 || header < 20)
		return false;
	length = get16(frame, ETH_HLEN + 2);
	*ret = (struct place){
		.transport = ETH_HLEN + header,
		.end = length ? ETH_HLEN + length : frame->len,
		.protocol = frame->bytes[ETH_HLEN + 9],
		.fragment = get16(frame, ETH_HLEN + 6) & 0x3fff,
		.later = get16(frame, ETH_HLEN + 6) & 0x1fff,
	};
	return ret->end <= frame->len && ret->transport <= ret->end;
}

static bool extension_pass(const struct frame *frame, struct place *place)
{
	const uint8_t *at = frame->bytes + place->transport;
	size_t size = (at[1] + 1u) * 8u;

	if (place->protocol == IPPROTO_AH)
		size = (at[1] + 2u) * 4u;
	if (place->protocol == IPPROTO_FRAGMENT) {
		size = 8;
		place->fragment = get16(frame, place->transport + 2) & 0xfff9;
		place->later = get16(frame, place->transport + 2) & 0xfff8;
	}
	place->protocol = at[0];
	place->transport += size;
	return place->transport <= place->end;
}

static bool is_extension(uint8_t protocol)
{
	return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
	       protocol == IPPROTO_FRAGMENT || protocol == IPPROTO_DSTOPTS ||
	       protocol == IPPROTO_AH || protocol == IPPROTO_MH;
}

static bool place_v6(const struct frame *frame, struct place *ret)
{
	size_t length;

	if (frame->len < ETH_HLEN + 40 || frame->bytes[ETH_HLEN] >> 4 != 6)
		return false;
	length = get16(frame, ETH_HLEN + 4);
	*ret = (struct place){
		.transport = ETH_HLEN + 40,
		.end = length ? ETH_HLEN + 40 + length : frame->len,
		.protocol = frame->bytes[ETH_HLEN + 6],
	};
	while (ret->end <= frame->len && is_extension(ret->protocol) && !ret->later)
		if (ret->transport + 8 > ret->end || !extension_pass(frame, ret))
			return false;
	return ret->end <= frame->len;
}

static bool place_find(const struct frame *frame, struct place *ret)
{
	if (frame->len < ETH_HLEN + 20)
		return false;
	switch (get16(frame, 12)) {
	case ETH_P_IP:
		return place_v4(frame, ret);
	case ETH_P_IPV6:
		return place_v6(frame, ret);
	default:
		return false;
	}
}

static size_t sum_offset(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
		return 6;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 2;
	default:
		return 0;
	}
}

/* What the transport's field has to add up with everything else to 0xffff; RFC 1071. */
static uint16_t transport_sum(const struct frame *frame, const struct place *place)
{
	size_t length = place->end - place->transport;
	uint32_t sum = sum_of(frame->bytes + place->transport, length);

	if (get16(frame, 12) == ETH_P_IPV6)
		sum += sum_of(frame->bytes + ETH_HLEN + 8, 32);
	else if (place->protocol != IPPROTO_ICMP)
		sum += sum_of(frame->bytes + ETH_HLEN + 12, 8);
	if (get16(frame, 12) == ETH_P_IPV6 || place->protocol != IPPROTO_ICMP)
		sum += (uint32_t)(length & 0xffff) + (uint32_t)(length >> 16) + place->protocol;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Where the transport's checksum stands; 0: nowhere. */
static size_t sum_place(const struct place *place)
{
	size_t offset = sum_offset(place->protocol);

	if (!offset || place->later || place->transport + offset + 2 > place->end)
		return 0;
	return place->transport + offset;
}

void sums_fill(struct frame *frame)
{
	struct place place;
	uint16_t sum;
	size_t at;

	if (!place_find(frame, &place) || !(at = sum_place(&place)))
		return;
	memset(frame->bytes + at, 0, 2);
	sum = (uint16_t)~transport_sum(frame, &place);
	if (!sum && place.protocol == IPPROTO_UDP)
		sum = 0xffff;
	frame->bytes[at] = (uint8_t)(sum >> 8);
	frame->bytes[at + 1] = (uint8_t)sum;
}

const char *sums_complaint(const struct frame *frame)
{
	struct place place;
	size_t at;

	if (!place_find(frame, &place))
		return NULL;
	if (get16(frame, 12) == ETH_P_IP &&
	    checksum(frame->bytes + ETH_HLEN, (frame->bytes[ETH_HLEN] & 15u) * 4u, 0))
		return "the IP header's checksum";
	at = sum_place(&place);
	if (!at || place.fragment || (place.protocol == IPPROTO_UDP && !get16(frame, at)))
		return NULL;
	return transport_sum(frame, &place) == 0xffff ? NULL : "the transport's checksum";
}
