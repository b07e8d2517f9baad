#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""load - connections to a who.py one after the other, and who has answered how many of them.

    load.py ADDRESS PORT SECONDS [NAME…]

One line: "1200 answers: pod_b 603, pod_c 597; 0 failed". Exit status 1: one has failed, or somebody named has not
answered at all.
"""
import collections
import socket
import sys
import time

WAIT_S = 3


def ask(to):
    with socket.create_connection(to, timeout=WAIT_S) as sock:
        return sock.recv(100).decode().split()[0]


def main():
    to, seconds, names = (sys.argv[1], int(sys.argv[2])), float(sys.argv[3]), sys.argv[4:]
    answers, failed, end = collections.Counter(), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            answers[ask(to)] += 1
        except (OSError, IndexError):
            failed += 1
        time.sleep(0.001)
    who = ", ".join(f"{name} {count}" for name, count in sorted(answers.items()))
    print(f"{answers.total()} answers: {who or 'nobody'}; {failed} failed")
    sys.exit(failed > 0 or any(not answers[name] for name in names))


main()
