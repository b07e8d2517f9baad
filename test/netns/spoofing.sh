#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# spoofing - a pod that speaks for another, by any header, reaches nobody, and each packet is counted under its reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash
. test/support/witness.bash

COUNT=3	# frames a row

pod_mac() { netns_exec "$1" ip -j link show dev eth0 | jq -r '.[0].address'; }

# world TARGET_V4 TARGET_V6: what forge.py needs to know
world()
{
	jq -cn --arg own_v4 "$(pod_address pod_a 4)" --arg own_v6 "$(pod_address pod_a 6)" \
		--arg other_v4 "$(pod_address pod_b 4)" --arg other_v6 "$(pod_address pod_b 6)" \
		--arg other_mac "$(pod_mac pod_b)" --arg node_v4 "$(node_address node_1 4)" \
		--arg node_v6 "$(node_address node_1 6)" --arg target_v4 "$1" --arg target_v6 "$2" '$ARGS.named'
}

forge() { pod_exec pod_a "$SUPPORT/forge.py" "$COUNT" "$@"; }	# WORLD ROW…

counted() { [ "$(counter node_1 from_pod "$1")" -ge "$2" ]; }	# LABEL PACKETS

reached() { echo "pod_b $(witness pod_b), node_1 $(witness node_1) packets"; }

# All frames of the rows are counted under LABEL, and nobody has seen any.
lost() # LABEL WORLD ROW…
{
	local wanted seen

	wanted=$(($(counter node_1 from_pod "$1") + COUNT * ($# - 2)))
	seen=$(reached)
	forge "${@:2}"
	wait_until 2 counted "$1" "$wanted" || true
	expect_same "$(counter node_1 from_pod "$1") counted as $1" "$wanted counted as $1" &&
		expect_same "$(reached)" "$seen"
}

# Together, which is quick; one by one when they are not all lost, to tell which.
expect_lost() # WHERE LABEL WORLD ROW…
{
	local row

	if lost "${@:2}" >/dev/null; then
		printf "ok: $1: %s is lost as $2\n" "${@:4}"
		return
	fi
	for row in "${@:4}"; do
		expect_ok "$1: $row is lost as $2" lost "$2" "$3" "$row"
	done
}

# What tells the rest that the witnesses can see.
arrives() # NETNS WORLD ROW
{
	local wanted

	wanted=$(($(witness "$1") + COUNT))
	forge "${@:2}"
	wait_until 2 witness_has "$1" "$wanted"
}

witness_has() { [ "$(witness "$1")" -ge "$2" ]; }

# The rows whose target is a choice.
forge_to() # NETNS WORLD
{
	expect_ok "honest IPv4 reaches $1" arrives "$1" "$2" honest_v4
	expect_ok "honest IPv6 reaches $1" arrives "$1" "$2" honest_v6
	expect_lost "to $1" source_address "$2" link_local_v6 na_from_other ra_to_target redirect \
		{other_pod,node,nobody,unspecified,loopback,group,later_fragment,gateway}_v{4,6}
	expect_lost "to $1" source_mac "$2" other_mac_v{4,6}
	expect_lost "to $1" ethertype "$2" vlan
	expect_lost "to $1" malformed "$2" mapped_v6
}

# The rows that address the link.
forge_on_link() # WORLD
{
	expect_lost "on the link" arp "$1" arp_{claims_other,claims_gateway,asks_as_other,asks_for_other,other_mac}
	expect_lost "on the link" link_local "$1" na_claims_{gateway,other} ns_to_other
	expect_lost "on the link" source_address "$1" na_to_gateway_from_other
	expect_lost "on the link" absorbed "$1" na_to_all ns_to_group ra_to_all
}

# Where the pod has lost the permanent entry of its gateway, a forged advertisement would change the learnt one.
gateway_mac_is_kept()
{
	pod_exec pod_b ip -6 neigh flush nud permanent
	pod_exec pod_b ping -q -c 1 -W 5 "$(node_address node_1 6)"
	forge "$1" na_claims_gateway
	pod_exec pod_b ping -q -c 3 -i 0.1 -W 1 "$(node_address node_1 6)"
}

undo_at_exit
node_create node_1
pod_add node_1 pod_a
pod_add node_1 pod_b
witness_place pod_b
witness_place node_1
forge_to pod_b "$(world "$(pod_address pod_b 4)" "$(pod_address pod_b 6)")"
forge_to node_1 "$(world "$(node_address node_1 4)" "$(node_address node_1 6)")"
forge_on_link "$(world "$(pod_address pod_b 4)" "$(pod_address pod_b 6)")"
expect_ok "pod_b keeps its gateway against advertisements of pod_a's" \
	gateway_mac_is_kept "$(world "$(pod_address pod_b 4)" "$(pod_address pod_b 6)")"
expect_end
