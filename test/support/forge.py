#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""forge - frames that a pod has no right to send, one row each; every row is sent COUNT times.

    forge.py [--interface NAME] COUNT WORLD ROW...

WORLD is {"own_v4": …, "own_v6": …, "other_v4": …, "other_v6": …, "other_mac": …,
          "node_v4": …, "node_v6": …, "target_v4": …, "target_v6": …}.
Sent from eth0, or interface NAME, of the namespace it runs in. target_* is who should not see it.
"""
import json
import struct
import sys
from types import SimpleNamespace

import frames
from frames import ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, ETH_P_VLAN

PORT = 9
GATEWAY_V4, GATEWAY_V6 = "169.254.1.1", "fe80::1"
EVIL_MAC = "02:00:00:00:00:66"
ROUTER_ADVERT, NEIGHBOUR_SOLICIT, NEIGHBOUR_ADVERT, REDIRECT = 134, 135, 136, 137
SOLICITED_OVERRIDE = 0x60000000


def frame(pod, ethertype, packet, source_mac=None, target_mac=frames.GATEWAY_MAC):
    return frames.ethernet(source_mac or pod.mac, target_mac, ethertype, packet)


def datagram_v4(source, target):
    return frames.ipv4(source, target, frames.UDP, frames.udp(source, target, PORT, PORT, b"forged"))


def datagram_v6(source, target):
    return frames.ipv6(source, target, frames.UDP, frames.udp(source, target, PORT, PORT, b"forged"))


def v4_from(source, **macs):
    return lambda pod: frame(pod, ETH_P_IP, datagram_v4(source(pod), pod.target_v4), **macs)


def v6_from(source, **macs):
    return lambda pod: frame(pod, ETH_P_IPV6, datagram_v6(source(pod), pod.target_v6), **macs)


def fragment_v4(pod):
    body = frames.udp(pod.other_v4, pod.target_v4, PORT, PORT, bytes(800))
    return frame(pod, ETH_P_IP, frames.ipv4(pod.other_v4, pod.target_v4, frames.UDP, body[400:], offset=400, ident=7))


def fragment_v6(pod):
    body = frames.extension_fragment(frames.UDP, 400, False, 7) + bytes(400)
    return frame(pod, ETH_P_IPV6, frames.ipv6(pod.other_v6, pod.target_v6, frames.FRAGMENT, body))


def own_v4_other_mac(pod):
    return frame(pod, ETH_P_IP, datagram_v4(pod.own_v4, pod.target_v4), source_mac=pod.other_mac)


def own_v6_other_mac(pod):
    return frame(pod, ETH_P_IPV6, datagram_v6(pod.own_v6, pod.target_v6), source_mac=pod.other_mac)


def vlan(pod):
    tag = struct.pack("!HH", 5, ETH_P_IP)
    return frame(pod, ETH_P_VLAN, tag + datagram_v4(pod.own_v4, pod.target_v4))


def mapped(pod):
    return frame(pod, ETH_P_IPV6, datagram_v6("::ffff:" + pod.own_v4, pod.target_v6))


def arp_claim(operation, sender, target, sender_mac=None, target_mac=frames.BROADCAST_MAC):
    def make(pod):
        mac = sender_mac or pod.mac
        return frame(pod, ETH_P_ARP, frames.arp(operation, mac, sender(pod), target_mac, target(pod)),
                     target_mac=target_mac)
    return make


def discovery(kind, body, source, target, hop_limit=255):
    def make(pod):
        packet = frames.icmpv6(source(pod), target(pod), kind, body(pod))
        return frame(pod, ETH_P_IPV6, frames.ipv6(source(pod), target(pod), frames.ICMPV6, packet, hop_limit))
    return make


def advert_of(claimed):
    """A solicited, overriding answer: claimed(pod) is at a MAC address that nobody has."""
    return lambda pod: struct.pack("!I", SOLICITED_OVERRIDE) + frames.ip_bytes(claimed(pod)) + \
        bytes([2, 1]) + frames.mac_bytes(EVIL_MAC)


def question_for(asked):
    return lambda pod: bytes(4) + frames.ip_bytes(asked(pod)) + bytes([1, 1]) + frames.mac_bytes(EVIL_MAC)


def router_advert(_):
    """Default router for half an hour, and a prefix to make addresses of."""
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 1800, 1800, 0) + frames.ip_bytes("fd66::")
    return struct.pack("!BBHII", 64, 0, 1800, 0, 0) + bytes([1, 1]) + frames.mac_bytes(EVIL_MAC) + prefix


def redirect(pod):
    return bytes(4) + frames.ip_bytes("fe80::66") + frames.ip_bytes(pod.node_v6)


def field(name):
    return lambda pod: getattr(pod, name)


def always(value):
    return lambda _: value


OWN_V4, OWN_V6, OTHER_V4, OTHER_V6 = field("own_v4"), field("own_v6"), field("other_v4"), field("other_v6")
NODE_V4, NODE_V6, TARGET_V4, TARGET_V6 = field("node_v4"), field("node_v6"), field("target_v4"), field("target_v6")

ROWS = {
    "honest_v4": v4_from(OWN_V4),
    "honest_v6": v6_from(OWN_V6),
    "other_pod_v4": v4_from(OTHER_V4),
    "other_pod_v6": v6_from(OTHER_V6),
    "node_v4": v4_from(NODE_V4),
    "node_v6": v6_from(NODE_V6),
    "gateway_v4": v4_from(always(GATEWAY_V4)),
    "gateway_v6": v6_from(always(GATEWAY_V6)),
    "nobody_v4": v4_from(always("198.51.100.66")),
    "nobody_v6": v6_from(always("2001:db8:66::66")),
    "unspecified_v4": v4_from(always("0.0.0.0")),
    "unspecified_v6": v6_from(always("::")),
    "loopback_v4": v4_from(always("127.0.0.1")),
    "loopback_v6": v6_from(always("::1")),
    "group_v4": v4_from(always("224.0.0.1")),
    "group_v6": v6_from(always("ff02::1")),
    "link_local_v6": v6_from(always("fe80::66")),
    "later_fragment_v4": fragment_v4,
    "later_fragment_v6": fragment_v6,
    "other_mac_v4": own_v4_other_mac,
    "other_mac_v6": own_v6_other_mac,
    "vlan": vlan,
    "mapped_v6": mapped,
    "arp_claims_other": arp_claim(2, OTHER_V4, OTHER_V4),
    "arp_claims_gateway": arp_claim(2, always(GATEWAY_V4), always(GATEWAY_V4)),
    "arp_asks_as_other": arp_claim(1, OTHER_V4, always(GATEWAY_V4)),
    "arp_asks_for_other": arp_claim(1, OWN_V4, OTHER_V4),
    "arp_other_mac": arp_claim(2, OWN_V4, NODE_V4, sender_mac=EVIL_MAC, target_mac=frames.GATEWAY_MAC),
    "na_claims_gateway": discovery(NEIGHBOUR_ADVERT, advert_of(always(GATEWAY_V6)), OWN_V6, OTHER_V6),
    "na_claims_other": discovery(NEIGHBOUR_ADVERT, advert_of(OTHER_V6), OWN_V6, OTHER_V6),
    "na_from_other": discovery(NEIGHBOUR_ADVERT, advert_of(OTHER_V6), OTHER_V6, TARGET_V6),
    "na_to_gateway_from_other": discovery(NEIGHBOUR_ADVERT, advert_of(OTHER_V6), OTHER_V6, always(GATEWAY_V6)),
    "na_to_all": discovery(NEIGHBOUR_ADVERT, advert_of(OTHER_V6), OWN_V6, always("ff02::1")),
    "ns_to_other": discovery(NEIGHBOUR_SOLICIT, question_for(OTHER_V6), OWN_V6, OTHER_V6),
    "ns_to_group": discovery(NEIGHBOUR_SOLICIT, question_for(OTHER_V6), OWN_V6, always("ff02::1")),
    "ra_to_all": discovery(ROUTER_ADVERT, router_advert, always(GATEWAY_V6), always("ff02::1")),
    "ra_to_target": discovery(ROUTER_ADVERT, router_advert, always(GATEWAY_V6), TARGET_V6),
    "redirect": discovery(REDIRECT, redirect, always(GATEWAY_V6), TARGET_V6),
}


def main():
    interface, arguments = "eth0", sys.argv[1:]
    if arguments[0] == "--interface":
        interface, arguments = arguments[1], arguments[2:]
    count, world, *rows = arguments
    pod = SimpleNamespace(**json.loads(world))
    wire = frames.interface_open(interface)
    pod.mac = frames.interface_mac(wire)
    for made in [ROWS[row](pod) for row in rows]:
        for _ in range(int(count)):
            wire.send(made)


if __name__ == "__main__":
    main()
