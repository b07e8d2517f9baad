#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# connections_shown - byway connections tells of each connection once, with its translation, and finds those asked for.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/expect.bash

PORT=7
SERVICE=10.96.0.1

# One line a connection that the options choose: protocol, state, to whom, translated to whom, service.
connections()
{
	node_byway node_1 connections -o json "$@" | jq -r '[.connections[] | "\(.protocol) \(.state) \(.to.address):\(.to.port)" +
		(if .translated then " \(.translated.to.address):\(.translated.to.port) \(.service // "")" else "" end)] | sort | .[]'
}

count() { node_byway node_1 connections --count "$@"; }

connections_are() # WANTED [OPTION…]
{
	expect_same "$(connections "${@:2}")" "$1"
}

objects()
{
	cat <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: web, namespace: default}
		spec:
		  clusterIP: $SERVICE
		  clusterIPs: [$SERVICE]
		  ports: [{name: echo, port: 80, targetPort: $PORT, protocol: TCP}]
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
		addressType: IPv4
		ports: [{name: echo, port: $PORT, protocol: TCP}]
		endpoints: [{addresses: [$(pod_address pod_b 4)], nodeName: node-1, conditions: {ready: true}}]
	END
}

stream_start() # ADDRESS PORT
{
	netns_spawn pod_a "$SUPPORT/echo.py" stream "$1" "$2" >>"$WORK/streams" 2>&1
	disown $!
	undo_push process_end $!
}

agent_configure()
{
	local pid

	mkdir -p "$WORK/objects"
	jq --arg path "$WORK/objects" '.nodeName = "node-1" | .socketServices = "off" |
		.source = {kind: "directory", path: $path}' "$WORK/node_1/agent.json" >"$WORK/agent.json"
	mv "$WORK/agent.json" "$WORK/node_1/agent.json"
	pid=$(node_agent_pid node_1)
	disown "$pid" 2>/dev/null || true
	kill "$pid"
	wait_until 10 process_is_gone "$pid"
	node_agent_start node_1
}

service_is_there() { node_byway node_1 services web >/dev/null; }

undo_at_exit
node_create node_1 agent
agent_configure
pod_add node_1 pod_a
pod_add node_1 pod_b
pod_exec pod_b "$SUPPORT/echo.py" serve "$PORT"
objects >"$WORK/objects/web.yaml"
wait_until 10 service_is_there
backend=$(pod_address pod_b 4)
through="TCP established $SERVICE:80 $backend:$PORT default/web"
straight="TCP established $backend:$PORT"

stream_start "$SERVICE" 80
expect_ok "a connection through a service is one, with its backend" wait_until 5 connections_are "$through"
stream_start "$backend" "$PORT"
expect_ok "one without is there beside it" wait_until 5 connections_are "$straight"$'\n'"$through"
pod_exec pod_a ping -q -c 1 -W 2 "$backend" >/dev/null

expect_equal "by service" "$(connections --service web)" "$through"
expect_equal "by the service's whole name" "$(connections --service default/web)" "$through"
expect_equal "by the service's address" "$(connections --service "$SERVICE:80")" "$through"
expect_equal "by a port that it does not have" "$(connections --service "$SERVICE:81")" ""
expect_equal "by protocol" "$(count --protocol icmp)" 1
expect_equal "by state" "$(count --state established)" 2
expect_equal "by pod" "$(count --pod "${NETNS_PREFIX}pod_b")" 3
expect_equal "by address" "$(count --pod "$backend")" 3
expect_equal "by an address of nobody" "$(count --pod 192.0.2.77)" 0
expect_equal "all must hold" "$(count --protocol tcp --state question)" 0
expect_equal "at most so many" "$(node_byway node_1 connections --limit 1 -o json | jq '(.connections | length), .count' |
	tr '\n' ' ')" "1 3 "
expect_equal "by whom they speak to" "$(node_byway node_1 connections --sort target --protocol tcp -o json |
	jq -r '[.connections[].to.port] | map(tostring) | join(" ")')" "$PORT 80"

expect_status 2 "a pod that is not there is an error" count --pod nobody
expect_status 2 "and a service" count --service nobody
expect_status 2 "and a state that is none" count --state open
expect_status 2 "and an order that is none" count --sort size
expect_status 2 "and another verb's option" node_byway node_1 status --state open
expect_ok "people get a table" grep -q "^TCP *established .*$SERVICE:80 .*$backend:$PORT .*default/web" \
	<(COLUMNS=300 node_byway node_1 connections)

kill -9 "$(node_agent_pid node_1)"
wait_until 10 process_is_gone "$(node_agent_pid node_1)"
expect_equal "without an agent the service has its number" "$(connections --service "$SERVICE" | awk '{ print $5 }')" "#1"
expect_end
