#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""live - many connections and a UDP flow that go on and on through a service.

    live.py serve NAME PORT            says its name on each TCP connection, then echoes; names itself to each datagram
    live.py tcp ADDRESS PORT COUNT     so many connections, all of them used in each round
    live.py udp ADDRESS PORT           one socket that is not connected, a datagram every 20 ms

The clients print a line for each line on stdin: tcp "broken=N rounds=N NAME=CONNECTIONS...", udp "lost=N last=NAME".
"""
import collections
import os
import selectors
import socket
import sys

WAIT_S = 3
UDP_WAIT_S = 1
SIZE = 8
PAUSE_S = 0.02


def detach():
    if os.fork():
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)


def listen(kind, port):
    sock = socket.socket(socket.AF_INET6, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind(("::", port))
    return sock


def serve(name, port):
    tcp, udp = listen(socket.SOCK_STREAM, port), listen(socket.SOCK_DGRAM, port)
    tcp.listen(2048)
    detach()
    selector = selectors.DefaultSelector()
    selector.register(tcp, selectors.EVENT_READ)
    selector.register(udp, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            try:
                answer(selector, key.fileobj, tcp, udp, name.encode())
            except OSError:
                pass  # the client has gone


def answer(selector, sock, tcp, udp, name):
    if sock is udp:
        udp.sendto(name, udp.recvfrom(100)[1])
    elif sock is tcp:
        connection, _ = tcp.accept()
        connection.sendall(name.ljust(SIZE))
        selector.register(connection, selectors.EVENT_READ)
    else:
        data = sock.recv(4096)
        if not data:
            selector.unregister(sock)
            sock.close()
        else:
            sock.sendall(data)


def opened(address, kind):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    sock.settimeout(WAIT_S)
    return sock


def asked(selector):
    return any(key.fileobj is sys.stdin for key, _ in selector.select(PAUSE_S))


def send(sock, said):
    try:
        return not sock.sendall(said)
    except OSError:
        return False


def answers(sock, said):
    try:
        return sock.recv(SIZE) == said
    except OSError:
        return False


def tcp(address, port, count):
    sockets, broken, rounds = {}, 0, 0
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for _ in range(count):
        sock = opened(address, socket.SOCK_STREAM)
        sock.connect((address, port))
        sockets[sock] = sock.recv(SIZE).decode().strip()
    while True:
        said = rounds.to_bytes(SIZE, "big")
        failed = [sock for sock in sockets if not send(sock, said)]
        failed += [sock for sock in sockets if sock not in failed and not answers(sock, said)]
        broken += len(failed)
        for sock in failed:
            del sockets[sock]
        rounds += 1
        if asked(selector):
            if not sys.stdin.readline():
                return
            names = collections.Counter(sockets.values())
            print(f"broken={broken} rounds={rounds}", *(f"{name}={names[name]}" for name in sorted(names)), flush=True)


def udp(address, port):
    lost, last = 0, ""
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    with opened(address, socket.SOCK_DGRAM) as sock:
        sock.settimeout(UDP_WAIT_S)
        while True:
            try:
                sock.sendto(b"?", (address, port))
                last = sock.recv(100).decode()
            except OSError:
                lost += 1
            if asked(selector):
                if not sys.stdin.readline():
                    return
                print(f"lost={lost} last={last}", flush=True)


def main():
    verb, *rest = sys.argv[1:]
    {"serve": lambda: serve(rest[0], int(rest[1])), "tcp": lambda: tcp(rest[0], int(rest[1]), int(rest[2])),
     "udp": lambda: udp(rest[0], int(rest[1]))}[verb]()


main()
