#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pending_pod - a pod whose policy is not in place neither sends nor receives, and all passes once it is.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/attach.bash
. test/support/counters.bash
. test/support/expect.bash
. test/support/witness.bash

PORT=7
COUNT=3	# packets a try
ENDPOINT_READY=1

policy_map() { echo "$(node_bpf_dir node_1)/maps/endpoint_policy_v1"; }

# bytes NUMBER: a u32 as bpftool wants it, on this machine's byte order
bytes() { printf '%u' "$1" | perl -ne 'print join " ", unpack("C4", pack("L", $_))'; }

# shellcheck disable=SC2046 # four numbers each
policy_set() # POD FLAGS
{
	bpftool map update pinned "$(policy_map)" key $(bytes "$(pod_ifindex "$1")") value $(bytes "$2") 0 0 0 0 0 0 0 0
}

# shellcheck disable=SC2046
policy_delete() { bpftool map delete pinned "$(policy_map)" key $(bytes "$(pod_ifindex "$1")"); }

address() # NAME VERSION, of a pod or the node
{
	if [ -n "${POD_NODE[$1]:-}" ]; then
		pod_address "$1" "$2"
	else
		node_address "$1" "$2"
	fi
}

# Nothing comes through, the receiver has seen nothing, and each packet is counted: HOOK and LABEL say where and why.
is_silent() # FROM TO VERSION HOOK LABEL
{
	local count seen

	count=$(counter node_1 "$4" "$5")
	seen=$(witness "$2")
	if netns_exec "$1" ping -q -c "$COUNT" -i 0.01 -W 0.1 "$(address "$2" "$3")"; then
		return 1
	fi
	count=$(($(counter node_1 "$4" "$5") - count))
	echo "$count counted as $4 $5"
	# The node's own sender hears of the loss and tries again: there it may be more.
	[ "$count" -ge "$COUNT" ] && expect_same "$(witness "$2") packets" "$seen packets"
}

expect_silence() # FROM TO HOOK LABEL
{
	local version

	for version in 4 6; do
		expect_ok "$1 -> $2, IPv$version: lost at $3 as $4" is_silent "$1" "$2" "$version" "$3" "$4"
	done
}

expect_pending()
{
	expect_silence pod_p pod_b from_pod pending_source
	expect_silence pod_p node_1 from_pod pending_source
	expect_silence pod_p pod_p2 from_pod pending_source
	expect_silence pod_b pod_p from_pod pending_target
	expect_silence node_1 pod_p to_pod pending_target
	expect_fails "node_1 -> pod_p: no connection" node_exec node_1 timeout 0.3 \
		"$SUPPORT/echo.py" tcp "$(pod_address pod_p 4)" "$PORT" 1
	expect_ok "pod_b and node_1 still talk" node_exec node_1 ping -q -c 3 -i 0.01 -W 5 "$(pod_address pod_b 4)"
}

expect_talk() # FROM TO
{
	local version

	for version in 4 6; do
		expect_ok "$1 -> $2, IPv$version: ping" netns_exec "$1" ping -q -c 3 -i 0.01 -W 5 "$(address "$2" "$version")"
		expect_ok "$1 -> $2, IPv$version: TCP" netns_exec "$1" \
			"$SUPPORT/echo.py" tcp "$(address "$2" "$version")" "$PORT" 1 65536
	done
}

expect_ready()
{
	expect_talk pod_p pod_b
	expect_talk pod_p node_1
	expect_talk pod_b pod_p
	expect_talk node_1 pod_p
}

# ADD that waits for no policy, on a node whose agent is not there to put one in place.
pod_add_pending()
{
	pod_add node_1 "$1"
	pod_exec "$1" "$SUPPORT/echo.py" serve "$PORT"
	witness_place "$1"
}

undo_at_exit
node_create node_1
pod_add node_1 pod_b	# which also loads the datapath
echo '{"ranges": [], "mtu": 1500, "attach": "clsact"}' >"$(node_run_dir node_1)/node.json"
node_conf_set node_1 'del(.standalone) | .policyWait = 0 | .ipam = {type: "byway", ranges: .ipam.ranges}'
for name in node_1 pod_b; do
	netns_exec "$name" "$SUPPORT/echo.py" serve "$PORT"
	witness_place "$name"
done
pod_add_pending pod_p
pod_add_pending pod_p2

expect_pending
policy_set pod_p $ENDPOINT_READY
expect_ready

policy_set pod_p 0
expect_pending
policy_set pod_p $ENDPOINT_READY
expect_ready

policy_delete pod_p
expect_pending
policy_set pod_p $ENDPOINT_READY
expect_ready
expect_end
