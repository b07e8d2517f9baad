#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_chaining - an earlier plugin's result is passed on with ours behind it; a later one may change what is its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

# shellcheck disable=SC2016 # jq's variables
EARLIER='.cniVersion = $v | .dns = {domain: "ours"} | .prevResult = {cniVersion: $v,
	interfaces: [{name: "br0", mac: "02:00:00:00:00:01"}, {name: "net0", sandbox: $n}],
	ips: [{interface: 1, address: "10.1.0.5/24", gateway: "10.1.0.1"} +
		if $v < "1" then {version: "4"} else {} end],
	routes: [{dst: "10.1.0.0/16", gw: "10.1.0.1", priority: 0}], dns: {nameservers: ["10.1.0.2"]}}'

cni_begin
pods pod_a
kept

for version in 0.3.1 0.4.0 1.0.0 1.1.0; do
	claim "behind another plugin, in $version"
	must ADD pod_a < <(conf "$EARLIER" --arg v "$version" --arg n "$(netns_path pod_a)")
	# shellcheck disable=SC2016 # jq's variables
	says '.cniVersion == $v
		and ([.interfaces[].name] | .[0:2] == ["br0", "net0"] and length == 4 and .[3] == "eth0")
		and (.ips | length == 3 and .[0].address == "10.1.0.5/24" and .[0].interface == 1)
		and ([.ips[1:][].interface] == [3, 3])
		and (.routes | length == 3 and .[0] == {dst: "10.1.0.0/16", gw: "10.1.0.1", priority: 0})
		and .dns == {nameservers: ["10.1.0.2"]}' --arg v "$version"
	result=$answer
	[ "$version" = 0.3.1 ] ||
		must CHECK pod_a < <(conf '.cniVersion = $v | .prevResult = $r' --arg v "$version" --argjson r "$result")
	must DEL pod_a < <(conf '.cniVersion = $v | .prevResult = $r' --arg v "$version" --argjson r "$result")
	nothing_left
done

claim "a later plugin fails: DEL comes without prevResult"
must ADD pod_a < <(conf)
must DEL pod_a < <(conf)
nothing_left

claim "a later plugin changes the MTU and the MAC address, and adds an address"
must ADD pod_a < <(conf)
result=$answer
netns_exec pod_a ip link set eth0 mtu 1400
netns_exec pod_a ip link set eth0 address 02:00:00:00:00:99
netns_exec pod_a ip addr add 10.99.0.1/32 dev eth0
must CHECK pod_a < <(conf '.prevResult = $r | .prevResult.interfaces[1].mac = "02:00:00:00:00:99" |
	.prevResult.ips += [{interface: 1, address: "10.99.0.1/32"}]' --argjson r "$result")

claim "a prevResult without our addresses"
refused 102 prevResult CHECK pod_a < <(conf '.prevResult = {cniVersion: "1.0.0", ips: []}')
refused 7 prevResult CHECK pod_a < <(conf)
must DEL pod_a < <(conf)
nothing_left

claim "the interface that an earlier plugin made in the pod has our name"
netns_exec pod_a ip link add eth0 type veth peer name other
kept
refused 101 eth0 ADD pod_a < <(conf "$EARLIER" --arg v 1.0.0 --arg n "$(netns_path pod_a)")
nothing_left
