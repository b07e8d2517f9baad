#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""flows - clients of who.py and echo.py that have several flows at once.

    flows.py pair ADDRESS PORT KIND              two datagrams at once by one socket, as DNS clients send them; KIND is
                                                 udp or connected. Prints how many were answered
    flows.py twins udp ADDRESS ADDRESS PORT      one socket that asks two services in turn, three times
    flows.py twins tcp ADDRESS ADDRESS PORT      two connections from one port of the client's, open at once
                                                 Prints "ok" when each answer came from whom was asked
    flows.py flood ADDRESS PORT COUNT            so many datagrams by sockets of their own, 16 at a time; prints how
                                                 many of them each name answered
"""
import collections
import socket
import sys

WAIT_S = 3
AT_ONCE = 16


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def opened(address, kind):
    sock = socket.socket(family_of(address), kind)
    sock.settimeout(WAIT_S)
    return sock


def pair(address, port, kind):
    answered = 0
    with opened(address, socket.SOCK_DGRAM) as sock:
        if kind == "connected":
            sock.connect((address, port))
        for question in b"A", b"AAAA":
            sock.sendto(question, (address, port)) if kind == "udp" else sock.send(question)
        try:
            for _ in range(2):
                _, peer = sock.recvfrom(100)
                answered += peer[:2] == (address, port)
        except TimeoutError:
            pass
    print(answered)


def twins_udp(first, second, port):
    with opened(first, socket.SOCK_DGRAM) as sock:
        for address in (first, second) * 3:
            sock.sendto(b"who?", (address, port))
            _, peer = sock.recvfrom(100)
            if peer[:2] != (address, port):
                sys.exit(f"{address} was asked, {peer} answered")
    print("ok")


def twins_tcp(first, second, port):
    """Connected both before either is read: both are in the backend's table at once."""
    sockets = []
    for address in first, second:
        sock = opened(address, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("::" if ":" in address else "0.0.0.0", sockets[0].getsockname()[1] if sockets else 0))
        sock.connect((address, port))
        sockets.append(sock)
    for sock in sockets:
        sock.sendall(b"twin" * 1000)
    for sock in sockets:
        got = b""
        while len(got) < 4000:
            part = sock.recv(4096)
            if not part:
                sys.exit("closed")
            got += part
    print("ok")


def flood(address, port, count):
    met = collections.Counter()
    for _ in range(0, count, AT_ONCE):
        sockets = [opened(address, socket.SOCK_DGRAM) for _ in range(AT_ONCE)]
        for sock in sockets:
            sock.sendto(b"who?", (address, port))
        for sock in sockets:
            with sock:
                met[sock.recvfrom(100)[0].split()[0].decode()] += 1
    print(*(f"{name}={met[name]}" for name in sorted(met)))


def main():
    verb, *rest = sys.argv[1:]
    try:
        if verb == "pair":
            pair(rest[0], int(rest[1]), rest[2])
        elif verb == "twins":
            (twins_udp if rest[0] == "udp" else twins_tcp)(rest[1], rest[2], int(rest[3]))
        else:
            flood(rest[0], int(rest[1]), int(rest[2]))
    except OSError as error:
        sys.exit(f"flows: {verb} {' '.join(rest)}: {error}")


main()
