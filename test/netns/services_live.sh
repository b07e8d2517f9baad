#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# services_live - backends come and go, services change, the agent is killed: a thousand connections do not notice.
# time limit: 170
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/expect.bash
. test/support/services.bash
. test/support/service_world.bash

CONNECTIONS=1000
ROUNDS=2	# how often everything changes
declare -A WEB=([4]=10.96.0.1 [6]=fd96::1)
KILLED_S=0.3	# how long there is no agent

# web_is BACKEND…: in the maps when this returns
web_is()
{
	local active

	{
		service web "${WEB[@]}" "" "${MORE:-sessionAffinity: None}"
		slice web "$@"
	} | services_put node_1 web.yaml
	active=$(printf '%s\n' "$@" | grep -vc draining)
	wait_until 5 service_has node_1 web $((2 * active))
}

# client_start NAME FD VERB ADDRESS…: a line into FD, and FD + 1 has the answer
client_start()
{
	mkfifo "$WORK/$1-ask" "$WORK/$1-told"
	eval "exec $2<>'$WORK/$1-ask' $(($2 + 1))<>'$WORK/$1-told'"
	# shellcheck disable=SC2016 # the other shell expands it
	netns_spawn pod_client sh -c 'exec "$@" <"$0"' "$WORK/$1-ask" "$SUPPORT/live.py" "${@:3}" >"$WORK/$1-told"
	disown $!
	undo_push process_end $!
}

client_says() # FD
{
	local line

	echo >&"$1"
	read -r -t 20 line <&$(($1 + 1))
	echo "$line"
}

# What the clients say after each change; UDP goes to whom it must within its next datagrams.
expect_unbroken() # SENTENCE [PATTERN]
{
	local version

	for version in 4 6; do
		expect_ok "IPv$version: $1: no connection broke" grep "^broken=0 " <<<"$(client_says $((10 * version)))"
		[ -z "${2:-}" ] || expect_ok "IPv$version: $1: datagrams go to who is left" \
			wait_until 3 udp_goes_to $((10 * version + 2)) "$2"
		expect_ok "IPv$version: $1: no datagram was lost" grep "^lost=0 " <<<"$(client_says $((10 * version + 2)))"
	done
}

udp_goes_to() { client_says "$1" | grep "last=$2\$"; }

round()
{
	web_is pod_a pod_b pod_c
	expect_unbroken "a backend came"
	web_is pod_a "pod_b/$PEER/draining" pod_c
	expect_unbroken "one drains"
	web_is pod_c
	expect_unbroken "two are taken out of the service" pod_c
	agent_kill_and_start
	expect_unbroken "the agent was killed"
	MORE="sessionAffinity: ClientIP" web_is pod_b pod_c
	expect_unbroken "the service changed"
	web_is pod_a pod_b
	expect_unbroken "others serve" 'pod_[ab]'
	agent_kill_and_start
	expect_unbroken "the agent was killed again"
}

agent_kill_and_start()
{
	services_agent_end node_1
	sleep "$KILLED_S"
	node_agent_start node_1
}

live_test() # SOCKET_SERVICES
{
	local version i

	services_follow node_1 ".socketServices = \"$1\""
	web_is pod_a pod_b
	for version in 4 6; do
		client_start "tcp-$1-$version" $((10 * version)) tcp "${WEB[$version]}" "$WHO" $((CONNECTIONS / 2))
		client_start "udp-$1-$version" $((10 * version + 2)) udp "${WEB[$version]}" "$WHO"
	done
	expect_unbroken "$1: from the beginning"
	for ((i = 0; i < ROUNDS; i++)); do
		round
	done
	for version in 4 6; do
		expect_ok "IPv$version: $1: in the end all are there, at both" \
			grep -E "^broken=0 rounds=[1-9][0-9]* pod_a=[0-9]+ pod_b=[0-9]+\$" <<<"$(client_says $((10 * version)))"
	done
	exec 40>&- 41>&- 42>&- 43>&- 60>&- 61>&- 62>&- 63>&-
}

undo_at_exit
service_world_create node_1 '.socketServices = "off"'
pod_add node_1 pod_client
for pod in pod_a pod_b pod_c; do
	pod_add node_1 "$pod"
	pod_exec "$pod" "$SUPPORT/live.py" serve "$pod" "$PEER"
	pod_exec "$pod" "$SUPPORT/live.py" serve "$pod" $((PEER + 1))
done
live_test off
PEER=$((PEER + 1))	# backends that no connection of before has met
[ -z "$(cgroup_root)" ] || live_test all
expect_end
