#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# neighbours - the gateway answers, flushed neighbour tables recover, router advertisements change nothing, and
# netfilter on the node never sees what pods say to each other.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/attach.bash
. test/support/counters.bash
. test/support/expect.bash
. test/support/witness.bash

GATEWAY_V4=169.254.1.1
GATEWAY_MAC=02:62:79:77:61:79

ping_three() { netns_exec "$1" ping -q -c 3 -i 0.01 -W 5 "$2"; }	# FROM ADDRESS

arping_is_answered()
{
	pod_exec pod_a arping -c 3 -w 5 -f -I eth0 "$GATEWAY_V4" | tee "$WORK/arping"
	grep -qi "$GATEWAY_MAC" "$WORK/arping"
}

arping_is_silent() # ADDRESS
{
	! pod_exec pod_a arping -c 1 -w 1 -I eth0 "$1"
}

# Nothing permanent is left, and yet the way to ADDRESS is found.
recovers() # NETNS INTERFACE VERSION ADDRESS
{
	netns_exec "$1" ip "-$3" neigh flush dev "$2" nud permanent
	expect_same "$(netns_exec "$1" ip "-$3" neigh show dev "$2")" "" && ping_three "$1" "$4"
}

# A pod's frames from then on carry what it has learnt.
learnt_gateway_is() # VERSION
{
	pod_exec pod_a ip -j "-$1" neigh show dev eth0 | jq -e --arg mac "$GATEWAY_MAC" 'all(.lladdr == $mac) and length > 0'
}

flush_test()
{
	local version host

	host=$(pod_host_interface pod_a)
	for version in 4 6; do
		expect_ok "IPv$version: the pod finds its gateway again, for the other pod" \
			recovers pod_a eth0 "$version" "$(pod_address pod_b "$version")"
		expect_ok "IPv$version: it has learnt the gateway's MAC address" learnt_gateway_is "$version"
		expect_ok "IPv$version: and for the node" ping_three pod_a "$(node_address node_1 "$version")"
		expect_ok "IPv$version: the node finds the pod again" \
			recovers node_1 "$host" "$version" "$(pod_address pod_a "$version")"
		expect_ok "IPv$version: the pod answers a question for its address behind its interface" \
			ping_three node_1 "$(pod_address pod_b "$version")"
	done
}

# What the pod learns from now on is soon doubted: the kernel probes it, first by unicast.
age_quickly()
{
	local family

	for family in ipv4 ipv6; do
		netns_sysctl pod_a "net.$family.neigh.eth0.base_reachable_time_ms=100" \
			"net.$family.neigh.eth0.delay_first_probe_time=0"
	done
}

probe_test()
{
	local version

	for version in 4 6; do
		expect_ok "IPv$version: probes of the gateway are answered" wait_until 10 \
			probe_is_answered "$version" "$(counter node_1 from_pod answered)"
	done
}

probe_is_answered() # VERSION ANSWERED_BEFORE
{
	ping_three pod_a "$(pod_address pod_b "$1")" >/dev/null
	[ "$(counter node_1 from_pod answered)" -gt "$2" ]
}

# By whatever it could be changed: addresses, routes, neighbours.
pod_state()
{
	pod_exec pod_b ip -6 addr show dev eth0
	pod_exec pod_b ip -6 route
	pod_exec pod_b ip -6 neigh
}

world()
{
	jq -cn --arg target_v6 "$(pod_address pod_b 6)" --arg own_v6 "$(node_address node_1 6)" '$ARGS.named'
}

# As a process of the node would send one: it is the pod that must refuse.
advertise_from_node()
{
	node_exec node_1 "$SUPPORT/forge.py" --interface "$(pod_host_interface pod_b)" 3 "$(world)" ra_to_all ra_to_target
	ping_three node_1 "$(pod_address pod_b 6)" >/dev/null	# has come after them
}

advertisements_change_nothing()
{
	local before

	before=$(pod_state)
	advertise_from_node
	expect_same "$(pod_state)" "$before"
}

netfilter_test()
{
	local version before

	witness_place node_1
	before=$(witness node_1)
	for version in 4 6; do
		expect_ok "IPv$version: the pods talk" ping_three pod_a "$(pod_address pod_b "$version")"
		expect_ok "IPv$version: by TCP" pod_exec pod_a "$SUPPORT/echo.py" tcp "$(pod_address pod_b "$version")" 7 1 65536
		expect_ok "IPv$version: by UDP" pod_exec pod_a "$SUPPORT/echo.py" udp "$(pod_address pod_b "$version")" 7 1 65507
	done
	expect_equal "the node's netfilter has seen none of it" "$(witness node_1)" "$before"
	ping_three pod_a "$(node_address node_1 4)" >/dev/null
	expect_equal "but what was for the node" "$(witness node_1)" $((before + 3))
}

undo_at_exit
node_create node_1
pod_add node_1 pod_a
pod_add node_1 pod_b
pod_exec pod_b "$SUPPORT/echo.py" serve 7
netfilter_test
expect_ok "arping is answered by the gateway's MAC address" arping_is_answered
expect_ok "arping for the other pod is not" arping_is_silent "$(pod_address pod_b 4)"
age_quickly
flush_test
probe_test
expect_equal "the pod refuses router advertisements" "$(pod_exec pod_b sysctl -n net.ipv6.conf.eth0.accept_ra)" 0
expect_ok "router advertisements change nothing in the pod" advertisements_change_nothing
expect_end
