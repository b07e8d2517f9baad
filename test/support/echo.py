#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""echo - an echo service on one port, TCP and UDP, both families, and clients that compare what comes back.

    echo.py serve PORT                     in the background when it returns; ends with its namespace
    echo.py tcp ADDRESS PORT SIZE...       one connection, each payload echoed before the next
    echo.py udp ADDRESS PORT SIZE...       one datagram each
    echo.py df ADDRESS PORT SIZE           one datagram that must not be fragmented
    echo.py segments ADDRESS PORT SIZE...  one send of many datagrams of SIZE, cut by the kernel as late as it can
    echo.py stream ADDRESS PORT            one connection for ever, both ways, until SIGTERM; then says how much

Exit status 0: all came back unchanged. 1: not. 90: refused locally, the packet is larger than the way's MTU.
"""
import errno
import os
import selectors
import signal
import socket
import struct
import sys

REFUSED = 90
WAIT_S = 5
TRIES = 3  # a datagram may be lost to a full buffer
IPV6_MTU_DISCOVER, IP_MTU_DISCOVER, PMTUDISC_DO = 23, 10, 2
SOL_UDP, UDP_SEGMENT, SEGMENTS_BYTES = 17, 103, 60000
BUFFER = 4 << 20
CHUNK = 16384
CONTROL = 128
TCP_INFO_TOTAL_RETRANS = 100  # its offset in struct tcp_info


def payload(size, seed):
    return bytes((seed + i * 7 + (i >> 8)) & 0xff for i in range(size))


def detach(ready):
    """The parent leaves as soon as the child can answer."""
    if os.fork():
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    ready()


def listen(kind, port):
    """Both families on one socket."""
    sock = socket.socket(socket.AF_INET6, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    sock.bind(("::", port))
    return sock


def from_there(control):
    """Answers come from the address that was asked, of the several that a node has."""
    return [(level, kind, data[:16] + bytes(4)) for level, kind, data in control]


def serve(port):
    tcp, udp = listen(socket.SOCK_STREAM, port), listen(socket.SOCK_DGRAM, port)
    tcp.listen(128)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    selector = selectors.DefaultSelector()

    def accept():
        connection, _ = tcp.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ, lambda: pass_back(connection))

    def pass_back(connection):
        try:
            data = connection.recv(1 << 18)
            if data:
                connection.sendall(data)
                return
        except OSError:
            pass
        selector.unregister(connection)
        connection.close()

    def answer():
        try:
            data, control, _, peer = udp.recvmsg(1 << 16, CONTROL)
            udp.sendmsg([data], from_there(control), 0, peer)
        except OSError:
            pass  # an ICMP error for an earlier answer

    def run():
        selector.register(tcp, selectors.EVENT_READ, accept)
        selector.register(udp, selectors.EVENT_READ, answer)
        while True:
            for key, _ in selector.select():
                key.data()

    detach(run)


def receive(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise OSError(errno.ECONNRESET, f"closed after {len(data)} of {size} bytes")
        data += part
    return data


def talk_tcp(address, port, sizes):
    with socket.create_connection((address, port), timeout=WAIT_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for seed, size in enumerate(sizes):
            # Not all at once: the service passes back what it has, and neither side may wait for the other.
            sent = payload(size, seed)
            got = b""
            for begin in range(0, size, 65536):
                connection.sendall(sent[begin:begin + 65536])
                got += receive(connection, min(65536, size - begin))
            if got != sent:
                raise ValueError(f"{size} bytes came back changed")


def datagram_socket(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    sock.settimeout(WAIT_S / TRIES)
    sock.connect((address, port))
    return sock


def talk_udp(address, port, sizes):
    with datagram_socket(address, port) as sock:
        for seed, size in enumerate(sizes):
            exchange(sock, payload(size, seed))


def exchange(sock, sent):
    for left in reversed(range(TRIES)):
        sock.send(sent)
        try:
            if sock.recv(1 << 16) != sent:
                raise ValueError(f"{len(sent)} bytes came back changed")
            return
        except TimeoutError:
            if not left:
                raise


def talk_df(address, port, sizes):
    with datagram_socket(address, port) as sock:
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DO)
        else:
            sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DO)
        for seed, size in enumerate(sizes):
            exchange(sock, payload(size, seed))


def talk_segments(address, port, sizes):
    for size in sizes:
        with datagram_socket(address, port) as sock:
            sock.setsockopt(SOL_UDP, UDP_SEGMENT, size)
            count = SEGMENTS_BYTES // size
            sent = payload(size * count, size)
            sock.send(sent)
            got = sorted(sock.recv(1 << 16) for _ in range(count))
            if got != sorted(sent[i:i + size] for i in range(0, len(sent), size)):
                raise ValueError(f"segments of {size} bytes came back changed")


def numbers(begin):
    """The part of the sequence 0, 1, 2… of 64-bit numbers that makes one chunk."""
    return struct.pack(f"!{CHUNK // 8}Q", *range(begin, begin + CHUNK // 8))


def talk_stream(address, port, _):
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    done = 0
    with socket.create_connection((address, port), timeout=WAIT_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not ended:
            connection.sendall(numbers(done))
            if receive(connection, CHUNK) != numbers(done):
                raise ValueError(f"the stream is broken after {done * 8} bytes")
            done += CHUNK // 8
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        again, = struct.unpack_from("=I", info, TCP_INFO_TOTAL_RETRANS)
    print(f"{done * 8} bytes there and back in order on one connection, {again} segments sent again")


def main():
    verb, *rest = sys.argv[1:]
    if verb == "serve":
        serve(int(rest[0]))
    talks = {"tcp": talk_tcp, "udp": talk_udp, "df": talk_df, "segments": talk_segments,
             "stream": talk_stream}
    address, port, *sizes = rest
    try:
        talks[verb](address, int(port), [int(size) for size in sizes])
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.EMSGSIZE:
            sys.exit(REFUSED)
        sys.exit(f"echo: {verb} {address} {' '.join(sizes)}: {error}")


main()
