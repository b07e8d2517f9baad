#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_killed_verbs_are_cleared - whenever ADD or DEL is killed, the next DEL, or GC, takes away what it left.
# time limit: 240
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/fault.bash

collect_by_del() { must DEL pod_a <"$WORK/conf"; }

# The kubelet gives up such a sandbox, and the runtime's list no longer has it.
collect_by_gc() { must GC pod_a <"$WORK/conf.gc"; }

# walk VERB CALL COLLECT: a verb that was killed, at each of the calls in turn.
walk()
{
	local n

	for ((n = 1; n <= 300; n++)); do
		claim "$1 killed at call $n of $2, then $3"
		[ "$1" = ADD ] || must ADD pod_a <"$WORK/conf"
		fault "$2" "$n" 0 "$1" pod_a <"$WORK/conf"
		! fault_fired || [ "$status" -eq 137 ] || fail "$1 ended with $status"
		"$3"
		nothing_left
		fault_fired || break
		steps=$((steps + 1))
	done
	[ "$n" -lt 300 ] || fail "no end"
}

cni_begin
fault_begin
pods pod_a pod_b
must ADD pod_b < <(conf)
kept
conf >"$WORK/conf"
conf ".cniVersion = \"1.1.0\" | .\"cni.dev/valid-attachments\" = [
	{containerID: \"$(container_id pod_b)\", ifname: \"eth0\"}]" >"$WORK/conf.gc"
steps=0

for call in syscall sendto send open rename setns; do
	walk ADD "$call" collect_by_del
done
for call in sendto rename setns; do
	walk ADD "$call" collect_by_gc
done
for call in syscall sendto unlink; do
	walk DEL "$call" collect_by_del
done
echo "$steps deaths"
