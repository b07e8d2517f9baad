#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# agent_kill - killing and restarting the agent at any moment loses no packet, no connection, no address and no pod.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/attach.bash
. test/support/counters.bash
. test/support/expect.bash
. test/support/state.bash

PORT=7
ROUNDS=20
PINGS=250	# a round and a direction, one every 2 ms: longer than a restart takes
START_LIMIT_MS=300
RSS_LIMIT_KIB=15360
TRY_AGAIN=11	# the CNI error code
declare -A STREAMS=()	# id of a client -> its sentence

# --- the agent -------------------------------------------------------------------------------

agent_answers()
{
	printf 'GET /readyz HTTP/1.0\r\n\r\n' |
		socat -t 2 - "UNIX-CONNECT:$(node_run_dir node_1)/agent.sock" 2>/dev/null | grep -q '^HTTP/1.[01] 200'
}

agent_start()
{
	node_agent_start node_1
	wait_until 10 agent_answers
}

# Not by node_agent_start, which waits.
agent_spawn()
{
	netns_spawn node_1 "$BYWAY_BIN/byway-agent" --config "$WORK/node_1/agent.json" >>"$WORK/node_1/agent.log" 2>&1
	echo $! >"$WORK/node_1/agent.pid"
}

# Gone when this returns, as for a supervisor that restarts it. Without "disown" bash tells of each.
agent_kill()
{
	local pid

	pid=$(node_agent_pid node_1)
	disown "$pid" 2>/dev/null || true
	kill -9 "$pid"
	wait_until 10 process_is_gone "$pid"
}

# Up to MILLISECONDS, by chance: the moment of the kill is what the test varies.
pause_at_random() { sleep "0.$(printf '%03d' $((RANDOM % $1)))"; }

# --- traffic ---------------------------------------------------------------------------------

stream_start() # FROM ADDRESS
{
	netns_spawn "$1" "$SUPPORT/echo.py" stream "$2" "$PORT" >"$WORK/stream-${#STREAMS[@]}" 2>&1
	STREAMS[$!]="$1 -> $2"
	undo_push process_end $!
}

streams_end()
{
	local pid status i=0

	# In the order in which they were started, which is the files'.
	for pid in $(printf '%s\n' "${!STREAMS[@]}" | sort -n); do
		kill "$pid" 2>/dev/null || true
		status=0
		wait "$pid" || status=$?
		expect_equal "the stream ${STREAMS[$pid]} went on" "status $status" "status 0"
		sed 's/^/    /' "$WORK/stream-$i"
		i=$((i + 1))
	done
}

pings_start()
{
	local version

	pings=()
	for version in 4 6; do
		ping_spawn pod_a "$(pod_address pod_b "$version")"
		ping_spawn node_1 "$(pod_address pod_a "$version")"
	done
}

ping_spawn() # FROM ADDRESS
{
	netns_spawn "$1" ping -q -c "$PINGS" -i 0.002 -W 5 "$2" >>"$WORK/pings" 2>&1
	pings+=($!)
}

pings_end()
{
	local pid

	for pid in "${pings[@]}"; do
		wait "$pid" || true
	done
}

pings_sum() { awk '/packets transmitted/ { sent += $1; got += $4 } END { print got " of " sent " answered" }' "$WORK/pings"; }

# --- the claims ------------------------------------------------------------------------------

# Each round kills an agent that serves and one that is just starting.
kill_rounds()
{
	local round

	for ((round = 0; round < ROUNDS; round++)); do
		pings_start
		pause_at_random 100
		agent_kill
		agent_spawn
		pause_at_random 150
		agent_kill
		agent_start
		pings_end
	done
}

add_fails_with() # CODE POD
{
	local answer

	! answer=$(cni_run node_1 ADD "$2" <"$(node_conf node_1)") || return 1
	echo "$answer"
	expect_same "$(jq .code <<<"$answer")" "$1"
}

pod_is_silent() { ! node_exec node_1 ping -q -c 2 -i 0.05 -W 0.2 "$(pod_address "$1" 4)"; }

pod_talks() { pod_exec "$1" ping -q -c 2 -i 0.01 -W 1 "$(pod_address "$2" "$3")"; }

expect_talk() # FROM TO
{
	expect_ok "$1 -> $2, IPv4" wait_until 5 pod_talks "$1" "$2" 4
	expect_ok "$1 -> $2, IPv6" wait_until 5 pod_talks "$1" "$2" 6
}

down_test()
{
	agent_kill
	netns_create pod_late
	state_keep node_1
	node_conf_set node_1 '.policyWait = 1'
	expect_ok "ADD without the agent says: try again later" add_fails_with "$TRY_AGAIN" pod_late
	expect_ok "and leaves nothing" state_is_kept node_1

	node_conf_set node_1 '.policyWait = 0'
	pod_add node_1 pod_c
	expect_ok "a pod that was not waited for is pending" pod_is_silent pod_c
	node_conf_set node_1 'del(.policyWait)'
	agent_start
	expect_talk pod_c pod_a
}

# The plugin waits while the agent is replaced.
replace_test()
{
	local adding status=0

	agent_kill
	netns_create pod_d
	POD_NODE[pod_d]=node_1
	undo_push pod_del pod_d
	cni_run node_1 ADD pod_d <"$(node_conf node_1)" >"$WORK/pod_d.json" &
	adding=$!
	pause_at_random 300
	agent_start
	wait "$adding" || status=$?
	expect_equal "an ADD during a restart succeeds" "status $status" "status 0"
	expect_talk pod_d pod_a
	agent_kill
	expect_ok "DEL needs no agent" cni_run node_1 DEL pod_d <"$(node_conf node_1)"
	agent_start
}

restart_test()
{
	local endpoints policies

	endpoints=$(state_map node_1 endpoints) policies=$(state_map node_1 endpoint_policy)
	agent_kill
	agent_start
	expect_equal "a restart keeps the endpoints" "$(state_map node_1 endpoints)" "$endpoints"
	expect_equal "and their policies" "$(state_map node_1 endpoint_policy)" "$policies"

	agent_kill
	jq '.maps.endpoints = 512' "$WORK/node_1/agent.json" >"$WORK/agent.json"
	mv "$WORK/agent.json" "$WORK/node_1/agent.json"
	agent_start
	expect_equal "another size of the map is taken" "$(bpftool -j map show pinned \
		"$(node_bpf_dir node_1)/maps/endpoints_v1" | jq .max_entries)" 512
	expect_equal "its entries are carried over" "$(state_map node_1 endpoints)" "$endpoints"
	expect_equal "and the policies" "$(state_map node_1 endpoint_policy)" "$policies"
	pod_add node_1 pod_e
	expect_talk pod_a pod_e
	expect_talk pod_e pod_c
}

# The median of the last five.
start_ms()
{
	grep -o 'ready in [0-9]* ms' "$WORK/node_1/agent.log" | tail -n 5 | awk '{ print $3 }' | sort -n | sed -n 3p
}

budget_test()
{
	local i start rss

	for i in 1 2 3 4 5; do	# the streams have ended: the machine is idle
		agent_kill
		agent_start
	done
	start=$(start_ms)
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$(node_agent_pid node_1)/status")
	echo "the agent starts in $start ms (median of five); its memory: $rss KiB"
	if grep -q __asan_init "$BYWAY_BIN/byway-agent"; then
		echo "memory and start are not judged in a build with sanitizers"
		return
	fi
	expect_ok "the agent starts in less than $START_LIMIT_MS ms" [ "$start" -lt "$START_LIMIT_MS" ]
	expect_ok "the agent takes less than $RSS_LIMIT_KIB KiB" [ "$rss" -lt "$RSS_LIMIT_KIB" ]
}

undo_at_exit
node_create node_1 agent
pod_add node_1 pod_a
pod_add node_1 pod_b
for pod in pod_a pod_b; do
	pod_exec "$pod" "$SUPPORT/echo.py" serve "$PORT"
done
for version in 4 6; do
	stream_start pod_a "$(pod_address pod_b "$version")"
	stream_start node_1 "$(pod_address pod_a "$version")"
done

kill_rounds
expect_equal "no ping is lost over $ROUNDS rounds" "$(pings_sum)" \
	"$((4 * ROUNDS * PINGS)) of $((4 * ROUNDS * PINGS)) answered"
expect_no_drops node_1
down_test
replace_test
restart_test
streams_end
budget_test
expect_end
