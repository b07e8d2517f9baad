#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""fragments - datagrams as no socket would send them, to an echo service that must answer as if they were ordinary.

    fragments.py INTERFACE SOURCE TARGET PORT

Sends each row below from INTERFACE and waits for the answer. Exit status 0 when every one was answered, unchanged.
"""
import itertools
import os
import socket
import sys

import frames

WAIT_S = 3
SIZE = 4000  # of a datagram that takes three fragments
SMALL_SIZE = 200
ROUTER_ALERT = bytes([148, 4, 0, 0])  # RFC 2113; a router copies it into every fragment
TIMESTAMP = bytes([68, 12, 5, 0]) + bytes(8)  # RFC 791
RECORD_ROUTE = bytes([7, 11, 4]) + bytes(8)
NO_OPERATION = bytes([1, 1, 1, 1])
ROUTER_ALERT_V6 = bytes([5, 2, 0, 0])  # RFC 2711
UNKNOWN_SKIPPED_V6 = bytes([0x1e, 4, 1, 2, 3, 4])  # its first two bits say "skip it"


def cut(data, size):
    """(offset, more follow, piece)"""
    return [(begin, begin + size < len(data), data[begin:begin + size]) for begin in range(0, len(data), size)]


class Sender:
    """Makes one family's packets from source to target."""

    def __init__(self, interface, source, target, port):
        self.source, self.target, self.port = source, target, port
        self.v6 = ":" in source
        self.wire = frames.interface_open(interface)
        self.mac = frames.interface_mac(self.wire)
        self.idents = itertools.count(os.getpid() & 0x7fff)
        self.socket = socket.socket(socket.AF_INET6 if self.v6 else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((source, 0))
        self.socket.settimeout(WAIT_S)

    def send(self, packets):
        ethertype = frames.ETH_P_IPV6 if self.v6 else frames.ETH_P_IP
        for packet in packets:
            self.wire.send(frames.ethernet(self.mac, frames.GATEWAY_MAC, ethertype, packet))

    def datagram(self, data):
        return frames.udp(self.source, self.target, self.socket.getsockname()[1], self.port, data)

    def fragments(self, data, size=1440, before=b"", after=b"", options=b""):
        """before: hop-by-hop or destination options in each fragment; after: in what is cut; options: IPv4's."""
        ident = next(self.idents)
        if self.v6:
            body = (frames.extension_options(frames.UDP, after) if after else b"") + self.datagram(data)
            inner = frames.DEST_OPTIONS if after else frames.UDP
            return [self.fragment_v6(ident, inner, piece, before) for piece in cut(body, size)]
        return [frames.ipv4(self.source, self.target, frames.UDP, piece, options, ident, offset, more)
                for offset, more, piece in cut(self.datagram(data), size)]

    def fragment_v6(self, ident, inner, piece, before):
        offset, more, data = piece
        body = frames.extension_fragment(inner, offset, more, ident) + data
        if not before:
            return frames.ipv6(self.source, self.target, frames.FRAGMENT, body)
        body = frames.extension_options(frames.FRAGMENT, before) + body
        return frames.ipv6(self.source, self.target, frames.HOP_BY_HOP, body)

    def whole_v4(self, data, options):
        return frames.ipv4(self.source, self.target, frames.UDP, self.datagram(data), options)

    def whole_v6(self, data, *extensions):
        """extensions: (kind, options), in order."""
        kinds = [kind for kind, _ in extensions] + [frames.UDP]
        body = self.datagram(data)
        for (_, options), following in reversed(list(zip(extensions, kinds[1:]))):
            body = frames.extension_options(following, options) + body
        return frames.ipv6(self.source, self.target, kinds[0], body)


def interleaved(first, second):
    return [packet for pair in zip(first, second) for packet in pair]


def rows_orders(sender):
    one, two, small = os.urandom(SIZE), os.urandom(SIZE), os.urandom(SMALL_SIZE)
    huge = os.urandom(65507)
    cut_one, cut_two = sender.fragments(one), sender.fragments(two)
    yield "in order", [one], sender.fragments(one)
    yield "the last first", [one], sender.fragments(one)[::-1]
    yield "the first last", [one], cut_one[1:] + cut_one[:1]
    yield "two datagrams interleaved", [one, two], interleaved(sender.fragments(one), cut_two)
    yield "two datagrams interleaved, the last first", [one, two], \
        interleaved(sender.fragments(one)[::-1], sender.fragments(two)[::-1])
    yield "each twice", [two], [packet for packet in sender.fragments(two) for _ in range(2)]
    yield "the smallest pieces", [small], sender.fragments(small, size=8)
    yield "the smallest pieces, the last first", [small], sender.fragments(small, size=8)[::-1]
    yield "the largest datagram", [huge], sender.fragments(huge)
    yield "the largest datagram, the last first", [huge], sender.fragments(huge)[::-1]


def rows_v4(sender):
    data, big = os.urandom(SMALL_SIZE), os.urandom(SIZE)
    for name, options in (("router alert", ROUTER_ALERT), ("timestamp", TIMESTAMP), ("record route", RECORD_ROUTE),
                          ("no operation", NO_OPERATION), ("40 bytes of options", NO_OPERATION * 10)):
        yield f"{name}", [data], [sender.whole_v4(data, options)]
    yield "router alert in every fragment", [big], sender.fragments(big, options=ROUTER_ALERT)
    yield "40 bytes of options in every fragment", [big], sender.fragments(big, size=1400, options=NO_OPERATION * 10)[::-1]
    yield "padding behind the packet", [b"x"], [sender.whole_v4(b"x", b"") + bytes(17)]


def rows_v6(sender):
    data, big = os.urandom(SMALL_SIZE), os.urandom(SIZE)
    hop, dest = frames.HOP_BY_HOP, frames.DEST_OPTIONS
    yield "hop-by-hop options", [data], [sender.whole_v6(data, (hop, b""))]
    yield "router alert", [data], [sender.whole_v6(data, (hop, ROUTER_ALERT_V6))]
    yield "destination options", [data], [sender.whole_v6(data, (dest, b""))]
    yield "an unknown option to be skipped", [data], [sender.whole_v6(data, (dest, UNKNOWN_SKIPPED_V6))]
    yield "long destination options", [data], [sender.whole_v6(data, (dest, bytes([0x1e, 100]) + bytes(100)))]
    yield "both kinds of options", [data], [sender.whole_v6(data, (hop, b""), (dest, b""), (dest, b""))]
    yield "one fragment that is all", [data], sender.fragments(data)
    yield "hop-by-hop options in every fragment", [big], sender.fragments(big, before=ROUTER_ALERT_V6)[::-1]
    yield "destination options behind the fragment header", [big], sender.fragments(big, after=bytes([1, 0]))
    yield "options before and behind it", [big], sender.fragments(big, before=bytes([1, 0]), after=bytes([1, 0]))[::-1]
    yield "padding behind the packet", [b"x"], [sender.whole_v6(b"x", (dest, b"")) + bytes(5)]


def row_try(sender, name, wanted, packets):
    sender.send(packets)
    try:
        got = [sender.socket.recv(1 << 16) for _ in wanted]
    except TimeoutError:
        print(f"no answer: {name}")
        return False
    if sorted(got) != sorted(wanted):
        print(f"changed: {name}")
        return False
    return True


def main():
    interface, source, target, port = sys.argv[1:]
    sender = Sender(interface, source, target, int(port))
    rows = itertools.chain(rows_orders(sender), rows_v6(sender) if sender.v6 else rows_v4(sender))
    held = [row_try(sender, *row) for row in rows]
    print(f"{sum(held)} of {len(held)} answered")
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
