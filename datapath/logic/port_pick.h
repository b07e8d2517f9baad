/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* port_pick - which source ports to try for a translated connection. Pure. */
#pragma once

#include <linux/types.h>

/* With the whole range in use for one target, this many tries in a row are a loss that is counted.
 */
#define PORT_TRIES 32

/* Ports below are not given to anyone who did not ask for them (RFC 6335 6: system ports). */
#define PORT_PICK_FIRST 1024

/*
 * port_pick - the port that the try with this number (0, 1, …) takes, in host order: first the
 * sender's own, then random ones, as RFC 6056 wants.
 */
static inline __u16 port_pick(__u16 own, __u32 random, __u32 number)
{
	__u32 value = random + number * 0x9e3779b9;

	if (number == 0)
		return own;
	value = (value ^ (value >> 16)) * 0x85ebca6b;
	value ^= value >> 13;
	return (__u16)(PORT_PICK_FIRST + (((__u64)value * (65536 - PORT_PICK_FIRST)) >> 32));
}

/* Fewer ports than this are no choice: then those of the gap are used as well. */
#define PORTS_ENOUGH 1024

/*
 * port_pick_outside - like port_pick(), but never a port from first to last: those the node's own
 * sockets get, and a masqueraded connection must not be in the way of one that the node opens
 * later.
 */
static inline __u16 port_pick_outside(__u16 own, __u32 random, __u32 number, __u16 first,
				      __u16 last)
{
	__u32 below = first > PORT_PICK_FIRST ? first - PORT_PICK_FIRST : 0;
	__u32 room, place;

	if (last < PORT_PICK_FIRST) /* nothing is left out, or what is not given anyway */
		return port_pick(own, random, number);
	room = below + (65535 - last);
	if (room < PORTS_ENOUGH)
		return port_pick(own, random, number);
	if (number == 0 && own >= PORT_PICK_FIRST && (own < first || own > last))
		return own;
	place = port_pick(own, random, number + 1) - PORT_PICK_FIRST;
	place = place * room / (65536 - PORT_PICK_FIRST);
	return (__u16)(place < below ? PORT_PICK_FIRST + place : last + 1 + place - below);
}
