# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# measure - requests answered a second between two namespaces, both ends on one core.
#
# Both run at the highest ordinary priority, so that what else the machine does takes little of that core.

# shellcheck source=test/support/netns.bash
. "$(dirname "${BASH_SOURCE[0]}")/netns.bash"

MEASURE_PORT=12865	# and the four above it: one a test
MEASURE_CPU=${MEASURE_CPU:-$(sed -n 's/^Cpus_allowed_list:.*[,\t-]//p' /proc/self/status)}	# the last one

measure_tool()
{
	if command -v netperf >/dev/null && command -v netserver >/dev/null; then
		echo netperf
	else
		echo byway-rr
	fi
}

measure_exec()
{
	netns_exec "$1" nice -n -20 taskset -c "$MEASURE_CPU" "${@:2}"
}

# measure_serve NETNS: the server is ready when this returns, and ends with its namespace.
measure_serve()
{
	if [ "$(measure_tool)" = netperf ]; then
		measure_exec "$1" netserver -D -p "$MEASURE_PORT" >/dev/null 2>&1 &
		wait_until 5 netns_exec "$1" bash -c ": </dev/tcp/127.0.0.1/$MEASURE_PORT" 2>/dev/null
	else
		measure_exec "$1" "$BYWAY_BIN/byway-rr" serve --port "$MEASURE_PORT" --detach >/dev/null
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
	"measure_$(measure_tool)" "$@" && return
	echo "measure: $2 from $1 to $3 failed" >&2
	return 1
}

measure_byway-rr()
{
	local answer

	answer=$(measure_exec "$1" "$BYWAY_BIN/byway-rr" run --port "$MEASURE_PORT" --test "$2" --to "$3" --seconds "$4")
	[[ $answer =~ \"rate\":([0-9.]+) ]] && echo "${BASH_REMATCH[1]}"
}

# measure_slices SECONDS: into how many turns that time is best cut. netperf takes whole seconds.
measure_slices()
{
	local slice=0.2

	[ "$(measure_tool)" != netperf ] || slice=1
	awk -v s="$1" -v slice=$slice 'BEGIN { print s < slice ? 1 : int(s / slice + 0.5) }'
}

# The data port is fixed, so that a service address can lead to it.
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
	measure_exec "$1" timeout $((seconds + 20)) netperf -P 0 -v 0 -p "$MEASURE_PORT" -H "$3" -t "$2" -l "$seconds" -- -P ",$data_port" |
		awk -v scale="$scale" '$1 + 0 > 0 && NF == 1 { print $1 * scale; found = 1 } END { exit !found }'
}

# measure_meta ROUNDS SECONDS VARIANT…: what the report says about how it came about.
measure_meta()
{
	jq -cn --arg tool "$(measure_tool)" --arg cpu "$MEASURE_CPU" --arg kernel "$(uname -r)" --argjson rounds "$1" \
		--argjson seconds "$2" '{kind: "meta", tool: $tool, cpu: $cpu, kernel: $kernel, rounds: $rounds, seconds: $seconds,
		  variants: $ARGS.positional}' --args "${@:3}"
}
