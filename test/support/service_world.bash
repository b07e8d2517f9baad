# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# service_world - a node with services and an uplink to an outside namespace; who answers, and who is seen.
#
#	. test/support/node.bash
#	. test/support/services.bash
#	. test/support/service_world.bash
#	undo_at_exit
#	service_world_create node_1 '.socketServices = "off"'
#	{ service web 10.96.0.1 fd96::1; slice web pod_a/8080 pod_b/9090; } | services_put node_1 web.yaml
#
# Ports of a service: 80, which is for who.py, and 7, which is for echo.py; each for TCP and UDP.

WHO=80 ECHO=7
PEER=8080		# where who.py listens, unless a slice says otherwise
REMOTE_WHO=8081		# and where it does for the backends that are outside
declare -A NODE=([4]=198.18.0.1 [6]=fd18::1)		# the node's uplink
declare -A OUTSIDE=([4]=198.18.0.2 [6]=fd18::2)		# a client from elsewhere
declare -A REMOTE=([4]=198.18.0.3 [6]=fd18::3)		# backends of other nodes
declare -A ROUTED=([4]=10.96.0.0/16 [6]=fd96::/96)	# service addresses, which outside sends to the node

# --- the node --------------------------------------------------------------------------------

# service_world_create NODE [FILTER]: "outside" is the namespace at the other end of its eth0
service_world_create()
{
	netns_create outside
	node_create "$1" agent
	uplink_create "$1"
	services_follow "$1" ".mtu = 1500 | ${2:-.}"
}

uplink_create() # NODE
{
	local version

	ip link add eth0 netns "$NETNS_PREFIX$1" type veth peer name eth0 netns "${NETNS_PREFIX}outside"
	netns_exec "$1" ip link set eth0 up
	netns_exec outside ip link set eth0 up
	for version in 4 6; do
		uplink_address "$1" "${NODE[$version]}" "$version"
		uplink_address outside "${OUTSIDE[$version]}" "$version"
		netns_exec "$1" ip "-$version" route add default via "${OUTSIDE[$version]}"
		netns_exec outside ip "-$version" route add "${ROUTED[$version]}" via "${NODE[$version]}"
	done
	netns_exec outside ip addr add "${REMOTE[4]}/32" dev eth0
	netns_exec outside ip addr add "${REMOTE[6]}/128" dev eth0 nodad preferred_lft 0	# no client's
}

# No duplicate address detection, which takes a second.
uplink_address() # NETNS ADDRESS 4|6
{
	case $3 in
	4) netns_exec "$1" ip addr add "$2/24" dev eth0 ;;
	6) netns_exec "$1" ip addr add "$2/64" dev eth0 nodad ;;
	esac
}

# A pod in which who.py and echo.py listen.
pod_serve() # NODE POD [PORT]
{
	pod_add "$1" "$2"
	pod_exec "$2" "$SUPPORT/who.py" serve "$2" "${3:-$PEER}"
	pod_exec "$2" "$SUPPORT/echo.py" serve "$ECHO"
}

# --- objects ---------------------------------------------------------------------------------

# service NAME ADDRESS4 ADDRESS6 [NODE_PORT [KEY_AND_VALUE…]]: with node ports NODE_PORT and the next, unless empty
service()
{
	local protocol more

	cat <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: $1, namespace: default}
		spec:
		  clusterIP: $2
		  clusterIPs: ["$2", "$3"]
		  ipFamilies: [IPv4, IPv6]
		  type: $([ -n "${4:-}" ] && echo NodePort || echo ClusterIP)
		  ports:
	END
	for protocol in TCP UDP; do
		echo "  - {name: who-$protocol, port: $WHO, targetPort: named, protocol: $protocol${4:+, nodePort: $4}}"
		echo "  - {name: echo-$protocol, port: $ECHO, protocol: $protocol${4:+, nodePort: $(($4 + 1))}}"
	done
	for more in "${@:5}"; do
		echo "  $more"
	done
}

# slice SERVICE BACKEND…: slices of both families. A backend is POD[/PORT[/CONDITION]] or "remote"; PORT is who.py's.
slice()
{
	local version backend

	for version in 4 6; do
		for backend in "${@:2}"; do
			slice_of "$1" "$version" "$backend"
		done
	done
}

# One endpoint each, so that each may have its own port by the same name.
slice_of() # SERVICE VERSION BACKEND
{
	local name port condition

	IFS=/ read -r name port condition <<<"$3"
	cat <<-END
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: $1-$2-${name//_/-}, namespace: default, labels: {kubernetes.io/service-name: $1}}
		addressType: IPv$2
		ports:
		- {name: who-TCP, port: $(backend_port "$name" "$port"), protocol: TCP}
		- {name: who-UDP, port: $(backend_port "$name" "$port"), protocol: UDP}
		- {name: echo-TCP, port: $ECHO, protocol: TCP}
		- {name: echo-UDP, port: $ECHO, protocol: UDP}
		endpoints:
		- addresses: ["$(backend_address "$name" "$2")"]
		  nodeName: $([ "$name" = remote ] && echo node-2 || echo node-1)
		  conditions: $(conditions "$condition")
	END
}

backend_address() # BACKEND VERSION
{
	if [ "$1" = remote ]; then echo "${REMOTE[$2]}"; else pod_address "$1" "$2"; fi
}

backend_port() # BACKEND PORT
{
	if [ "$1" = remote ]; then echo "$REMOTE_WHO"; else echo "${2:-$PEER}"; fi
}

conditions()
{
	case $1 in
	draining) echo '{ready: false, serving: true, terminating: true}' ;;
	*) echo '{ready: true}' ;;
	esac
}

# What byway shows of a service: "ADDRESS=STATE …", each backend once.
service_backends() # NODE NAME
{
	node_byway "$1" services "$2" -o json |
		jq -r '[.services[].backends[] | "\(.address)=\(.state)"] | sort | unique | join(" ")'
}

service_has() # NODE NAME COUNT: so many backends that take new connections, over both families
{
	[ "$(service_backends "$1" "$2" 2>/dev/null | tr ' ' '\n' | grep -c '=active$')" -eq "$3" ]
}

# --- who answers -----------------------------------------------------------------------------

# who FROM KIND ADDRESS PORT: "NAME CLIENT PEER", or the name of an error
who() { netns_exec "$1" "$SUPPORT/who.py" "${@:2}" || true; }

answers_with() # FROM KIND ADDRESS PORT LINE
{
	expect_same "$(who "${@:1:4}")" "$5"
}

# client_seen FROM KIND ADDRESS PORT: the client's address, as a backend sees it
client_seen() { who "$@" | cut -d ' ' -f 2; }

# names_met FROM KIND ADDRESS PORT COUNT: who answers so many times, each name once
names_met()
{
	local i

	for ((i = 0; i < $5; i++)); do
		who "${@:1:4}"
	done | cut -d ' ' -f 1 | sort -u | paste -sd ' '
}
