/* SPDX-License-Identifier: Apache-2.0 */
/* answers - what the gateway answers to pod_a, byte by byte. */
#pragma once

#include "packet/frame.h"

/* The frame that has to leave when in came; checksums are the test's own. */
void out_arp_answer(const struct frame *in, struct frame *want);
void out_nd_answer(const struct frame *in, struct frame *want);

/* Straight into pod_b: only the MAC addresses change. */
void out_to_pod_b(const struct frame *in, struct frame *want);

/* out_reset - to a TCP segment, as RFC 9293 3.5.2 wants it; of either family. */
void out_reset(const struct frame *in, struct frame *want);

/* out_unreachable - ICMP port unreachable that quotes the IP header and 8 bytes behind it. */
void out_unreachable(const struct frame *in, struct frame *want);
