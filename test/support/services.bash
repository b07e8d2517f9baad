# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# services - a node whose agent takes services from files.
#
# Needs node.bash.

services_dir() { echo "$WORK/$1/objects"; }

# services_put NODE FILE: its content on stdin, by rename as a careful writer would.
services_put()
{
	mkdir -p "$(services_dir "$1")"
	cat >"$(services_dir "$1")/.$2.new"
	mv "$(services_dir "$1")/.$2.new" "$(services_dir "$1")/$2"
}

# services_follow NODE [FILTER]: changes the agent's configuration by a jq filter, and starts it anew; all files are in
# the maps when this returns. An API server knows no underscores, so the node's name there has none.
services_follow()
{
	local file=$WORK/$1/agent.json config

	mkdir -p "$(services_dir "$1")"
	config=$(jq --arg path "$(services_dir "$1")" \
		".nodeName = \"${1//_/-}\" | .source = {kind: \"directory\", path: \$path} | ${2:-.}" "$file")
	echo "$config" >"$file"
	services_agent_end "$1"
	node_agent_start "$1"
	wait_until 60 services_are_complete "$1"
}

services_are_complete() { [ "$(services_status "$1" .source.complete)" = true ]; }

services_agent_end() # NODE
{
	local pid

	pid=$(node_agent_pid "$1")
	disown "$pid" 2>/dev/null || true
	kill -9 "$pid" 2>/dev/null || true
	wait_until 10 process_is_gone "$pid"
}

# services_status NODE FILTER: of what byway status tells. Its exit status is about the node, not about the answer.
services_status() { { node_byway "$1" status -o json || true; } | jq -r "$2"; }

# service_object NAME ADDRESS4 ADDRESS6 PORT TARGET_PORT NODE_PORT: a Service for both families, by TCP
service_object()
{
	cat <<-END
		---
		apiVersion: v1
		kind: Service
		metadata: {name: $1, namespace: default}
		spec:
		  type: NodePort
		  clusterIP: $2
		  clusterIPs: ["$2", "$3"]
		  ipFamilies: [IPv4, IPv6]
		  ports: [{name: main, port: $4, targetPort: $5, nodePort: $6, protocol: TCP}]
	END
}

# slice_object SERVICE TARGET_PORT 4|6 POD…: its EndpointSlice of that family
slice_object()
{
	local pod

	cat <<-END
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: $1-ipv$3, namespace: default, labels: {kubernetes.io/service-name: $1}}
		addressType: IPv$3
		ports: [{name: main, port: $2, protocol: TCP}]
		endpoints:
	END
	for pod in "${@:4}"; do
		echo "- {addresses: [\"$(pod_address "$pod" "$3")\"], nodeName: ${POD_NODE[$pod]}, conditions: {ready: true}}"
	done
}
