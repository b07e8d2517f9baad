#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""peer - a service that tells each client by which address and port it sees it, and clients that say so.

    peer.py serve PORT                    TCP and UDP, both families; in the background when it returns
    peer.py tcp ADDRESS PORT [OWN_PORT]   prints "ADDRESS PORT" as the service sees this client
    peer.py udp ADDRESS PORT [OWN_PORT]
    peer.py many ADDRESS PORT COUNT       that many connections at once; prints how many ports the service saw
    peer.py short ADDRESS PORT COUNT      one after the other, each closed before the next
    peer.py hold ADDRESS PORT OWN_PORT    a connection that stays: prints ten times a second what tcp prints
    peer.py refused ADDRESS PORT          sends a datagram and waits for "connection refused"
    peer.py hops ADDRESS PORT HOPS        sends a datagram with so many hops; prints who says that they are used up
"""
import os
import selectors
import socket
import struct
import sys
import time

WAIT_S = 5
IP_RECVERR, IPV6_RECVERR = 11, 25
OFFENDER = struct.Struct("=IBBBBII")  # struct sock_extended_err; the offender's address follows
CONTROL = 128
MAPPED = "::ffff:"


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def told(peer):
    host = peer[0][len(MAPPED):] if peer[0].startswith(MAPPED) else peer[0]
    return f"{host} {peer[1]}\n".encode()


def from_there(control):
    """Answers come from the address that was asked, of the several that the machine has."""
    return [(level, kind, data[:16] + bytes(4)) for level, kind, data in control]


def listen(kind, port):
    sock = socket.socket(socket.AF_INET6, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind(("::", port))
    return sock


def serve(port):
    tcp, udp = listen(socket.SOCK_STREAM, port), listen(socket.SOCK_DGRAM, port)
    tcp.listen(1024)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    selector = selectors.DefaultSelector()

    def accept():
        connection, peer = tcp.accept()
        selector.register(connection, selectors.EVENT_READ, lambda: answer(connection, peer))

    def answer(connection, peer):
        try:
            if connection.recv(4096):
                connection.sendall(told(peer))
                return
        except OSError:
            pass
        selector.unregister(connection)
        connection.close()

    def answer_udp():
        try:
            _, control, _, peer = udp.recvmsg(1 << 16, CONTROL)
            udp.sendmsg([told(peer)], from_there(control), 0, peer)
        except OSError:
            pass  # an ICMP error for an earlier answer

    if os.fork():
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    selector.register(tcp, selectors.EVENT_READ, accept)
    selector.register(udp, selectors.EVENT_READ, answer_udp)
    while True:
        for key, _ in selector.select():
            key.data()


def connect(address, port, kind=socket.SOCK_STREAM, own_port=0):
    sock = socket.socket(family_of(address), kind)
    sock.settimeout(WAIT_S)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if own_port:
        sock.bind(("::" if family_of(address) == socket.AF_INET6 else "0.0.0.0", own_port))
    sock.connect((address, port))
    return sock


def ask(sock):
    sock.sendall(b"?")
    return sock.recv(4096).decode().strip()


def talk(kind, address, port, own_port="0"):
    with connect(address, int(port), kind, int(own_port)) as sock:
        print(ask(sock))


def many(address, port, count):
    sockets = [connect(address, int(port)) for _ in range(int(count))]
    print(len({ask(sock) for sock in sockets}))


def short(address, port, count):
    seen = set()
    for _ in range(int(count)):
        with connect(address, int(port)) as sock:
            seen.add(ask(sock).split()[0])
    print(*sorted(seen))


def hold(address, port, own_port):
    with connect(address, int(port), own_port=int(own_port)) as sock:
        while True:
            print(ask(sock), flush=True)
            time.sleep(0.1)


def refused(address, port):
    with connect(address, int(port), socket.SOCK_DGRAM) as sock:
        try:
            sock.send(b"?")
            sock.recv(1)
        except ConnectionRefusedError:
            return
    sys.exit("an answer came")


def hops(address, port, count):
    sock = connect(address, int(port), socket.SOCK_DGRAM)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, int(count))
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(count))
    sock.send(b"?")
    try:
        sock.recv(1)
    except OSError:
        pass
    _, control, _, _ = sock.recvmsg(1, 512, socket.MSG_ERRQUEUE)
    data = control[0][2]
    _, _, kind, code, _, _, _ = OFFENDER.unpack_from(data)
    who = data[OFFENDER.size:]
    if sock.family == socket.AF_INET6:
        print(socket.inet_ntop(socket.AF_INET6, who[8:24]), kind, code)
    else:
        print(socket.inet_ntop(socket.AF_INET, who[4:8]), kind, code)


def main():
    verb, *rest = sys.argv[1:]
    verbs = {"serve": lambda port: serve(int(port)),
             "tcp": lambda *args: talk(socket.SOCK_STREAM, *args),
             "udp": lambda *args: talk(socket.SOCK_DGRAM, *args),
             "many": many, "short": short, "hold": hold, "refused": refused, "hops": hops}
    try:
        verbs[verb](*rest)
    except OSError as error:
        sys.exit(f"peer: {verb} {' '.join(rest)}: {error}")


main()
