#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# services_directory - objects in files become services in the maps, and stay there as the files say, whatever happens.
# time limit: 300
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash

HEALTH=10256

objects_dir() { echo "$WORK/objects"; }

# put FILE: its content on stdin, by rename as a careful writer would.
put()
{
	cat >"$(objects_dir)/.$1.new"
	mv "$(objects_dir)/.$1.new" "$(objects_dir)/$1"
}

service() # NAME CLUSTER_IP [MORE]
{
	cat <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: $1, namespace: default}
		spec:
		  clusterIP: $2
		  clusterIPs: ["$2"]
		  ports: [{name: http, port: 80, targetPort: 8080, protocol: TCP}]
		  ${3:-}
	END
}

slice() # SERVICE ADDRESS[/CONDITION]…
{
	local endpoint

	cat <<-END
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: $1-1, namespace: default, labels: {kubernetes.io/service-name: $1}}
		addressType: IPv4
		ports: [{name: http, port: 8080, protocol: TCP}]
		endpoints:
	END
	for endpoint in "${@:2}"; do
		echo "- {addresses: [${endpoint%/*}], nodeName: node-1, conditions: $(conditions "$endpoint")}"
	done
}

conditions()
{
	case $1 in
	*/unready) echo '{ready: false, serving: false, terminating: false}' ;;
	*/draining) echo '{ready: false, serving: true, terminating: true}' ;;
	*) echo '{ready: true}' ;;
	esac
}

# --- what byway tells ------------------------------------------------------------------------

# Its exit status is about the node, not about the answer.
node_json() { node_byway node_1 "$@" -o json || true; }

# ADDRESS:PORT=STATE of each backend of a service, in one line
backends()
{
	node_json services "$1" | jq -r '[.services[].backends[] | "\(.address):\(.port)=\(.state)"] | sort | unique | join(" ")'
}

frontends()
{
	node_json services "$1" | jq -r '[.services[].frontends[] | "\(.type) \(.address):\(.port)"] | sort | join(", ")'
}

slot_of() # SERVICE ADDRESS
{
	node_json services "$1" | jq -r --arg address "$2" '.services[].backends[] | select(.address == $address) | .slot'
}

use_of() # SERVICE ADDRESS
{
	node_json services "$1" | jq -r --arg address "$2" '.services[].explained[] | select(.address == $address) | .inside.use'
}

status_of() { node_json status | jq -r "$1"; }

backends_are() { expect_same "$(backends "$1")" "$2"; }

expect_backends() # SENTENCE SERVICE BACKENDS
{
	expect_ok "$1" wait_until 5 backends_are "$2" "$3"
}

status_is() { expect_same "$(status_of "$1")" "$2"; }

expect_status() # SENTENCE FILTER VALUE
{
	expect_ok "$1" wait_until 5 status_is "$2" "$3"
}

map_bytes() # MAP: all of it, in an order that does not depend on the hash
{
	bpftool -j map dump pinned "$(node_bpf_dir node_1)/maps/$1_v1" | jq -cS 'map({key, value}) | sort'
}

maps_bytes()
{
	local map

	for map in services backends maglev source_ranges; do
		map_bytes "$map"
	done
}

agent_restart() # SIGNAL
{
	local pid

	pid=$(node_agent_pid node_1)
	disown "$pid" 2>/dev/null || true
	kill "-$1" "$pid"
	wait_until 10 process_is_gone "$pid"
	node_agent_start node_1
}

agent_configure() # FILTER [ARGUMENT…]
{
	jq "${@:2}" "$1" "$WORK/node_1/agent.json" >"$WORK/agent.json"
	mv "$WORK/agent.json" "$WORK/node_1/agent.json"
}

# --- the claims ------------------------------------------------------------------------------

change_test()
{
	local slot

	{ service web 10.96.0.1; slice web 10.9.7.1 10.9.7.2 10.9.7.3; } | put web.yaml
	expect_backends "a service with three backends" web "10.9.7.1:8080=active 10.9.7.2:8080=active 10.9.7.3:8080=active"
	expect_equal "its frontend is its cluster IP" "$(frontends web)" "ClusterIP 10.96.0.1:80"
	slot=$(slot_of web 10.9.7.3)
	{ service web 10.96.0.1; slice web 10.9.7.1 10.9.7.3 10.9.7.4; } | put web.yaml
	expect_backends "one goes and one comes" web "10.9.7.1:8080=active 10.9.7.3:8080=active 10.9.7.4:8080=active"
	expect_equal "and no other moves" "$(slot_of web 10.9.7.3)" "$slot"
	{ service web 10.96.0.1; slice web 10.9.7.1 10.9.7.3/draining 10.9.7.4/unready; } | put web.yaml
	expect_backends "one drains, one is not ready" web "10.9.7.1:8080=active 10.9.7.3:8080=draining"
	expect_equal "byway says why one is not used" "$(use_of web 10.9.7.4)" not-ready
	expect_equal "and that another drains" "$(use_of web 10.9.7.3)" draining

	service web 10.96.0.1 'type: NodePort' | sed 's/protocol: TCP}/protocol: TCP, nodePort: 30080}/' |
		{ cat; slice web 10.9.7.1; } | put web.yaml
	expect_ok "it gets a node port" wait_until 5 frontends_are web "ClusterIP 10.96.0.1:80, NodePort 0.0.0.0:30080"
	service api 10.96.0.2 | put api.yaml
	expect_ok "another service, without endpoints" wait_until 5 frontends_are api "ClusterIP 10.96.0.2:80"
	expect_equal "rejects" "$(node_json services api | jq -r '.services[0].frontends[0].inside.otherwise')" reject
	rm "$(objects_dir)/api.yaml"
	expect_ok "and goes with its file" wait_until 5 service_is_gone api
}

frontends_are() { expect_same "$(frontends "$1")" "$2"; }

service_is_gone() { ! node_byway node_1 services "$1" >/dev/null; }

broken_test()
{
	local error

	{ service web 10.96.0.1; slice web 10.9.7.1; } | put web.yaml
	expect_backends "before the file breaks" web "10.9.7.1:8080=active"
	printf 'apiVersion: v1\nkind: Service\nmetadata: {name: [\n' | put web.yaml
	expect_status "a broken file is told of" .source.errorCount 1
	error=$(status_of '.source.errors[0] | "\(.file) \(.line > 0) \(.reason | length > 0)"')
	expect_equal "with its name, line and reason" "$error" "web.yaml true true"
	expect_equal "its objects stay" "$(backends web)" "10.9.7.1:8080=active"
	expect_exit_of 1 "byway status says that something is wrong" node_byway node_1 status
	{ service web 10.96.0.1; slice web 10.9.7.1 10.9.7.2; } | put web.yaml
	expect_backends "it is repaired" web "10.9.7.1:8080=active 10.9.7.2:8080=active"
	expect_status "and nothing is wrong any more" .source.errorCount 0
}

# expect.bash's own expect_status is about exit statuses; here that name is byway's.
expect_exit_of() { expect_ok "$2" expect_exit "$1" "${@:3}"; }

restart_test() # SIGNAL
{
	local before

	before=$(maps_bytes)
	agent_restart "$1"
	expect_status "after a restart by $1 everything is known" .source.complete true
	expect_equal "and nothing was written" "$(status_of .sync.writes)" 0
	expect_equal "the maps are as they were" "$(maps_bytes)" "$before"
}

down_test()
{
	local pid

	pid=$(node_agent_pid node_1)
	disown "$pid" 2>/dev/null || true
	kill -9 "$pid"
	wait_until 10 process_is_gone "$pid"
	expect_equal "without the agent the maps are shown" "$(node_json services 10.96.0.1:80 |
		jq -r '"\(.agent) \(.services[0].backends | length)"')" "false 2"
	{ service web 10.96.0.1; slice web 10.9.7.2 10.9.7.5; } | put web.yaml
	service late 10.96.0.3 | put late.yaml
	node_agent_start node_1
	expect_backends "what changed meanwhile is put right" web "10.9.7.2:8080=active 10.9.7.5:8080=active"
	expect_ok "and what came is there" wait_until 5 frontends_are late "ClusterIP 10.96.0.3:80"
	rm "$(objects_dir)/late.yaml"
}

entries() { map_bytes "$1" | jq length; }

entries_are() { expect_same "$(entries "$1")" "$2"; }

# An agent looks once a minute; a restart looks at once, and both go the same way.
foreign_test()
{
	local pin key

	pin=$(node_bpf_dir node_1)/maps/backends_v1
	key=$(bpftool -j map dump pinned "$pin" | jq -r '.[0].key | join(" ")')
	# shellcheck disable=SC2086 # one argument a byte
	bpftool map delete pinned "$pin" key hex ${key//0x/}
	expect_ok "somebody took a backend away" entries_are backends 1
	expect_ok "it is put back within a minute" wait_until 75 entries_are backends 2
	expect_status "which is counted" '.sync.healed > 0' true
	expect_ok "and logged" grep -q "changed by somebody else" "$WORK/node_1/agent.log"
}

health_get() { netns_exec node_1 curl -s -o /dev/null -w '%{http_code}' --max-time 2 "http://$1"; }

health_is() { expect_same "$(health_get "$1")" "$2"; }

health_test()
{
	expect_equal "/healthz is well" "$(health_get "127.0.0.1:$HEALTH/healthz")" 200
	expect_equal "/livez too" "$(health_get "127.0.0.1:$HEALTH/livez")" 200
	expect_equal "nothing else is there" "$(health_get "127.0.0.1:$HEALTH/metrics")" 404
	put node.yaml <<-END
		apiVersion: v1
		kind: Node
		metadata: {name: node-1, deletionTimestamp: "2026-01-01T00:00:00Z"}
	END
	expect_ok "a node that is about to go says so" wait_until 5 health_is "127.0.0.1:$HEALTH/healthz" 503
	expect_equal "and lives" "$(health_get "127.0.0.1:$HEALTH/livez")" 200
	rm "$(objects_dir)/node.yaml"
	expect_ok "it stays after all" wait_until 5 health_is "127.0.0.1:$HEALTH/healthz" 200
}

service_health_test()
{
	local answer

	{
		service lb 10.96.0.9 'type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31999' |
			sed 's/^  type: \(.*\), ext\(.*\), health\(.*\)/  type: \1\n  ext\2\n  health\3/'
		slice lb 10.9.7.1 10.9.7.2/unready
	} | put lb.yaml
	expect_ok "a service's health-check port answers" wait_until 5 health_is "127.0.0.1:31999/" 200
	answer=$(netns_exec node_1 curl -si "http://127.0.0.1:31999/" | tr -d '\r')
	expect_ok "with the weight" grep -q '^X-Load-Balancing-Endpoint-Weight: 1$' <<<"$answer"
	expect_equal "and who it is" "$(tail -n 1 <<<"$answer" | jq -c .)" \
		'{"service":{"namespace":"default","name":"lb"},"localEndpoints":1,"serviceProxyHealthy":true}'
	expect_equal "over IPv6 too" "$(health_get "[::1]:31999/")" 200
	sed -i 's/ready: true/ready: false/' "$(objects_dir)/lb.yaml"
	expect_ok "with no ready backend here it is 503" wait_until 5 health_is "127.0.0.1:31999/" 503
	rm "$(objects_dir)/lb.yaml"
	expect_ok "the port goes with the service" wait_until 5 health_is "127.0.0.1:31999/" 000
}

# More than there may be: the oldest give way, and who asks is answered.
crowd_test()
{
	# shellcheck disable=SC2016 # the inner shell's
	netns_exec node_1 bash -c '
		for ((i = 0; i < 200; i++)); do exec {fd}<>"/dev/tcp/127.0.0.1/$0" || exit 1; done
		curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$0/healthz"
	' "$HEALTH" 2>/dev/null
}

addresses_test()
{
	netns_exec node_1 ip addr add 198.51.100.7/32 dev lo
	expect_ok "a new address of the node is known" wait_until 5 address_is_known 198.51.100.7
	netns_exec node_1 ip addr del 198.51.100.7/32 dev lo
	expect_ok "and forgotten" wait_until 5 address_is_unknown 198.51.100.7
	agent_configure '.nodePortAddresses = ["192.0.2.0/24"]'
	agent_restart TERM
	expect_equal "only what is selected serves node ports" \
		"$(map_bytes node_addresses | jq -c '[.[].value[0]] | sort')" '["0x00","0x01","0x02","0x02"]'
}

address_hex() # IPV4
{
	local byte

	IFS=. read -ra byte <<<"$1"
	printf '0x%02x","0x%02x","0x%02x","0x%02x' "${byte[@]}"
}

address_is_known() { map_bytes node_addresses | grep -qF "$(address_hex "$1")"; }

address_is_unknown() { ! address_is_known "$1"; }

sizes_test()
{
	local before

	before=$(maps_bytes)
	agent_configure '.maps.services = 1000 | .maps.backends = 2000 | .maps.conntrack = 3000 | .maps.affinity = 4000'
	agent_restart TERM
	expect_equal "maps of other sizes" "$(status_of '[.maps[] | select(.name == "services" or .name == "backends" or
		.name == "conntrack" or .name == "affinity") | .capacity] | sort | join(" ")')" "1000 2000 3000 4000"
	expect_equal "hold what was in them" "$(maps_bytes)" "$before"
	expect_status "so that nothing is written" .source.complete true
	expect_equal "nothing" "$(status_of .sync.writes)" 0
}

full_test()
{
	local i

	agent_configure '.maps.services = 3'
	agent_restart TERM
	for i in 1 2 3 4 5; do
		service "full-$i" "10.96.1.$i"
		echo ---
	done | put full.yaml
	expect_status "what finds no room is told of" '.sync.waiting > 0' true
	expect_ok "with the key that makes room" grep -q "maps.services" <<<"$(status_of .sync.lastError)"
	rm "$(objects_dir)/full.yaml"
	expect_status "and nothing waits when there is room again" .sync.waiting 0
	expect_equal "web was served all the time" "$(frontends web)" "ClusterIP 10.96.0.1:80"
}

undo_at_exit
node_create node_1 agent
mkdir "$(objects_dir)"
agent_configure '.nodeName = "node-1" | .source = {kind: "directory", path: $path}' --arg path "$(objects_dir)"
agent_restart TERM
change_test
broken_test
restart_test TERM
restart_test KILL
down_test
health_test
service_health_test
expect_ok "a crowd at the health port keeps nobody from being answered" crowd_test
addresses_test
sizes_test
full_test
foreign_test
expect_end
