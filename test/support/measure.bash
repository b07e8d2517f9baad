# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# measure - requests answered a second between two namespaces, both ends on one core.

# shellcheck source=test/support/netns.bash
. "$(dirname "${BASH_SOURCE[0]}")/netns.bash"

MEASURE_PORT=12865	# and the four above it: one a test
MEASURE_CPU=${MEASURE_CPU:-$(awk '/^Cpus_allowed_list/ { split($2, last, /.*[,-]/); print last[length(last)] }' /proc/self/status)}

measure_tool()
{
	if command -v netperf >/dev/null && command -v netserver >/dev/null; then
		echo netperf
	else
		echo byway-rr
	fi
}

# measure_serve NETNS: the server is ready when this returns, and ends with the script.
measure_serve()
{
	local pid

	if [ "$(measure_tool)" = netperf ]; then
		netns_exec "$1" taskset -c "$MEASURE_CPU" netserver -D -p "$MEASURE_PORT" >/dev/null 2>&1 &
		pid=$!
		undo_push process_end "$pid"
		wait_until 5 netns_exec "$1" bash -c ": </dev/tcp/127.0.0.1/$MEASURE_PORT" 2>/dev/null
	else
		pid=$(netns_exec "$1" "$BYWAY_BIN/byway-rr" serve --cpu "$MEASURE_CPU" --port "$MEASURE_PORT" --detach)
		undo_push process_end "$pid"
	fi
}

# A client that opens thousands of connections a second comes round to ports that are in TIME_WAIT.
measure_prepare_client()
{
	netns_sysctl "$1" net.ipv4.tcp_tw_reuse=1 "net.ipv4.ip_local_port_range=16384 65535"
}

# measure CLIENT_NETNS TEST ADDRESS SECONDS: prints transactions a second, for TCP_STREAM bits.
measure()
{
	if [ "$(measure_tool)" = netperf ]; then
		measure_netperf "$@"
	else
		netns_exec "$1" "$BYWAY_BIN/byway-rr" run --cpu "$MEASURE_CPU" --port "$MEASURE_PORT" \
			--test "$2" --to "$3" --seconds "$4" | jq .rate
	fi
}

# netperf takes whole seconds. The data port is fixed, so that a service address can lead to it.
measure_netperf()
{
	local seconds data_port scale=1

	seconds=$(awk -v s="$4" 'BEGIN { print s < 1 ? 1 : int(s + 0.5) }')
	case $2 in
	TCP_RR) data_port=$((MEASURE_PORT + 1)) ;;
	TCP_CRR) data_port=$((MEASURE_PORT + 2)) ;;
	TCP_STREAM) data_port=$((MEASURE_PORT + 3)) scale=1000000 ;;
	*) data_port=$((MEASURE_PORT + 4)) ;;
	esac
	netns_exec "$1" timeout $((seconds + 20)) taskset -c "$MEASURE_CPU" \
		netperf -P 0 -v 0 -p "$MEASURE_PORT" -H "$3" -t "$2" -l "$seconds" -- -P ",$data_port" |
		awk -v scale="$scale" 'NF { print $1 * scale }'
}

# measure_meta ROUNDS SECONDS: what the report says about how it came about.
measure_meta()
{
	jq -cn --arg tool "$(measure_tool)" --arg cpu "$MEASURE_CPU" --arg kernel "$(uname -r)" --argjson rounds "$1" \
		--argjson seconds "$2" '{kind: "meta", tool: $tool, cpu: $cpu, kernel: $kernel, rounds: $rounds, seconds: $seconds}'
}
