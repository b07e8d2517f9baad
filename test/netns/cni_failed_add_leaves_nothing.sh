#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_failed_add_leaves_nothing - whichever call of ADD the kernel refuses: an error document, and all is as it was.
# time limit: 240
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/attach.bash
. test/support/fault.bash

# A call may be one that ADD can do without; what it then made, DEL takes away.
walk()
{
	local call=${1%:*} errno n

	errno=$(errno_number "${1#*:}")
	for ((n = 1; n <= 300; n++)); do
		claim "$mode: $1 at call $n"
		fault "$call" "$n" "$errno" ADD pod_a <"$WORK/conf"
		case $status in
		0) must DEL pod_a <"$WORK/conf" ;;
		1) [[ $answer == "{"*'"code":'*"}" ]] || fail "ADD failed without saying so: $answer" ;;
		*) fail "ADD ended with $status" ;;
		esac
		nothing_left
		[ ! -d "$WORK/leases" ] || leases_are_gone
		fault_fired || break
		steps=$((steps + 1))
	done
	[ "$n" -lt 300 ] || fail "no end"
	[ "$status" -eq 0 ] || fail "ADD failed without a fault: $answer"
}

leases_are_gone()
{
	[ -z "$(find "$WORK/leases" -type f -name '[0-9]*')" ] || fail "host-local still has a lease"
}

cni_begin
fault_begin
pods pod_a
kept
steps=0

for mode in $(attach_kinds); do
	conf ".attach = \"$mode\"" >"$WORK/conf"
	for call in "${FAULT_CALLS[@]}"; do
		[ "$mode" = clsact ] || [[ $call = syscall:* ]] || continue
		walk "$call"
	done
done

if [ -x /usr/lib/cni/host-local ]; then
	mode=host-local
	conf ".ipam = {type: \"host-local\", dataDir: \"$WORK/leases\", ranges: [[{subnet: \"10.9.1.0/24\"}]]}" \
		>"$WORK/conf"
	for call in "${FAULT_DELEGATE_CALLS[@]}" sendto:ENOBUFS rename:EIO; do
		walk "$call"
	done
fi
echo "$steps failures"
