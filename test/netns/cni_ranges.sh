#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_ranges - addresses come out of every range, each once, and a range that is used up says so with its size.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

# added COUNT FILTER: that many pods; prints their addresses, sorted
added()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		must ADD "pod_$i" < <(conf "$2")
		jq -r '.ips[].address' <<<"$answer"
	done | sort -V
}

# deleted COUNT
deleted()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		must DEL "pod_$i" < <(conf)
	done
}

expect()
{
	[ "$1" = "$2" ] || fail "got $(xargs <<<"$1"), not $(xargs <<<"$2")"
}

cni_begin
pods pod_1 pod_2 pod_3 pod_4 pod_5 pod_6
kept

claim "every address of a /29 but network, gateway and broadcast"
conf='.ipam.ranges = ["10.9.1.8/29"]'
expect "$(added 5 "$conf")" "$(printf '10.9.1.%d/32\n' 10 11 12 13 14)"
state_keep "$NODE" "${PODS[@]}"
refused 100 "all 5 of 10.9.1.8/29" ADD pod_6 < <(conf "$conf")
nothing_left
must DEL pod_3 < <(conf)
must ADD pod_6 < <(conf "$conf")
must DEL pod_6 < <(conf)
deleted 5

claim "the second range when the first is used up"
conf='.ipam.ranges = ["10.9.1.0/30", "10.9.1.64/31", "10.9.1.77/32"]'
expect "$(added 4 "$conf")" "$(printf '10.9.1.%d/32\n' 2 64 65 77)"
refused 100 "all 4 of 10.9.1.0/30, 10.9.1.64/31, 10.9.1.77/32" ADD pod_5 < <(conf "$conf")
deleted 4
kept_now=$(state "$NODE" "${PODS[@]}")

claim "one family is used up: the other one's address is not kept"
conf='.ipam.ranges = ["10.9.1.0/24", "fd09:1::/127"]'
added 2 "$conf" >/dev/null
state_keep "$NODE" "${PODS[@]}"
refused 100 "all 2 of fd09:1::/127" ADD pod_3 < <(conf "$conf")
nothing_left
deleted 2

claim "IPv6 alone"
conf='.ipam.ranges = ["fd09:1::/126"]'
expect "$(added 2 "$conf")" "$(printf 'fd09:1::%d/128\n' 2 3)"
deleted 2

claim "a huge range"
added 3 '.ipam.ranges = ["10.0.0.0/8", "fd09::/32"]' >/dev/null
deleted 3

[ "$kept_now" = "$(state "$NODE" "${PODS[@]}")" ] || fail "something is left"
