/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* ct_state - what a packet does to the state of its connection. Pure: built by both compilers. */
#pragma once

#include <stdbool.h>

#include "byway/conntrack.h"

/* RFC 9293 3.1 */
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

#define CT_BOTH_FINISHED 3

static inline bool tcp_is_opening(__u8 tcp_flags)
{
	return (tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

/* The end of the key from which the initiator sends. */
static inline int ct_initiator(const struct conntrack *ct)
{
	return ct->flags & CT_INITIATOR_HIGH ? 1 : 0;
}

static inline bool ct_is_translated(const struct conntrack *ct)
{
	return ct->flags & (CT_REQUEST | CT_REPLY);
}

/*
 * ct_is_over - the ports are used again: a SYN comes for a connection that one end has finished. It
 * begins a new one, to be judged and translated anew.
 */
static inline bool ct_is_over(const struct conntrack *ct, __u8 tcp_flags)
{
	return tcp_is_opening(tcp_flags) && (ct->finished || ct->state == CT_CLOSING);
}

/*
 * A packet that says that both ends have heard of each other: the first one that is no SYN, after
 * the other end has answered. An entry of a translated connection sees packets of one end only;
 * there a SYN with an ACK says as much as there will be.
 */
static inline bool ct_is_answered(const struct conntrack *ct, __u8 tcp_flags, int end)
{
	if (ct_is_translated(ct))
		return !tcp_is_opening(tcp_flags);
	return !(tcp_flags & TCP_SYN) && ((ct->flags & CT_REPLIED) || end != ct_initiator(ct));
}

/*
 * ct_tcp_state - after a packet with these flags from one end (0 or 1). Of a translated connection
 * ct_pair_state() puts the two entries' views together. Nothing leaves CLOSING: a new connection is
 * a new entry (ct_is_over).
 */
static inline __u8 ct_tcp_state(const struct conntrack *ct, __u8 tcp_flags, int end)
{
	if (ct->state == CT_CLOSING || (tcp_flags & TCP_RST))
		return CT_CLOSING;
	if ((tcp_flags & TCP_FIN) && (ct->finished | 1 << end) == CT_BOTH_FINISHED)
		return CT_CLOSING;
	if (ct->state == CT_OPENING && ct_is_answered(ct, tcp_flags, end))
		return CT_ESTABLISHED;
	return ct->state;
}

/* ct_pair_state - of a translated connection, from its two entries. */
static inline __u8 ct_pair_state(const struct conntrack *request, const struct conntrack *reply)
{
	bool request_done = request->finished, reply_done = reply->finished;

	if (request->state == CT_CLOSING || reply->state == CT_CLOSING)
		return CT_CLOSING;
	if (request_done && reply_done)
		return CT_CLOSING;
	if (request->state == CT_OPENING || reply->state == CT_OPENING)
		return CT_OPENING;
	return request->state;
}

/* The state in which a connection of this transport protocol begins. */
static inline __u8 ct_first_state(__u8 protocol, __u8 tcp_flags)
{
	switch (protocol) {
	case 6: /* TCP; one that was there before us is taken for what it seems */
		if (tcp_flags & TCP_RST)
			return CT_CLOSING;
		return tcp_flags & TCP_SYN ? CT_OPENING : CT_ESTABLISHED;
	case 1:
	case 58: /* ICMP, ICMPv6 */
		return CT_QUESTION;
	default:
		return CT_DATAGRAM;
	}
}
