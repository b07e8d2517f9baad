#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_runtime_config - what the runtime asks for (ips, mac) is what the pod gets; what is not served is refused by name.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

cni_begin
pods pod_a pod_b
kept

claim "an address of each family and a MAC address"
must ADD pod_a < <(conf '.runtimeConfig = {ips: ["10.9.1.77/24", "fd09:1::77"], mac: "02:00:00:00:00:77"}')
says '[.ips[].address] == ["10.9.1.77/32", "fd09:1::77/128"] and .interfaces[1].mac == "02:00:00:00:00:77"'
netns_exec pod_a ip link show eth0 | grep -q 02:00:00:00:00:77 || fail "the pod has another MAC address"
netns_exec pod_a ping -c 1 -W 2 -q "$(node_address "$NODE" 4)" >/dev/null || fail "no answer"

claim "an address that another pod has"
state_keep "$NODE" pod_a pod_b
refused 100 10.9.1.77 ADD pod_b < <(conf '.runtimeConfig.ips = ["10.9.1.77"]')
nothing_left
refused 100 fd09:1::77 ADD pod_b < <(conf '.runtimeConfig.ips = ["10.9.1.78", "fd09:1::77"]')
nothing_left "the other family's address"
must DEL pod_a < <(conf)
must ADD pod_b < <(conf '.runtimeConfig.ips = ["10.9.1.77"]')
says '.ips[0].address == "10.9.1.77/32" and (.ips | length == 2)'
must DEL pod_b < <(conf)
kept

claim "an address that is nobody's to have"
for address in 10.9.1.0 10.9.1.1 10.9.1.255 10.9.2.7 fd09:1:: fd09:1::1 fd09:2::7; do
	refused 7 "$address" ADD pod_a < <(conf '.runtimeConfig.ips = [$a]' --arg a "$address")
done
refused 7 "of a family" ADD pod_a < <(conf '.runtimeConfig.ips = ["10.9.1.7", "10.9.1.8"]')
refused 7 hello ADD pod_a < <(conf '.runtimeConfig.ips = ["hello"]')
nothing_left

claim "ports and bandwidth"
refused 2 runtimeConfig.portMappings ADD pod_a \
	< <(conf '.runtimeConfig.portMappings = [{hostPort: 80, containerPort: 80, protocol: "tcp"}]')
refused 2 runtimeConfig.portMappings ADD pod_a \
	< <(conf '.runtimeConfig.portMappings = [{HostPort: 80, ContainerPort: 80, Protocol: "tcp", HostIP: ""}]')
refused 2 runtimeConfig.bandwidth ADD pod_a \
	< <(conf '.runtimeConfig.bandwidth = {ingressRate: 8000, ingressBurst: 4294967295}')
nothing_left

claim "DEL comes with what made ADD refuse the pod, and succeeds"
must DEL pod_a < <(conf '.runtimeConfig = {portMappings: [{HostPort: 80}], bandwidth: {ingressRate: 1},
	ips: ["hello"], mac: "hello"}')
nothing_left

claim "nothing is asked for"
must ADD pod_a < <(conf '.runtimeConfig = {portMappings: [], bandwidth: {}, dns: {servers: []}}')
must DEL pod_a < <(conf '.runtimeConfig = {portMappings: [], bandwidth: {}}')
nothing_left

claim "the MTU"
must ADD pod_a < <(conf '.mtu = 1400 | .cniVersion = "1.1.0"')
says '[.interfaces[].mtu] == [1400, 1400]'
netns_exec pod_a ip link show eth0 | grep -q 'mtu 1400 ' || fail "the pod has another MTU"
must DEL pod_a < <(conf)
refused 7 1280 ADD pod_a < <(conf '.mtu = 1000')
nothing_left
must ADD pod_a < <(conf '.mtu = 1000 | .ipam.ranges = ["10.9.1.0/24"]')
must DEL pod_a < <(conf)
nothing_left

claim "a namespace where IPv6 is off"
netns_sysctl pod_a net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
must ADD pod_a < <(conf)
netns_exec pod_a ping -c 1 -W 2 -q "$(node_address "$NODE" 6)" >/dev/null || fail "no answer over IPv6"
[ "$(netns_exec pod_a sysctl -n net.ipv6.conf.eth0.accept_ra)" = 0 ] || fail "router advertisements are accepted"
must DEL pod_a < <(conf)
