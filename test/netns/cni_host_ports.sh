#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_host_ports - a host port is served from the end of ADD to DEL, belongs to one pod, and survives the agent.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/attach.bash

# The frontends of host ports, as the maps have them: address:port/protocol > backend's port, in one line.
host_ports()
{
	node_byway "$NODE" services -o json | jq -r '[.services[] | select(.hostPort) | .frontends[] |
		"\(.address):\(.port)/\(.protocol)=\(.inside.usable)"] | sort | join(" ")'
}

ports_are()
{
	[ "$(host_ports)" = "$1" ] || fail "host ports: $(host_ports), not $1"
}

ports_without_tcp() { [[ $(host_ports) != *:8080/TCP* ]]; }

no_ports_left() { [ -z "$(host_ports)" ]; }

# Of the host port that has this frontend, with all its others.
backends_of() # ADDRESS:PORT
{
	node_byway "$NODE" services "$1" -o json | jq -r '[.services[].backends[] | "\(.address):\(.port)"] | unique | join(" ")'
}

mapping() { conf ".runtimeConfig.portMappings = [$1]"; }

agent_again()
{
	local pid

	pid=$(node_agent_pid "$NODE")
	disown "$pid" 2>/dev/null || true
	kill -9 "$pid"
	wait_until 10 process_is_gone "$pid"
	node_agent_start "$NODE"
}

cni_begin "" agent
pods pod_a pod_b
kept

claim "a host port is in the maps when ADD is done"
must ADD pod_a < <(mapping '{hostPort: 8080, containerPort: 80, protocol: "tcp"}')
ports_are "0.0.0.0:8080/TCP=1 :::8080/TCP=1"
[ "$(backends_of 0.0.0.0:8080)" = "$(address 4):80 $(address 6):80" ] ||
	fail "its backends are $(backends_of 0.0.0.0:8080)"

claim "it belongs to one pod"
state_keep "$NODE" "${PODS[@]}"
refused 105 "host port 8080/tcp" ADD pod_b < <(mapping '{hostPort: 8080, containerPort: 80, protocol: "tcp"}')
refused 105 "host port 8080/tcp" ADD pod_b < <(mapping '{hostPort: 8080, containerPort: 80, hostIP: "192.0.2.1"}')
nothing_left
ports_are "0.0.0.0:8080/TCP=1 :::8080/TCP=1"

claim "another protocol, and an address of its own"
must ADD pod_b < <(mapping '{hostPort: 8080, containerPort: 53, protocol: "UDP"},
	{hostPort: 8081, containerPort: 80, hostIP: "192.0.2.1"}')
ports_are "0.0.0.0:8080/TCP=1 0.0.0.0:8080/UDP=1 192.0.2.1:8081/TCP=1 :::8080/TCP=1 :::8080/UDP=1"

claim "a restarted agent writes nothing"
agent_again
ports_are "0.0.0.0:8080/TCP=1 0.0.0.0:8080/UDP=1 192.0.2.1:8081/TCP=1 :::8080/TCP=1 :::8080/UDP=1"
[ "$(node_byway "$NODE" status -o json | jq .sync.writes)" = 0 ] || fail "it wrote"

claim "the port goes with the pod"
must DEL pod_a < <(mapping '{hostPort: 8080, containerPort: 80, protocol: "tcp"}')
wait_until 5 ports_without_tcp || true
ports_are "0.0.0.0:8080/UDP=1 192.0.2.1:8081/TCP=1 :::8080/UDP=1"
must DEL pod_b < <(conf)
wait_until 5 no_ports_left
kept

claim "a pod that went while no agent ran"
must ADD pod_a < <(mapping '{hostPort: 8080, containerPort: 80}')
kill -9 "$(node_agent_pid "$NODE")"
wait_until 10 process_is_gone "$(node_agent_pid "$NODE")"
must DEL pod_a < <(conf)
node_agent_start "$NODE"
ports_are ""
