/* SPDX-License-Identifier: Apache-2.0 */
/* frame - a frame as a row describes it: what a sound sender would send, but for what is said. */
#include "packet/frame.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "byway/endpoint.h"
#include "byway/ip_text.h"
#include "packet/world.h"

static void put(struct frame *frame, const void *bytes, size_t len)
{
	if (frame->len + len > sizeof(frame->bytes))
		abort();
	memcpy(frame->bytes + frame->len, bytes, len);
	frame->len += len;
}

static void put8(struct frame *frame, uint8_t value)
{
	put(frame, &value, 1);
}

static void put16(struct frame *frame, uint16_t value)
{
	uint16_t wire = htons(value);

	put(frame, &wire, sizeof(wire));
}

/* What is not said to be anything counts up, so that a byte out of place shows. */
static void put_counting(struct frame *frame, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put8(frame, (uint8_t)(0xa0 + i));
}

static void set16(struct frame *frame, size_t at, uint16_t value)
{
	uint16_t wire = htons(value);

	memcpy(frame->bytes + at, &wire, sizeof(wire));
}

const uint8_t *mac_of(enum frame_mac whose, bool sends)
{
	static const uint8_t macs[][MAC_SIZE] = {
		[MAC_POD_A] = POD_A_MAC,
		[MAC_POD_B] = POD_B_MAC,
		[MAC_GATEWAY] = GATEWAY_MAC_BYTES,
		[MAC_STRANGER] = { 2, 0x0a, 0, 0, 0, 0xee },
		[MAC_BROADCAST] = { 255, 255, 255, 255, 255, 255 },
		[MAC_ZERO] = { 0 },
		[MAC_UPLINK] = UPLINK_MAC,
	};

	if (whose == MAC_USUAL)
		whose = sends ? MAC_POD_A : MAC_GATEWAY;
	return macs[whose];
}

uint16_t checksum(const void *bytes, size_t len, uint32_t sum)
{
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? byte[i] : (uint32_t)byte[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

uint16_t icmpv6_checksum(const uint8_t *ip, size_t message_len)
{
	uint32_t sum = (uint32_t)message_len + IPPROTO_ICMPV6;

	for (size_t i = 8; i < 40; i++) /* both addresses */
		sum += i % 2 ? ip[i] : (uint32_t)ip[i] << 8;
	return checksum(ip + 40, message_len, sum);
}

static struct ip_addr address_of(const char *text, const char *otherwise)
{
	struct ip_addr addr;

	if (!ip_addr_parse(text ? text : otherwise, &addr))
		abort();
	return addr;
}

static uint8_t protocol_of(const struct frame_spec *spec)
{
	return spec->protocol ? spec->protocol : IPPROTO_UDP;
}

static void put_ports(struct frame *frame, const struct frame_spec *spec)
{
	put16(frame, spec->source_port ? spec->source_port : POD_A_PORT);
	put16(frame, spec->target_port ? spec->target_port : POD_B_PORT);
}

static void put_tcp(struct frame *frame, const struct frame_spec *spec)
{
	put_ports(frame, spec);
	put_counting(frame, 8);
	put8(frame, 0x50); /* 5 words */
	put8(frame, spec->tcp_flags ? spec->tcp_flags : 0x10);
	put_counting(frame, 6);
}

static void put_udp(struct frame *frame, const struct frame_spec *spec)
{
	put_ports(frame, spec);
	put16(frame, (uint16_t)(8 + spec->payload));
	put16(frame, 0);
}

/* A packet without its Ethernet header, or the beginning of one. */
static void put_quote(struct frame *frame, const struct frame_spec *spec)
{
	struct frame quote = frame_build(spec->quote);
	size_t size = quote.len - ETH_HLEN;

	if (spec->quoted && spec->quoted < size)
		size = spec->quoted;
	put(frame, quote.bytes + ETH_HLEN, size);
}

static void put_icmp(struct frame *frame, const struct frame_spec *spec)
{
	struct ip_addr asked;

	put8(frame, spec->icmp_type);
	put8(frame, spec->icmp_code);
	put16(frame, 0);
	put_counting(frame, 4);
	if (spec->echo)
		set16(frame, frame->len - 4, spec->echo);
	if (spec->quote)
		put_quote(frame, spec);
	if (!spec->asked)
		return;
	asked = address_of(spec->asked, NULL);
	put(frame, &asked, sizeof(asked));
	if (spec->no_option)
		return;
	put16(frame, 0x0101); /* source link-layer address, 8 bytes */
	put(frame, mac_of(spec->from, true), MAC_SIZE);
}

static void put_transport(struct frame *frame, const struct frame_spec *spec)
{
	if (spec->bare)
		return;
	switch (protocol_of(spec)) {
	case IPPROTO_TCP:
		put_tcp(frame, spec);
		break;
	case IPPROTO_UDP:
		put_udp(frame, spec);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		put_icmp(frame, spec);
		break;
	case IPPROTO_SCTP:
		put_ports(frame, spec);
		put_counting(frame, 8);
		break;
	default:
		break;
	}
}

static uint16_t claimed(const struct frame_spec *spec, size_t truth)
{
	return spec->unsaid ? 0 : (uint16_t)((int)truth + spec->longer);
}

static void put_ipv4(struct frame *frame, const struct frame_spec *spec)
{
	struct ip_addr source = address_of(spec->source, POD_A_V4);
	struct ip_addr target = address_of(spec->target, POD_B_V4);
	size_t begin = frame->len, words = 5u + spec->options;
	uint16_t sum;

	put8(frame,
	     (uint8_t)((spec->version ? spec->version : 4) << 4 | (spec->ihl ? spec->ihl : words)));
	put8(frame, 0);
	put16(frame, 0); /* the length comes last */
	put16(frame, 0x1234);
	put16(frame, spec->fragment);
	put8(frame, spec->hop_limit ? spec->hop_limit : 64);
	put8(frame, protocol_of(spec));
	put16(frame, 0);
	put(frame, &source.words[3], 4);
	put(frame, &target.words[3], 4);
	for (size_t i = 0; i < spec->options; i++)
		put(frame, "\x01\x01\x01\x01", 4); /* no operation */
	put_transport(frame, spec);
	put_counting(frame, spec->payload);

	set16(frame, begin + 2, claimed(spec, frame->len - begin));
	sum = checksum(frame->bytes + begin, words * 4, 0);
	memcpy(frame->bytes + begin + 10, &sum, sizeof(sum));
}

static size_t extension_size(const struct frame_extension *header)
{
	switch (header->type) {
	case IPPROTO_FRAGMENT:
		return 8;
	case IPPROTO_AH:
		return (header->length + 2u) * 4;
	default:
		return (header->length + 1u) * 8;
	}
}

static uint8_t next_header(const struct frame_spec *spec, size_t index)
{
	return index < spec->extension_count ? spec->extensions[index].type : protocol_of(spec);
}

static void put_extension(struct frame *frame, const struct frame_spec *spec, size_t index)
{
	const struct frame_extension *header = &spec->extensions[index];

	put8(frame, next_header(spec, index + 1));
	put8(frame, header->length);
	put16(frame, header->fragment);
	put_counting(frame, extension_size(header) - 4);
}

static void put_ipv6(struct frame *frame, const struct frame_spec *spec)
{
	struct ip_addr source = address_of(spec->source, POD_A_V6);
	struct ip_addr target = address_of(spec->target, POD_B_V6);
	size_t begin = frame->len, message = spec->extension_count ? 0 : begin + 40;
	uint16_t sum;

	put8(frame, (uint8_t)((spec->version ? spec->version : 6) << 4));
	put(frame, "\0\0\0", 3);
	put16(frame, 0); /* the length comes last */
	put8(frame, next_header(spec, 0));
	put8(frame, spec->hop_limit ? spec->hop_limit : 64);
	put(frame, &source, sizeof(source));
	put(frame, &target, sizeof(target));
	for (size_t i = 0; i < spec->extension_count; i++)
		put_extension(frame, spec, i);
	put_transport(frame, spec);
	put_counting(frame, spec->payload);

	set16(frame, begin + 4, claimed(spec, frame->len - begin - 40));
	if (message && protocol_of(spec) == IPPROTO_ICMPV6 && !spec->bare && !spec->unsummed) {
		sum = icmpv6_checksum(frame->bytes + begin, frame->len - message);
		memcpy(frame->bytes + message + 2, &sum, sizeof(sum));
	}
}

static void put_arp(struct frame *frame, const struct frame_spec *spec)
{
	struct ip_addr source = address_of(spec->source, POD_A_V4);
	struct ip_addr target = address_of(spec->target, GATEWAY_V4);

	put16(frame, spec->arp_hardware ? spec->arp_hardware : 1);
	put16(frame, spec->arp_protocol ? spec->arp_protocol : ETH_P_IP);
	put8(frame, spec->arp_hardware_size ? spec->arp_hardware_size : MAC_SIZE);
	put8(frame, spec->arp_protocol_size ? spec->arp_protocol_size : 4);
	put16(frame, spec->arp_operation ? spec->arp_operation : 1);
	put(frame, mac_of(spec->arp_from, true), MAC_SIZE);
	put(frame, &source.words[3], 4);
	put(frame, mac_of(MAC_ZERO, false), MAC_SIZE);
	put(frame, &target.words[3], 4);
}

struct frame frame_build(const struct frame_spec *spec)
{
	static const uint16_t ethertypes[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_ARP };
	struct frame frame = {};

	put(&frame, mac_of(spec->to, false), MAC_SIZE);
	put(&frame, mac_of(spec->from, true), MAC_SIZE);
	put16(&frame, spec->kind == FRAME_OTHER ? spec->ethertype : ethertypes[spec->kind]);
	switch (spec->kind) {
	case FRAME_IPV4:
		put_ipv4(&frame, spec);
		break;
	case FRAME_IPV6:
		put_ipv6(&frame, spec);
		break;
	case FRAME_ARP:
		put_arp(&frame, spec);
		break;
	case FRAME_OTHER:
		put_counting(&frame, spec->payload);
		break;
	}
	if (spec->summed && !spec->bare)
		sums_fill(&frame);
	put_counting(&frame, spec->padding);
	if (spec->cut && spec->cut < frame.len)
		frame.len = spec->cut;
	return frame;
}
