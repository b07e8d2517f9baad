/* SPDX-License-Identifier: Apache-2.0 */
/* frame - a frame as a row describes it: what a sound sender would send, but for what is said. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 8192
#define EXTENSIONS_MAX 12

enum frame_kind { FRAME_IPV4, FRAME_IPV6, FRAME_ARP, FRAME_OTHER };

/* Whose MAC address. MAC_USUAL: the sender is pod_a, the receiver the gateway. */
enum frame_mac {
	MAC_USUAL,
	MAC_POD_A,
	MAC_POD_B,
	MAC_GATEWAY,
	MAC_STRANGER,
	MAC_BROADCAST,
	MAC_ZERO,
	MAC_UPLINK
};

struct frame_extension {
	uint8_t type;	   /* IPPROTO_HOPOPTS and its like */
	uint8_t length;	   /* as it stands in the header; the header is as long as that says */
	uint16_t fragment; /* of a fragment header: offset and "more", host order */
};

/*
 * Zero is the ordinary value of every field. Addresses are text; NULL is pod_a's for the source and
 * pod_b's for the target.
 */
struct frame_spec {
	enum frame_kind kind;
	const char *source, *target;
	enum frame_mac from, to;

	uint8_t protocol; /* 0 = UDP; the transport header is as long as it should be */
	bool bare;	  /* no transport header */
	uint16_t source_port, target_port; /* 0 = pod_a's and pod_b's usual one */
	uint8_t tcp_flags;		   /* 0 = ACK */
	uint8_t icmp_type, icmp_code;
	uint16_t echo;			/* ICMP: the identifier; 0 = the counting bytes */
	const struct frame_spec *quote; /* ICMP: the packet that an error tells of, ... */
	uint16_t quoted;		/* ... so many bytes of it; 0 = all */
	bool unsummed;			/* ICMPv6: its checksum is 0 */
	bool summed;			/* the transport's checksum is right, not 0 or junk */
	uint8_t hop_limit;		/* 0 = 64 */
	uint8_t version;		/* 0 = the kind's */
	uint8_t ihl, options;	   /* in words: what the header says (0 = the truth), and has */
	uint16_t fragment;	   /* IPv4: flags and offset, host order */
	int longer;		   /* the IP header claims so many bytes more than there are */
	bool unsaid;		   /* the IP header's length is 0 */
	uint16_t payload, padding; /* bytes behind the transport header, and behind the IP packet */
	struct frame_extension extensions[EXTENSIONS_MAX]; /* up to extension_count */
	size_t extension_count;

	const char *asked; /* neighbour solicitation: its target */
	bool no_option;	   /* neighbour solicitation: without the sender's MAC address */

	/* ARP: source and target are its addresses ("0.0.0.0" for none). 0 = the usual value. */
	uint16_t arp_operation, arp_hardware, arp_protocol;
	uint8_t arp_hardware_size, arp_protocol_size;
	enum frame_mac arp_from;

	uint16_t ethertype; /* FRAME_OTHER */
	size_t cut;	    /* only so many bytes of it all; 0 = everything */
	uint16_t gso_size;  /* the kernel's own note, not a byte of the frame */
};

struct frame {
	size_t len;
	uint8_t bytes[FRAME_MAX];
};

struct frame frame_build(const struct frame_spec *spec);

/* mac_of - the six bytes of a character's MAC address; sends says which side MAC_USUAL is. */
const uint8_t *mac_of(enum frame_mac whose, bool sends);

/*
 * sums_fill - the transport's checksum, as if what a first fragment holds were all.
 * sums_complaint - which checksum of a frame is wrong; NULL: none, or it is none of IP's, or cut
 * up.
 */
void sums_fill(struct frame *frame);
const char *sums_complaint(const struct frame *frame);

/* checksum - RFC 1071, of len bytes and a sum to begin with; in network order. */
uint16_t checksum(const void *bytes, size_t len, uint32_t sum);

/*
 * icmpv6_checksum - of an ICMPv6 message at offset 40 of an IPv6 packet without extension headers.
 */
uint16_t icmpv6_checksum(const uint8_t *ip, size_t message_len);
