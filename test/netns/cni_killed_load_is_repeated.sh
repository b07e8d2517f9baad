#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_killed_load_is_repeated - after a first ADD that fails or dies while it loads the datapath, the next loads it.
# time limit: 240
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/fault.bash

unload() { rm -rf "$(node_bpf_dir "$NODE")"; }

# walk CALL ERRNO STEP: every STEPth call of it, because each try loads all programs twice
walk()
{
	local n

	for ((n = 1; n <= 600; n += $3)); do
		claim "$1 with errno $2 at call $n of the load"
		unload
		fault "$1" "$n" "$2" ADD pod_a < <(conf)
		[ "$status" -ne 1 ] || [[ $answer == *'"code":'* ]] || fail "no error document: $answer"
		[ "$status" -le 1 ] || [ "$status" -eq 137 ] || fail "ended with $status"
		must DEL pod_a < <(conf)
		must ADD pod_a < <(conf)
		netns_exec pod_a ping -c 1 -W 2 -q "$(node_address "$NODE" 4)" >/dev/null || fail "no answer"
		must DEL pod_a < <(conf)
		nothing_left
		fault_fired || return 0
		steps=$((steps + 1))
	done
	fail "no end"
}

cni_begin
fault_begin
pods pod_a
must ADD pod_a < <(conf)
must DEL pod_a < <(conf)
kept
steps=0
walk syscall 0 13
walk syscall "$(errno_number ENOMEM)" 19
walk mkdir 0 1
echo "$steps interrupted loads"
