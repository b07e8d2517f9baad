#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""frames - whole frames, built by hand and sent or seen on an interface.

As a program:
    frames.py largest INTERFACE tcp|udp    says "ready", and when it is ended "largest BYTES" of what was received
"""
import signal
import socket
import struct
import sys

ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6, ETH_P_VLAN = 0x0003, 0x0800, 0x0806, 0x86DD, 0x8100
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS, NO_NEXT = 0, 43, 44, 60, 59
GATEWAY_MAC = "02:62:79:77:61:79"
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
PACKET_OUTGOING = 4


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def ip_bytes(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo_header(source, target, protocol, length):
    return ip_bytes(source) + ip_bytes(target) + struct.pack("!II", length, protocol)


def ethernet(source_mac, target_mac, ethertype, body):
    return mac_bytes(target_mac) + mac_bytes(source_mac) + struct.pack("!H", ethertype) + body


def ipv4(source, target, protocol, body, options=b"", ident=0, offset=0, more=False, ttl=64):
    """offset counts bytes; options are padded to 32 bits."""
    options += b"\0" * (-len(options) % 4)
    header = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(body), ident,
                         offset // 8 | (0x2000 if more else 0), ttl, protocol, 0)
    header += ip_bytes(source) + ip_bytes(target) + options
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + body


def ipv6(source, target, next_header, body, hop_limit=64):
    return struct.pack("!IHBB", 6 << 28, len(body), next_header, hop_limit) + ip_bytes(source) + ip_bytes(target) + body


def extension_options(next_header, options=b""):
    """Hop-by-hop and destination options; filled up with PadN."""
    room = -(2 + len(options)) % 8
    options += b"" if room == 0 else b"\0" if room == 1 else bytes([1, room - 2]) + b"\0" * (room - 2)
    return bytes([next_header, (len(options) + 2) // 8 - 1]) + options


def extension_fragment(next_header, offset, more, ident):
    return struct.pack("!BBHI", next_header, 0, offset | (1 if more else 0), ident)


def udp(source, target, source_port, target_port, data):
    length = 8 + len(data)
    head = struct.pack("!HHH", source_port, target_port, length)
    total = checksum(pseudo_header(source, target, UDP, length) + head + b"\0\0" + data)
    return head + struct.pack("!H", total or 0xffff) + data


def icmpv6(source, target, kind, body, code=0):
    total = checksum(pseudo_header(source, target, ICMPV6, 4 + len(body)) + bytes([kind, code, 0, 0]) + body)
    return struct.pack("!BBH", kind, code, total) + body


def arp(operation, sender_mac, sender, target_mac, target):
    return struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, operation) + \
        mac_bytes(sender_mac) + ip_bytes(sender) + mac_bytes(target_mac) + ip_bytes(target)


def interface_open(name):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.bind((name, ETH_P_ALL))
    return sock


def interface_mac(sock):
    """Of what interface_open() opened. /sys would tell of another namespace's interface."""
    return ":".join(f"{byte:02x}" for byte in sock.getsockname()[4])


def protocol_of(frame):
    ethertype, = struct.unpack_from("!H", frame, 12)
    return frame[23] if ethertype == ETH_P_IP else frame[20] if ethertype == ETH_P_IPV6 else None


def largest(name, protocol):
    seen = 0

    def end(*_):
        print("largest", seen, flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    sock = interface_open(name)
    print("ready", flush=True)
    while True:
        frame, (_, _, kind, *_) = sock.recvfrom(1 << 17)
        if kind != PACKET_OUTGOING and protocol_of(frame) == {"tcp": TCP, "udp": UDP}[protocol]:
            seen = max(seen, len(frame))


if __name__ == "__main__":
    largest(*sys.argv[2:])
