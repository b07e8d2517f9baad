/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* conntrack - what was decided for a connection, remembered for its next packet. */
#pragma once

#include <linux/types.h>

#include "byway/abi.h"
#include "byway/endpoint.h"
#include "byway/ip_addr.h"

/* X(NAME, label, default timeout in seconds, sentence). The state is also the timeout's index. */
/* clang-format off */
#define CT_STATES(X)                                                                          \
	X(OPENING, "opening", 60, "TCP: no packet of both directions yet")                    \
	X(ESTABLISHED, "established", 8000, "TCP: packets went both ways")                    \
	X(CLOSING, "closing", 10, "TCP: both ends have finished, or one has reset")           \
	X(DATAGRAM, "datagram", 60, "UDP, SCTP and other protocols")                          \
	X(QUESTION, "question", 10, "ICMP: an echo")

enum ct_state {
#define X(name, label, timeout, text) CT_##name,
	CT_STATES(X)
#undef X
	CT_STATE_COUNT
};
/* clang-format on */

/*
 * The key is the five-tuple in canonical order, so that both directions find the same entry. ICMP
 * echoes have their identifier as both ports.
 */
struct ct_key {
	struct ip_addr addr[2]; /* the lower end first (ct_key_of) */
	__be16 port[2];
	__u8 protocol;
	__u8 pad[3]; /* zero: the map hashes every byte */
};
ABI_SIZE(struct ct_key, 40);

/* A tuple with a direction: of the packets that the initiator sends. */
struct ct_tuple {
	struct ip_addr source, target;
	__be16 source_port, target_port;
};
ABI_SIZE(struct ct_tuple, 36);

/* How a packet reaches one end, and where packets of that end must come from. */
enum ct_road {
	ROAD_NONE,   /* not known yet */
	ROAD_POD,    /* a pod of this node, behind ifindex, with that MAC address */
	ROAD_STACK,  /* the node's own stack */
	ROAD_UPLINK, /* out of the interface ifindex, to the neighbour that routes tell */
};

struct ct_end {
	__u32 ifindex;
	__u8 mac[MAC_SIZE];
	__u8 road; /* enum ct_road */
	__u8 pad;
};
ABI_SIZE(struct ct_end, 12);

enum ct_flag {
	CT_INITIATOR_HIGH = 1 << 0, /* the initiator is end 1 of the key */
	CT_REQUEST = 1 << 1,	    /* packets of the initiator are rewritten to `other` */
	CT_REPLY = 1 << 2,	    /* answers are rewritten, so that they seem to come from
				       `other` */
	CT_REPLIED = 1 << 3,	    /* a packet of the other end was seen */
	CT_SERVICE = 1 << 4,	    /* the target was translated: `service` says by which */
	CT_MASQUERADE = 1 << 5,	    /* the source was translated */
};

/*
 * Times are in ticks of 64 of the kernel's jiffies (0.06 to 0.64 s): no clock is cheaper to read.
 * User space has them from ct_clock.h.
 */
#define CT_TICK_SHIFT 6

/*
 * Map conntrack: struct ct_key -> struct conntrack. A connection that is not translated has one
 * entry. A translated one has two: its request entry, under the tuple that the initiator uses
 * (CT_REQUEST), and its reply entry, under the tuple that the responder sees (CT_REPLY); each names
 * the other's tuple. Inserted with BPF_NOEXIST, which also keeps translated tuples apart. Writer:
 * the datapath.
 *
 * What an entry says of its ends (road, MAC address, the policy's verdict) holds while its epoch is
 * the map epoch's; when that has moved, the next packet is judged again. Whoever changes an
 * endpoint, a policy, a service or a route changes the maps first and the epoch then.
 */
struct conntrack {
	__u32 epoch;
	__u32 seen;    /* the last packet, in ticks */
	__u32 opened;  /* the first */
	__u32 service; /* with CT_SERVICE: its id */
	__u16 slot;    /* and the backend's */
	__u8 set;      /* and enum backend_set */
	__u8 state;    /* enum ct_state */
	__u8 flags;    /* enum ct_flag */
	__u8 finished; /* bit i: end i of the key has sent a FIN */
	__u8 pad[2];
	struct ct_end end[2];  /* of the key's addr[0] and addr[1] */
	struct ct_tuple other; /* with CT_REQUEST or CT_REPLY: the partner's tuple */
};
ABI_SIZE(struct conntrack, 84);

/*
 * Map epoch: one __u32, shared with user space by mmap so that every writer can add to it
 * (epoch_advance in datapath/epoch.h).
 */
