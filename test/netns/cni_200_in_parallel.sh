#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_200_in_parallel - 200 ADDs at once, the first of which load the datapath, then 200 DELs at once: all succeed, each
# address is unique, and nothing is left.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

COUNT=200

# all VERB: every pod at once
all()
{
	local i failed=0 jobs=()

	for ((i = 0; i < COUNT; i++)); do
		cni_run "$NODE" "$1" "pod_$i" <"$WORK/conf" >"$WORK/pod_$i.$1" 2>"$WORK/pod_$i.log" &
		jobs+=($!)
	done
	for ((i = 0; i < COUNT; i++)); do
		wait "${jobs[i]}" || { failed=$((failed + 1)) && head -n 20 "$WORK/pod_$i.$1" "$WORK/pod_$i.log"; }
	done
	[ "$failed" -eq 0 ] || fail "$failed of $COUNT ${1}s failed"
}

undo_at_exit
node_create "$NODE"
conf >"$WORK/conf"
for ((i = 0; i < COUNT; i++)); do
	undo_push netns_delete "pod_$i"
	ip netns add "${NETNS_PREFIX}pod_$i"
done
before=$(state_netns "$NODE")

claim "the first ADDs load the datapath"
all ADD
unique=$(jq -r '.ips[].address' "$WORK"/pod_*.ADD | sort -u | wc -l)
[ "$unique" -eq $((COUNT * 2)) ] || fail "$unique addresses for $COUNT pods"
[ "$(find "$(node_run_dir "$NODE")/endpoints" -name '*.json' | wc -l)" -eq "$COUNT" ] || fail "not a record each"
[ "$(state_map "$NODE" endpoint_policy | grep -c key)" -eq "$COUNT" ] || fail "not a policy each"

claim "and all go"
all DEL
[ "$before" = "$(state_netns "$NODE")" ] || fail "something is left on the node"
! state_map "$NODE" endpoints | grep -q key || fail "an address is still leased"
! state_map "$NODE" endpoint_policy | grep -q key || fail "a policy is left"
[ -z "$(find "$(node_run_dir "$NODE")/endpoints" "$(node_bpf_dir "$NODE")/links" -mindepth 1)" ] ||
	fail "a record or a pin is left"

# What one pod gives back another can have at once.
claim "deletions and additions at once"
COUNT=60
all ADD
jobs=()
for ((i = 0; i < COUNT; i++)); do
	cni_run "$NODE" DEL "pod_$i" <"$WORK/conf" >"$WORK/pod_$i.DEL" &
	jobs+=($!)
	cni_run "$NODE" ADD "pod_$((i + COUNT))" <"$WORK/conf" >"$WORK/pod_$((i + COUNT)).ADD" &
	jobs+=($!)
done
for job in "${jobs[@]}"; do
	wait "$job" || fail "a verb failed: $(grep -h msg "$WORK"/pod_*.ADD "$WORK"/pod_*.DEL | head -n 3)"
done
COUNT=$((COUNT * 2))
all DEL
[ "$before" = "$(state_netns "$NODE")" ] || fail "something is left on the node"
