# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# latency - how long ADD and DEL take, one by one and 100 at once, beside Debian's reference plugins.
#
# Needs node.bash. Each plugin has a node of its own: "byway" with its agent, which confirms every ADD, "byway-standalone"
# without. The reference plugins get IPv4 alone, Byway both families.

LATENCY_SAMPLES_A_ROUND=10
LATENCY_BURST=100
REFERENCE_PLUGINS=/usr/lib/cni
declare -A LATENCY_PROGRAM=()	# plugin -> what is run; its node is latency-PLUGIN

# Prints the names of those that can be measured here.
latency_plugins()
{
	printf '%s\n' byway byway-standalone
	[ ! -x "$REFERENCE_PLUGINS/bridge" ] || printf '%s\n' bridge ptp
}

latency_create()
{
	local plugin=$1 node=latency-$1

	[ -z "${LATENCY_PROGRAM[$plugin]:-}" ] || return 0
	case $plugin in
	byway) node_create "$node" agent ;;
	byway-standalone) node_create "$node" standalone ;;
	*)
		node_create "$node" standalone
		latency_reference_conf "$plugin" >"$(node_conf "$node")"
		;;
	esac
	case $plugin in
	byway*) LATENCY_PROGRAM[$plugin]=$NODE_PLUGIN ;;
	*) LATENCY_PROGRAM[$plugin]=$REFERENCE_PLUGINS/$plugin ;;
	esac
}

latency_reference_conf()
{
	cat <<-END
		{"cniVersion": "1.0.0", "name": "$1", "type": "$1", "isGateway": true,
		 "ipam": {"type": "host-local", "dataDir": "$WORK/latency-$1/leases",
		          "ranges": [[{"subnet": "10.88.0.0/16"}]], "routes": [{"dst": "0.0.0.0/0"}]}}
	END
}

# latency_cni_timer PLUGIN VERB MODE [ARGUMENT…]: MODE "run" or "burst"; the environment of a runtime.
latency_cni_timer()
{
	netns_exec "latency-$1" env -i PATH="$PATH" CNI_COMMAND="$2" CNI_CONTAINERID="${NETNS_PREFIX}latency-pod" \
		CNI_NETNS="$(netns_path latency-pod)" CNI_IFNAME=eth0 CNI_PATH="$WORK/cni:$REFERENCE_PLUGINS" \
		"$BYWAY_BIN/byway-cni-timer" "${@:3}" --stdin "$(node_conf "latency-$1")" -- "${LATENCY_PROGRAM[$1]}"
}

# --- one by one ------------------------------------------------------------------------------

latency_cni()
{
	local round plugins

	mapfile -t plugins < <(latency_plugins)
	latency_prepare "${plugins[@]}"
	netns_create latency-pod
	netns_create latency-kernel
	latency_round 0 "${plugins[@]}" >/dev/null	# the first ADD of a node loads the programs
	for ((round = 1; round <= $1 * LATENCY_SAMPLES_A_ROUND; round++)); do
		[ $((round % LATENCY_SAMPLES_A_ROUND)) -ne 1 ] ||
			progress "ADD and DEL, sample $round of $(($1 * LATENCY_SAMPLES_A_ROUND))"
		sample "$(latency_round "$round" "${plugins[@]}")"
	done
}

latency_prepare()
{
	local plugin

	for plugin; do
		progress "making a node for $plugin"
		latency_create "$plugin"
	done
	[ -x "$REFERENCE_PLUGINS/bridge" ] || sample '{"kind": "meta", "notes": ["Not measured: bridge and ptp (package containernetworking-plugins)."]}'
}

# latency_round ROUND PLUGIN…: each plugin's ADD and DEL, and what cannot be avoided, next to each other in time.
latency_round()
{
	local plugin verb

	for plugin in "${@:2}"; do
		for verb in ADD DEL; do
			latency_cni_timer "$plugin" "$verb" run --stdout "$WORK/latency.out" |
				latency_sample "$1" "$plugin" "$verb"
		done
	done
	"$BYWAY_BIN/byway-cni-timer" run -- /bin/true | latency_sample "$1" caller RUN
	latency_kernel_delete | latency_sample "$1" kernel DEL
}

latency_sample()
{
	sed "s/^{/{\"kind\":\"cni\",\"round\":$1,\"plugin\":\"$2\",\"verb\":\"$3\",/"
}

# A pair as a plugin leaves it, one end in the pod, both up; deleted by one netlink message.
latency_kernel_delete()
{
	ip link add veth0 netns "${NETNS_PREFIX}latency-kernel" type veth peer name eth0 netns "${NETNS_PREFIX}latency-pod"
	netns_exec latency-kernel ip link set veth0 up
	netns_exec latency-pod ip link set eth0 up
	netns_exec latency-kernel "$BYWAY_BIN/byway-cni-timer" delete-link veth0
}

# --- 100 at once -----------------------------------------------------------------------------

latency_burst()
{
	local plugin verb plugins

	mapfile -t plugins < <(latency_plugins)
	latency_prepare "${plugins[@]}"
	progress "making $LATENCY_BURST pods' namespaces"
	for ((i = 0; i < LATENCY_BURST; i++)); do
		netns_create "burst-$i"
	done
	for plugin in "${plugins[@]}"; do
		progress "$LATENCY_BURST ADDs at once, then DELs: $plugin"
		for verb in ADD DEL; do
			latency_burst_run "$plugin" "$verb" >"$WORK/burst" || true	# what failed is counted in it
			sample "$(latency_sample_burst "$plugin" "$verb" <"$WORK/burst")"
		done
	done
}

latency_burst_run()
{
	latency_cni_timer "$1" "$2" burst --count "$LATENCY_BURST" --id "${NETNS_PREFIX}burst"
}

latency_sample_burst()
{
	sed "s/^{/{\"kind\":\"burst\",\"plugin\":\"$1\",\"verb\":\"$2\",/"
}
