#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""objects - a cluster's Services and EndpointSlices as an API server lists them, in several files.

    objects.py DIR SERVICES ENDPOINTS                  so many services of so many endpoints each
    objects.py DIR SERVICES ENDPOINTS ADDRESS PORT…    the last service has these ports and this one endpoint
    objects.py one NAME SERVICE_ADDRESS ENDPOINTS      one service's file on stdout, with one slice

Services stand at 10.96.0.1 and above, as in kube_proxy_rules.awk; endpoints do not exist.
"""
import json
import sys

A_FILE = 1000  # services; the lists are of a few MB then
PORT, TARGET_PORT = 80, 8080
CREATED = "2026-01-01T00:00:00Z"


def address(first, second, i):
    return f"{first}.{second + i // 62500}.{i // 250 % 250}.{i % 250 + 1}"


def metadata(name, number, labels, fields):
    """With what an API server adds and no reader here wants."""
    return {
        "name": name,
        "namespace": "default",
        "uid": f"00000000-0000-4000-8000-{number:012x}",
        "resourceVersion": str(1000 + number),
        "creationTimestamp": CREATED,
        "labels": labels,
        "managedFields": [{
            "manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": CREATED,
            "fieldsType": "FieldsV1", "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, **fields},
        }],
    }


def port_name(port):
    return f"port-{port}"


def service(name, number, vip, ports):
    return {
        "metadata": metadata(name, number, {"app": name}, {"f:spec": {"f:ports": {}, "f:selector": {}, "f:type": {}}}),
        "spec": {
            "ports": [{"name": port_name(port), "protocol": "TCP", "port": port, "targetPort": target}
                      for port, target in ports],
            "selector": {"app": name},
            "clusterIP": vip,
            "clusterIPs": [vip],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    }


def endpoint(name, number, where):
    return {
        "addresses": [where],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "targetRef": {"kind": "Pod", "namespace": "default", "name": f"{name}-{number}",
                      "uid": f"00000000-0000-4000-9000-{number:012x}"},
        "nodeName": f"node-{number % 100}",
        "zone": "zone-a",
    }


def endpoint_slice(name, number, ports, addresses):
    labels = {"app": name, "kubernetes.io/service-name": name,
              "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
    return {
        "metadata": metadata(f"{name}-1", number, labels, {"f:addressType": {}, "f:endpoints": {}, "f:ports": {}}),
        "addressType": "IPv4",
        "endpoints": [endpoint(name, number * len(addresses) + i, where) for i, where in enumerate(addresses)],
        "ports": [{"name": port_name(port), "protocol": "TCP", "port": target} for port, target in ports],
    }


def write(out, kind, version, items):
    json.dump({"kind": kind + "List", "apiVersion": version, "metadata": {"resourceVersion": "1"}, "items": items},
              out, separators=(",", ":"))


def cluster(directory, services, endpoints, own):
    for first in range(0, services, A_FILE):
        listed, slices = [], []
        for i in range(first, min(first + A_FILE, services)):
            ports, addresses = [(PORT, TARGET_PORT)], [address(10, 128, i * endpoints + e) for e in range(endpoints)]
            if own and i == services - 1:
                ports, addresses = [(int(port), int(port)) for port in own[1:]], own[:1]
            listed.append(service(f"web-{i}", i, address(10, 96, i), ports))
            slices.append(endpoint_slice(f"web-{i}", i, ports, addresses))
        with open(f"{directory}/services-{first}.json", "w") as out:
            write(out, "Service", "v1", listed)
        with open(f"{directory}/slices-{first}.json", "w") as out:
            write(out, "EndpointSlice", "discovery.k8s.io/v1", slices)


def one(name, vip, endpoints):
    ports = [(PORT, TARGET_PORT)]
    found = service(name, 1, vip, ports)
    slices = endpoint_slice(name, 1, ports, [address(10, 200, i) for i in range(endpoints)])
    json.dump({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": [
        {"kind": "Service", "apiVersion": "v1", **found},
        {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", **slices},
    ]}, sys.stdout, separators=(",", ":"))


def main():
    if sys.argv[1] == "one":
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        cluster(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])


main()
