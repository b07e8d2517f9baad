#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pods_talk - pods of a node, and the node with its pods, exchange payloads of every size, with each way to attach.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/attach.bash
. test/support/counters.bash
. test/support/expect.bash

PORT=7
TCP_SIZES=(1 100 1400 1472 1500 9000 65536)
UDP_SIZES=(1 100 1400 1452 1472 1473 1500 9000 65507)

# talk FROM TO ADDRESS: by ping, TCP and UDP
talk()
{
	expect_ok "$1 -> $2 ($3) ping" netns_exec "$1" ping -q -c 3 -i 0.01 -W 5 "$3"
	expect_ok "$1 -> $2 ($3) large ping" netns_exec "$1" ping -q -c 2 -i 0.01 -W 5 -s 8000 "$3"
	expect_ok "$1 -> $2 ($3) TCP" netns_exec "$1" "$SUPPORT/echo.py" tcp "$3" "$PORT" "${TCP_SIZES[@]}"
	expect_ok "$1 -> $2 ($3) UDP" netns_exec "$1" "$SUPPORT/echo.py" udp "$3" "$PORT" "${UDP_SIZES[@]}"
}

world_create()
{
	local name

	node_create "node_$1"
	node_conf_set "node_$1" ".attach = \"$1\""
	pod_add "node_$1" "pod_a_$1"
	pod_add "node_$1" "pod_b_$1"
	for name in "node_$1" "pod_a_$1" "pod_b_$1"; do
		netns_exec "$name" "$SUPPORT/echo.py" serve "$PORT"
	done
}

# What carries the packets is what was asked for.
attached_is()
{
	local host

	host=$(pod_host_interface "pod_a_$1")
	if [ "$1" = tcx ]; then
		[ -e "$(node_bpf_dir "node_$1")/links/${host}_ingress" ] && ! filters_list "$1" "$host" | grep -q from_pod
	else
		filters_list "$1" "$host" | grep -q from_pod
	fi
}

filters_list() { netns_exec "node_$1" tc filter show dev "$2" ingress; }

undo_at_exit
kinds=$(attach_kinds)
for kind in $kinds; do
	world_create "$kind"
	expect_ok "$kind is how the programs are attached" attached_is "$kind"
	for version in 4 6; do
		talk "pod_a_$kind" "pod_b_$kind" "$(pod_address "pod_b_$kind" "$version")"
		talk "pod_b_$kind" "pod_a_$kind" "$(pod_address "pod_a_$kind" "$version")"
		talk "pod_a_$kind" "node_$kind" "$(node_address "node_$kind" "$version")"
		talk "node_$kind" "pod_a_$kind" "$(pod_address "pod_a_$kind" "$version")"
		talk "pod_a_$kind" "pod_a_$kind" "$(pod_address "pod_a_$kind" "$version")"
	done
	expect_no_drops "node_$kind"
done
expect_end
