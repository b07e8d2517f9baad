# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# follow - a node whose agent takes Services from files of a directory; also many of them.
#
# Needs node.bash.

services_dir() { echo "$WORK/$1/objects"; }

# services_put NODE FILE: its content on stdin, by rename.
services_put()
{
	cat >"$(services_dir "$1")/.new"
	mv "$(services_dir "$1")/.new" "$(services_dir "$1")/$2"
}

# services_follow NODE [FILTER]: from now on; a jq filter changes the agent's configuration besides. What stands in the
# directory is in place when this returns.
services_follow()
{
	local file=$WORK/$1/agent.json config

	mkdir -p "$(services_dir "$1")"
	config=$(jq --arg path "$(services_dir "$1")" ".source = {kind: \"directory\", path: \$path} | ${2:-.}" "$file")
	echo "$config" >"$file"
	services_agent_end "$1"
	node_agent_start "$1"
}

# Nothing on a packet's path notices.
services_agent_end()
{
	local pid

	pid=$(node_agent_pid "$1")
	disown "$pid" 2>/dev/null || true
	process_end "$pid"
}

# services_status NODE FILTER: of byway status, by a jq filter; its exit status is about the node, not the answer.
services_status()
{
	{ node_byway "$1" status -o json || true; } | jq -r "$2"
}

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
