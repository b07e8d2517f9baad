#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# path_mtu - what fits the pod's MTU passes whole, one byte more is refused at the sender, and large sends cross uncut.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/attach.bash
. test/support/counters.bash
. test/support/expect.bash

PORT=7
REFUSED=90	# how echo.py ends when the kernel says EMSGSIZE
declare -A HEADERS=([4]=28 [6]=48)	# IP and UDP, or ICMP

# The largest datagram passes with "do not fragment", the next one never leaves.
fits() # FROM TO ADDRESS VERSION MTU
{
	local most=$(($5 - ${HEADERS[$4]}))

	expect_ok "$1 -> $2, IPv$4, MTU $5: a datagram of $most bytes passes" \
		netns_exec "$1" "$SUPPORT/echo.py" df "$3" "$PORT" "$most"
	expect_status "$REFUSED" "$1 -> $2, IPv$4, MTU $5: one byte more is refused" \
		netns_exec "$1" "$SUPPORT/echo.py" df "$3" "$PORT" $((most + 1))
	expect_ok "$1 -> $2, IPv$4, MTU $5: a ping of $most bytes passes" \
		netns_exec "$1" ping -q -M "do" -c 1 -W 5 -s "$most" "$3"
	expect_ok "$1 -> $2, IPv$4, MTU $5: one byte more is refused too" \
		ping_is_refused "$1" "$3" $((most + 1))
}

ping_is_refused()
{
	expect_not netns_exec "$1" ping -M "do" -c 1 -W 0.1 -s "$3" "$2" >"$WORK/ping" 2>&1 || return
	cat "$WORK/ping"
	grep -qiE 'message too long|local error' "$WORK/ping"
}

# A send is cut into segments as late as possible: the receiver's interface sees packets above its MTU.
crosses_uncut() # FROM TO ADDRESS VERSION MTU
{
	expect_ok "$1 -> $2, IPv$4: 64 KiB by TCP" netns_exec "$1" "$SUPPORT/echo.py" tcp "$3" "$PORT" 65536 65536 1048576
	expect_ok "$1 -> $2, IPv$4: many datagrams in one send" \
		netns_exec "$1" "$SUPPORT/echo.py" segments "$3" "$PORT" 1000 $(($5 - ${HEADERS[$4]}))
}

largest_frame_is_above() # POD PEER ADDRESS MTU
{
	local watcher largest

	netns_spawn "$1" "$SUPPORT/frames.py" largest eth0 tcp >"$WORK/largest"
	watcher=$!
	wait_until 5 grep -q ready "$WORK/largest"
	netns_exec "$2" "$SUPPORT/echo.py" tcp "$3" "$PORT" 1048576
	kill "$watcher"
	wait "$watcher" || true
	largest=$(awk '/^largest/ { print $2 }' "$WORK/largest")
	echo "largest frame: $largest"
	[ "$largest" -gt $(($4 + 14)) ]
}

interface_mtu() { netns_exec "$1" ip -j link show dev eth0 | jq '.[0].mtu'; }

# mtu_test MTU: in a node of its own
mtu_test()
{
	local node=node_$1 a=pod_a_$1 b=pod_b_$1 name version

	node_create "$node"
	node_conf_set "$node" ".mtu = $1"
	pod_add "$node" "$a"
	pod_add "$node" "$b"
	for name in "$node" "$a" "$b"; do
		netns_exec "$name" "$SUPPORT/echo.py" serve "$PORT"
	done
	expect_equal "$a has the MTU of the configuration" "$(interface_mtu "$a")" "$1"
	for version in 4 6; do
		fits "$a" "$b" "$(pod_address "$b" "$version")" "$version" "$1"
		fits "$a" "$node" "$(node_address "$node" "$version")" "$version" "$1"
		fits "$node" "$a" "$(pod_address "$a" "$version")" "$version" "$1"
		crosses_uncut "$a" "$b" "$(pod_address "$b" "$version")" "$version" "$1"
		crosses_uncut "$a" "$node" "$(node_address "$node" "$version")" "$version" "$1"
		crosses_uncut "$node" "$a" "$(pod_address "$a" "$version")" "$version" "$1"
		expect_ok "$a -> $b, IPv$version: TCP arrives uncut" \
			largest_frame_is_above "$b" "$a" "$(pod_address "$b" "$version")" "$1"
	done
	expect_no_drops "$node"
}

# A new MTU holds for pods that come later; the earlier ones still reach them.
mixed_test()
{
	local version

	node_conf_set node_1500 '.mtu = 9000'
	pod_add node_1500 pod_c
	pod_exec pod_c "$SUPPORT/echo.py" serve "$PORT"
	for version in 4 6; do
		expect_ok "MTU 9000 -> 1500, IPv$version" pod_exec pod_c "$SUPPORT/echo.py" tcp \
			"$(pod_address pod_a_1500 "$version")" "$PORT" 1 65536
		expect_ok "MTU 1500 -> 9000, IPv$version" pod_exec pod_a_1500 "$SUPPORT/echo.py" udp \
			"$(pod_address pod_c "$version")" "$PORT" 1 8900 65507
	done
}

undo_at_exit
for mtu in 1500 1280 9000; do
	mtu_test "$mtu"
done
mixed_test
expect_end
