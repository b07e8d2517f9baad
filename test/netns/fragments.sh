#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# fragments - fragments in any order, IP options and IPv6 extension headers reach other pods and the node.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash

PORT=7

# send FROM_POD TO ADDRESS VERSION: rows of test/support/fragments.py
send()
{
	expect_ok "$1 -> $2, IPv$4: fragments and options of every kind" pod_exec "$1" \
		"$SUPPORT/fragments.py" eth0 "$(pod_address "$1" "$4")" "$3" "$PORT"
}

undo_at_exit
node_create node_1
pod_add node_1 pod_a
pod_add node_1 pod_b
pod_exec pod_b "$SUPPORT/echo.py" serve "$PORT"
node_exec node_1 "$SUPPORT/echo.py" serve "$PORT"
for version in 4 6; do
	send pod_a pod_b "$(pod_address pod_b "$version")" "$version"
	expect_ok "pod_a -> pod_b, IPv$version: a ping of 60,000 bytes" \
		pod_exec pod_a ping -q -c 3 -i 0.01 -W 5 -s 60000 "$(pod_address pod_b "$version")"
	send pod_a node_1 "$(node_address node_1 "$version")" "$version"
	expect_ok "node_1 -> pod_a, IPv$version: a ping of 60,000 bytes" \
		node_exec node_1 ping -q -c 3 -i 0.01 -W 5 -s 60000 "$(pod_address pod_a "$version")"
done
expect_no_drops node_1
expect_end
