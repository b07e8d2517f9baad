#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""who - servers that say who they are, and clients that say whom they reached.

    who.py serve NAME PORT             TCP and UDP, both families; in the background when it returns
    who.py tcp ADDRESS PORT            one connection
    who.py udp ADDRESS PORT            one datagram by a socket that is not connected
    who.py connected ADDRESS PORT      one datagram by a connected socket
    who.py ask KIND ADDRESS PORT       the same again by the same socket for every line on stdin, until "end"

Each question is answered by a line "NAME CLIENT PEER": who answered, whom that saw, and whom the client believes to
have spoken to; or by the name of an error. ask connects again after an error, as programs do. Exit status 1: an error.
"""
import errno
import os
import selectors
import socket
import sys

WAIT_S = 3
CONTROL = 128


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


def plain(address):
    return address[0].removeprefix("::ffff:")


def from_there(control):
    """Answers come from the address that was asked, of the several that a node has."""
    return [(level, kind, data[:16] + bytes(4)) for level, kind, data in control]


def serve(name, port):
    tcp, udp = listen(socket.SOCK_STREAM, port), listen(socket.SOCK_DGRAM, port)
    tcp.listen(64)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    selector = selectors.DefaultSelector()
    selector.register(tcp, selectors.EVENT_READ)
    selector.register(udp, selectors.EVENT_READ)
    detach()
    while True:
        for key, _ in selector.select():
            try:
                if key.fileobj is udp:
                    _, control, _, client = udp.recvmsg(100, CONTROL)
                    udp.sendmsg([f"{name} {plain(client)}".encode()], from_there(control), 0, client)
                else:
                    connection, client = tcp.accept()
                    with connection:
                        connection.sendall(f"{name} {plain(client)}".encode())
            except OSError:
                pass  # the client has gone


class Client:
    def __init__(self, kind, address, port):
        self.kind, self.to, self.sock = kind, (address, port), None
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def open(self):
        self.sock = socket.socket(self.family, socket.SOCK_STREAM if self.kind == "tcp" else socket.SOCK_DGRAM)
        self.sock.settimeout(WAIT_S)
        if self.kind != "udp":
            self.sock.connect(self.to)

    def close(self):
        if self.sock:
            self.sock.close()
        self.sock = None

    def exchange(self):
        if not self.sock:
            self.open()
        if self.kind == "tcp":
            answer, peer = self.sock.recv(100), self.sock.getpeername()
            self.close()
            return answer, peer
        if self.kind == "udp":
            self.sock.sendto(b"who?", self.to)
        else:
            self.sock.send(b"who?")
        return self.sock.recvfrom(100)

    def ask(self):
        """The line, and whether it is an answer."""
        try:
            answer, peer = self.exchange()
            return f"{answer.decode()} {plain(peer)}:{peer[1]}", True
        except TimeoutError:
            return "TIMEOUT", False
        except OSError as error:
            self.close()
            return errno.errorcode.get(error.errno, str(error)), False


def main():
    verb, *rest = sys.argv[1:]
    if verb == "serve":
        serve(rest[0], int(rest[1]))
    if verb != "ask":
        line, good = Client(verb, rest[0], int(rest[1])).ask()
        print(line)
        sys.exit(not good)
    client = Client(rest[0], rest[1], int(rest[2]))
    for line in sys.stdin:
        if line == "end\n":
            break
        print(client.ask()[0], flush=True)


main()
