# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# counters - what the datapath has counted on a node, read from the pinned map and nothing else of Byway's.

COUNTERS_INCLUDE=$SUPPORT/../../include/byway
METRIC_SLOTS=64
METRIC_COUNTERS_BEGIN=32
declare -A COUNTER_INDEX=()	# "HOOK LABEL", as users read them ("from_pod source_mac") -> index in the map
HOOK_LABELS=() DROP_LABELS=()

# labels_read FILE LIST: the labels of an X macro list, one a line, in order.
labels_read()
{
	awk -v list="^#define $2" '$0 ~ list { inside = 1; next }
		inside { split($0, part, "\""); print part[2] }
		inside && !/\\$/ { exit }' "$COUNTERS_INCLUDE/$1"
}

counter_indices_read()
{
	local hook slot counters place

	mapfile -t HOOK_LABELS < <(labels_read metric.h HOOKS)
	mapfile -t DROP_LABELS < <(labels_read drop_reason.h DROP_REASONS)
	mapfile -t counters < <(labels_read metric.h COUNTERS)
	for hook in "${!HOOK_LABELS[@]}"; do
		place=$((hook * METRIC_SLOTS))
		for slot in "${!DROP_LABELS[@]}"; do
			COUNTER_INDEX[${HOOK_LABELS[hook]} ${DROP_LABELS[slot]}]=$((place + slot + 1))
		done
		for slot in "${!counters[@]}"; do
			COUNTER_INDEX[${HOOK_LABELS[hook]} ${counters[slot]}]=$((place + METRIC_COUNTERS_BEGIN + slot))
		done
	done
}
counter_indices_read

# counters_read NODE: [packets of index 0, of index 1, …], summed over the CPUs
counters_read()
{
	bpftool -j map dump pinned "$(node_bpf_dir "$1")/maps/metrics_v1" |
		jq -c '[.[].formatted] | sort_by(.key) | map([.values[].value.packets] | add)'
}

# counter NODE HOOK LABEL
counter()
{
	counters_read "$1" | jq ".[${COUNTER_INDEX[$2 $3]}]"
}

# drops NODE: what was dropped, as "HOOK REASON PACKETS" lines; nothing when nothing was
drops()
{
	local counts hook reason packets

	mapfile -t counts < <(counters_read "$1" | jq '.[]')
	for hook in "${HOOK_LABELS[@]}"; do
		for reason in "${DROP_LABELS[@]}"; do
			packets=${counts[${COUNTER_INDEX[$hook $reason]}]}
			[ "$packets" -eq 0 ] || echo "$hook $reason $packets"
		done
	done
}

# expect_no_drops NODE (with expect.bash)
expect_no_drops()
{
	expect_equal "$1 has dropped nothing" "$(drops "$1")" ""
}
