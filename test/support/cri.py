#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""cri - the few questions that a kubelet asks a container runtime (CRI runtime.v1), by gRPC over its Unix socket.

    cri.py SOCKET run NAME IMAGE CGROUP COMMAND...   prints {"sandbox", "container", "addresses"}
    cri.py SOCKET exec CONTAINER COMMAND...          its output and its exit status
    cri.py SOCKET remove SANDBOX                     stops and removes it with what runs in it

curl speaks HTTP/2; a gRPC message is one protobuf behind five bytes (0 and its length).
"""
import json
import struct
import subprocess
import sys
import tempfile

TIMEOUT_S = 60


def varint(number):
    out = b""
    while number > 0x7f:
        out += bytes([number & 0x7f | 0x80])
        number >>= 7
    return out + bytes([number])


def message(*fields):
    """fields: (number, str | bytes | int). What is empty is left out."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
            continue
        data = value.encode() if isinstance(value, str) else value
        out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def varint_read(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7f) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at


def fields_of(data):
    """{number: [values]}; of the wire types only those that CRI's answers have: numbers and what has a length."""
    out, at = {}, 0
    while at < len(data):
        tag, at = varint_read(data, at)
        value, at = varint_read(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        out.setdefault(tag >> 3, []).append(value)
    return out


def trailer(headers, name):
    found = [line.split(":", 1)[1].strip() for line in headers.splitlines() if line.lower().startswith(name + ":")]
    return found[-1] if found else ""


class Runtime:
    def __init__(self, path):
        self.path = path

    def call(self, method, request):
        with tempfile.NamedTemporaryFile() as headers:
            answer = subprocess.run(
                ["curl", "--silent", "--show-error", "--max-time", str(TIMEOUT_S), "--http2-prior-knowledge",
                 "--unix-socket", self.path, "--dump-header", headers.name, "--data-binary", "@-",
                 "-H", "content-type: application/grpc", "-H", "te: trailers",
                 f"http://localhost/runtime.v1.RuntimeService/{method}"],
                input=struct.pack("!BI", 0, len(request)) + request, stdout=subprocess.PIPE, check=True).stdout
            said = headers.read().decode()
        if trailer(said, "grpc-status") != "0":
            sys.exit(f"cri: {method}: {trailer(said, 'grpc-message') or said}")
        return fields_of(answer[5:])

    def run(self, name, image, cgroup, *command):
        sandbox_config = message((1, message((1, name), (2, name + "-uid"), (3, "default"))),
                                 (8, message((1, cgroup))))
        sandbox = self.call("RunPodSandbox", message((1, sandbox_config)))[1][0].decode()
        config = message((1, message((1, "main"))), (2, message((1, image))), *((3, word) for word in command))
        container = self.call("CreateContainer", message((1, sandbox), (2, config), (3, sandbox_config)))[1][0].decode()
        self.call("StartContainer", message((1, container)))
        print(json.dumps({"sandbox": sandbox, "container": container, "addresses": self.addresses(sandbox)}))

    def addresses(self, sandbox):
        status = fields_of(self.call("PodSandboxStatus", message((1, sandbox)))[1][0])
        network = fields_of(status[5][0])
        return [network[1][0].decode()] + [fields_of(more)[1][0].decode() for more in network.get(2, [])]

    def exec(self, container, *command):
        answer = self.call("ExecSync", message((1, container), *((2, word) for word in command), (3, TIMEOUT_S)))
        sys.stdout.buffer.write(b"".join(answer.get(1, [])))
        sys.stderr.buffer.write(b"".join(answer.get(2, [])))
        sys.exit(answer.get(3, [0])[0])

    def remove(self, sandbox):
        self.call("StopPodSandbox", message((1, sandbox)))
        self.call("RemovePodSandbox", message((1, sandbox)))


def main():
    path, verb, *rest = sys.argv[1:]
    getattr(Runtime(path), verb)(*rest)


if __name__ == "__main__":
    main()
