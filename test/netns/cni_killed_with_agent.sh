#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_killed_with_agent - with an agent that follows the pods too, a killed ADD or DEL is cleared by the next DEL.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/fault.bash

[ -x "$BYWAY_BIN/byway-agent" ] || {
	echo "no byway-agent in $BYWAY_BIN"
	exit 77
}

# The agent learns of it a moment later.
settles() { wait_until 5 state_is_kept "$NODE" "${PODS[@]}" 2>/dev/null || nothing_left; }

# walk VERB CALL
walk()
{
	local n

	for ((n = 1; n <= 300; n++)); do
		claim "$1 killed at call $n of $2"
		[ "$1" = ADD ] || must ADD pod_a <"$WORK/conf"
		fault "$2" "$n" 0 "$1" pod_a <"$WORK/conf"
		must DEL pod_a <"$WORK/conf"
		settles
		fault_fired || return 0
	done
	fail "no end"
}

cni_begin . agent
fault_begin
pods pod_a
kept
conf >"$WORK/conf"
for call in connect send read rename; do
	walk ADD "$call"
done
for call in syscall unlink; do
	walk DEL "$call"
done
kill -0 "$(node_agent_pid "$NODE")" || fail "the agent died"

claim "an ADD whose agent does not answer leaves nothing"
kill -STOP "$(node_agent_pid "$NODE")"
undo_push kill -CONT "$(node_agent_pid "$NODE")"
refused 11 "" ADD pod_a < <(conf '.policyWait = 1')
nothing_left
kill -CONT "$(node_agent_pid "$NODE")"
must ADD pod_a <"$WORK/conf"
must DEL pod_a <"$WORK/conf"
settles
