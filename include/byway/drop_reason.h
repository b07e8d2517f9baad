/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* drop_reason - why a packet was lost: one list for the enum, texts, labels and the manual. */
#pragma once

/* X(NAME, label, sentence). Only append: the numbers stand in the metrics map across upgrades. */
/* clang-format off */
#define DROP_REASONS(X)                                                                            \
	X(MALFORMED, "malformed", "a header is cut off, contradicts itself or must not travel")    \
	X(ETHERTYPE, "ethertype", "neither IPv4, IPv6 nor ARP, or behind a VLAN tag")              \
	X(EXTENSIONS, "ipv6_extensions", "more IPv6 extension headers than any sender needs")      \
	X(ARP, "arp", "ARP that is not a question for the gateway, or speaks for another")         \
	X(SOURCE_ADDRESS, "source_address", "the source address is not this pod's")                \
	X(SOURCE_MAC, "source_mac", "the source MAC address is not this pod's")                    \
	X(PENDING_SOURCE, "pending_source", "the sending pod's policy is not in place yet")        \
	X(PENDING_TARGET, "pending_target", "the receiving pod's policy is not in place yet")      \
	X(NO_INTERFACE, "no_interface", "the address is leased, but its pod has no interface yet") \
	X(MULTICAST, "multicast", "multicast and broadcast are not carried")                       \
	X(LINK_LOCAL, "link_local", "link-local traffic or discovery that nobody here answers")    \
	X(NOT_ITS_ADDRESS, "not_its_address", "sent to a pod's interface for another's address")   \
	X(REWRITE, "rewrite", "the kernel could not change the packet (no memory)")                \
	X(NO_BACKEND, "no_backend", "the service has no usable backend; the sender was told")       \
	X(TRAFFIC_POLICY, "traffic_policy", "the service's traffic policy is Local: no backend here") \
	X(SOURCE_RANGE, "source_range", "not of the service's loadBalancerSourceRanges")           \
	X(NO_PORT, "no_port", "no free source port to translate this connection to")               \
	X(CONNTRACK, "conntrack", "the connection could not be remembered (no memory)")            \
	X(FRAGMENT, "fragment", "a fragment of a translated packet whose first part was not seen") \
	X(PORTS_FIXED, "ports_fixed", "SCTP to a backend of another port, or a port behind a header") \
	X(NO_SOURCE, "no_source", "the uplink has no address of this family to masquerade with")   \
	X(NO_POD, "no_pod", "an address of this node's pods that no pod has")                      \
	X(UNRELATED, "unrelated", "ICMP to the world that belongs to no connection known here")    \
	X(UPLINK_SOURCE, "uplink_source", "came from outside with the address of a pod of this node")

enum drop_reason {
	DROP_NONE = 0,
#define X(name, label, text) DROP_##name,
	DROP_REASONS(X)
#undef X
	DROP_REASON_COUNT
};
/* clang-format on */

/*
 * Positive, so that a step can return a reason or zero; 32 slots are set aside in the metrics map.
 */
_Static_assert(DROP_REASON_COUNT <= 32, "METRIC_COUNTERS_BEGIN must move");
