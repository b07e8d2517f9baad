#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_bad_input - what is missing or malformed is refused with the spec's code, by name, and leaves nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

# conf_refused CODE TEXT FILTER: every verb that has a configuration refuses it; nobody touches anything.
conf_refused()
{
	refused "$1" "$2" ADD pod_a < <(conf "$3")
	refused "$1" "$2" DEL pod_a < <(conf "$3")
}

# making_refused CODE TEXT FILTER: what says how to make an interface is nothing to DEL
making_refused()
{
	refused "$1" "$2" ADD pod_a < <(conf "$3")
	must DEL pod_a < <(conf "$3")
}

cni_begin
pods pod_a
kept

claim "environment"
refused 4 CNI_COMMAND "" pod_a < <(conf)
refused 4 HELLO HELLO pod_a < <(conf)
refused 4 CNI_CONTAINERID ADD pod_a CNI_CONTAINERID= < <(conf)
refused 4 CNI_CONTAINERID ADD pod_a CNI_CONTAINERID=../a < <(conf)
refused 4 CNI_CONTAINERID DEL pod_a CNI_CONTAINERID= < <(conf)
refused 4 CNI_NETNS ADD pod_a CNI_NETNS= < <(conf)
refused 4 CNI_IFNAME ADD pod_a CNI_IFNAME= < <(conf)
refused 4 CNI_IFNAME ADD pod_a CNI_IFNAME=eth0/1 < <(conf)
refused 4 CNI_IFNAME ADD pod_a CNI_IFNAME=eth%d < <(conf)
refused 4 CNI_IFNAME ADD pod_a CNI_IFNAME=a-name-of-16-chr < <(conf)
refused 4 CNI_ARGS ADD pod_a CNI_ARGS=junk < <(conf)
refused 4 "CNI_CONTAINERID CNI_NETNS CNI_IFNAME" ADD pod_a CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= < <(conf)
nothing_left

claim "network namespace"
refused 3 gone ADD pod_a CNI_NETNS="$(netns_path gone)" < <(conf)
refused 3 CNI_NETNS ADD pod_a CNI_NETNS=/no/such/path < <(conf)
refused 4 CNI_NETNS ADD pod_a CNI_NETNS=/dev/null < <(conf)
refused 4 CNI_NETNS ADD pod_a CNI_NETNS=/proc/self/ns/mnt < <(conf)
refused 4 "own network namespace" ADD pod_a CNI_NETNS="$(netns_path "$NODE")" < <(conf)
refused 4 "own network namespace" ADD pod_a CNI_NETNS=/proc/self/ns/net < <(conf)
nothing_left

claim "no JSON"
refused 6 JSON ADD pod_a </dev/null
refused 6 JSON ADD pod_a < <(echo '{"cniVersion": "1.0.0"')
refused 6 object ADD pod_a < <(echo '[]')
refused 6 JSON DEL pod_a < <(echo junk)
refused 5 stdin ADD pod_a <&-
refused 5 larger ADD pod_a < <(head -c 1100000 /dev/zero | tr '\0' ' ')
nothing_left

claim "configuration"
conf_refused 1 0.1.0 'del(.cniVersion)'
conf_refused 1 0.2.0 '.cniVersion = "0.2.0"'
conf_refused 7 name 'del(.name)'
making_refused 7 mtu '.mtu = "big"'
making_refused 7 10.9.0.0/24 '.ipam.ranges = ["10.9.0.1/24"]'
making_refused 7 ipam.ranges '.ipam.ranges = ["hello"]'
making_refused 7 standalone 'del(.ipam)'
making_refused 2 portMappings '.runtimeConfig.portMappings = [{HostPort: 80, ContainerPort: 80}]'
making_refused 2 bandwidth '.runtimeConfig.bandwidth = {ingressRate: 1000}'
refused 7 10.77.0.1 ADD pod_a < <(conf '.runtimeConfig.ips = ["10.77.0.1"]')
refused 7 mac ADD pod_a < <(conf '.runtimeConfig.mac = "ff:ff:ff:ff:ff:ff"')
refused 4 CNI_PATH ADD pod_a < <(conf '.ipam = {type: "no-such-ipam"}')
refused 7 runDir ADD pod_a < <(conf '.runDir = "run"')
nothing_left

claim "an interface of that name in the pod"
netns_exec pod_a ip link add eth0 type veth peer name other
kept
refused 101 eth0 ADD pod_a < <(conf)
refused 101 eth0 ADD pod_a < <(conf '.attach = "tcx"')
nothing_left
refused 101 lo ADD pod_a CNI_IFNAME=lo < <(conf)
nothing_left

claim "without the agent a pod has to wait"
netns_exec pod_a ip link del eth0
kept
refused 11 agent ADD pod_a < <(conf '.standalone = false | del(.ipam)')
refused 11 agent ADD pod_a < <(conf '.standalone = false | .bpfDir += "-not-there"')
echo '{"ranges": ["10.9.1.0/24"], "mtu": 1500, "attach": "clsact"}' >"$(node_run_dir "$NODE")/node.json"
kept
refused 11 agent ADD pod_a < <(conf '.standalone = false | del(.ipam) | .policyWait = 1')
nothing_left "an ADD that the agent did not confirm"
