# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# cost - nanoseconds a run of each program, as the kernel counts them while it is asked to.
#
# Needs variants.bash. The counting itself is in the figures: two readings of the clock.

cost_measure()
{
	local variant

	undo_push sysctl -q -w "kernel.bpf_stats_enabled=$(sysctl -n kernel.bpf_stats_enabled)"
	for variant in byway-sockets-1000 byway-packets-1000; do
		progress "making $variant"
		variant_create "$variant"
	done
	sysctl -q -w kernel.bpf_stats_enabled=1
	progress "nanoseconds a run"
	cost_traffic byway-packets-1000 "pod to pod, TCP_RR" TCP_RR "$(pod_address byway-packets-1000-b 4)" "$1"
	cost_traffic byway-packets-1000 "pod to pod, TCP_CRR" TCP_CRR "$(pod_address byway-packets-1000-b 4)" "$1"
	cost_traffic byway-packets-1000 "to service, TCP_RR" TCP_RR "$(wire_service_address 1000)" "$1"
	cost_traffic byway-packets-1000 "to service, TCP_CRR" TCP_CRR "$(wire_service_address 1000)" "$1"
	cost_traffic byway-sockets-1000 "to service by socket, TCP_CRR" TCP_CRR "$(wire_service_address 1000)" "$1"
	cost_traffic byway-sockets-1000 "pod to pod by socket, TCP_CRR" TCP_CRR "$(pod_address byway-sockets-1000-b 4)" "$1"
	sysctl -q -w kernel.bpf_stats_enabled=0
}

# cost_traffic NODE WHAT TEST ADDRESS SECONDS
cost_traffic()
{
	cost_read "$1" >"$WORK/before"
	measure "$1-a" "$3" "$4" "$5" >/dev/null
	cost_read "$1" >"$WORK/after"
	jq -cn --arg what "$2" --slurpfile before "$WORK/before" --slurpfile after "$WORK/after" '
		($before | map({key: .name, value: .}) | from_entries) as $was | $after[] |
		(.runs - ($was[.name].runs // 0)) as $runs | select($runs > 100) |
		{kind: "cost", what: $what, program: .name, runs: $runs, ns: ((.ns - ($was[.name].ns // 0)) / $runs | round)}
	' >>"$WORK/samples"
}

# A line {name, ns, runs} of each program that the node has pinned.
cost_read()
{
	local pin

	for pin in "$(node_bpf_dir "$1")"/programs/*; do
		bpftool -j prog show pinned "$pin" | jq -c --arg name "${pin##*/}" \
			'{name: $name, ns: (.run_time_ns // 0), runs: (.run_cnt // 0)}'
	done
}
