#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""change - from the rename of a file until its change is in the maps, in microseconds, one a line.

    change.py EPOCH_PIN FILE ENDPOINT TIMES

The endpoint goes from the file and comes back by turns; FILE is at the end what it was when TIMES is even. The agent
advances the epoch when all of a pass has been written, and the epoch can be mapped: nothing is asked of the agent.
"""
import ctypes
import json
import mmap
import os
import platform
import struct
import sys
import time

BPF_OBJ_GET = 7
BPF_SYSCALL = {"x86_64": 321, "aarch64": 280, "riscv64": 280}
WAIT_S = 20
PAUSE_S = 0.25  # the agent waits longer for the end of a burst than for a lone change


def pin_open(path):
    name = ctypes.create_string_buffer(path.encode())
    attr = ctypes.create_string_buffer(struct.pack("=QII", ctypes.addressof(name), 0, 0), 128)
    fd = ctypes.CDLL(None, use_errno=True).syscall(BPF_SYSCALL[platform.machine()], BPF_OBJ_GET, attr, 128)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "open", path)
    return fd


def without(text, address):
    document = json.loads(text)
    for item in document["items"]:
        if "endpoints" in item:
            item["endpoints"] = [e for e in item["endpoints"] if e["addresses"] != [address]]
    changed = json.dumps(document, separators=(",", ":"))
    if changed == json.dumps(json.loads(text), separators=(",", ":")):
        sys.exit(f"no endpoint {address}")
    return changed


def main():
    pin, path, address, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    epoch = memoryview(mmap.mmap(pin_open(pin), mmap.PAGESIZE, mmap.MAP_SHARED, mmap.PROT_READ)).cast("I")
    with open(path) as file:
        whole = file.read()
    texts = [without(whole, address), whole]
    new = os.path.join(os.path.dirname(path), ".change.new")
    for i in range(times):
        with open(new, "w") as file:
            file.write(texts[i % 2])
        time.sleep(PAUSE_S)
        before, began = epoch[0], time.monotonic()
        os.rename(new, path)
        while epoch[0] == before:
            if time.monotonic() - began > WAIT_S:
                sys.exit(f"{path}: no change in {WAIT_S} s")
        print(round((time.monotonic() - began) * 1e6))


main()
