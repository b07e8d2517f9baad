#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# service_sockets - processes of pods and of the node reach services by their sockets, and see the services' addresses.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash

PORT=80 BACKEND_PORT=8080 NODE_PORT=30080
VIP4=10.96.0.1 VIP6=fd96::1	# of web
EMPTY4=10.96.0.2 EMPTY6=fd96::2	# of empty, which nobody serves
BACKENDS=(pod_a pod_b)
HOOKS=8

if [ -z "$(cgroup_root)" ]; then
	echo "no cgroup2 is mounted"
	exit 77
fi

objects_dir() { echo "$WORK/objects"; }

put() # FILE
{
	cat >"$(objects_dir)/.$1.new"
	mv "$(objects_dir)/.$1.new" "$(objects_dir)/$1"
}

service() # NAME ADDRESS4 ADDRESS6 [NODE_PORT]
{
	cat <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: $1, namespace: default}
		spec:
		  type: ${4:+NodePort}
		  clusterIP: $2
		  clusterIPs: ["$2", "$3"]
		  ipFamilies: [IPv4, IPv6]
		  ports:
		  - {name: tcp, port: $PORT, targetPort: $BACKEND_PORT, protocol: TCP${4:+, nodePort: $4}}
		  - {name: udp, port: $PORT, targetPort: $BACKEND_PORT, protocol: UDP${4:+, nodePort: $4}}
	END
}

slice() # NAME VERSION POD…
{
	local pod

	cat <<-END
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: $1-$2, namespace: default, labels: {kubernetes.io/service-name: $1}}
		addressType: IPv$2
		ports:
		- {name: tcp, port: $BACKEND_PORT, protocol: TCP}
		- {name: udp, port: $BACKEND_PORT, protocol: UDP}
		endpoints: $([ $# -gt 2 ] || echo '[]')
	END
	for pod in "${@:3}"; do
		echo "- {addresses: [\"$(pod_address "$pod" "$2")\"], nodeName: node-1, conditions: {ready: true}}"
	done
}

# The pods that serve web from now on; in the maps when this returns.
web_is() # POD…
{
	{
		service web "$VIP4" "$VIP6" "$NODE_PORT" | sed '/type: $/d'
		slice web 4 "$@"
		slice web 6 "$@"
	} | put web.yaml
	wait_until 5 web_has $#
}

web_has() # COUNT
{
	[ "$(bpftool -j map dump pinned "$(node_bpf_dir node_1)/maps/backends_v1" | jq length)" -eq $((4 * $1)) ]
}

agent_configure() # FILTER [ARGUMENT…]
{
	jq "${@:2}" "$1" "$WORK/node_1/agent.json" >"$WORK/agent.json"
	mv "$WORK/agent.json" "$WORK/node_1/agent.json"
}

agent_kill()
{
	local pid

	pid=$(node_agent_pid node_1)
	disown "$pid" 2>/dev/null || true
	kill -9 "$pid"
	wait_until 10 process_is_gone "$pid"
}

agent_restart()
{
	agent_kill
	node_agent_start node_1
}

who() { netns_exec "$1" "$SUPPORT/who.py" "${@:2}"; }

# --- what is reached, and what is seen -------------------------------------------------------

# reaches FROM KIND ADDRESS CLIENT [PORT]: any of the backends answers; it saw CLIENT, and the client saw the service
reaches()
{
	local port=${5:-$PORT} answer

	answer=$(who "$1" "$2" "$3" "$port") || { echo "$answer" && return 1; }
	grep -qE "^($(IFS='|' && echo "${BACKENDS[*]}")) " <<<"$answer" || { echo "$answer" && return 1; }
	[ -z "$4" ] || expect_same "${answer#* }" "$4 $3:$port"
}

expect_reaches() # FROM ADDRESS CLIENT [PORT]
{
	local kind

	for kind in tcp udp connected; do
		expect_ok "$1 -> $2:${4:-$PORT} by $kind" reaches "$1" "$kind" "$2" "$3" "${4:-}"
	done
}

answers_with() # FROM KIND ADDRESS PORT LINE
{
	expect_same "$(who "${@:1:4}" || true)" "$5"
}

reach_test()
{
	local version address

	for version in 4 6; do
		address=VIP$version
		expect_reaches pod_client "${!address}" "$(pod_address pod_client "$version")"
		expect_reaches node_1 "${!address}" "$(node_address node_1 "$version")"
		expect_reaches pod_client "$(node_address node_1 "$version")" \
			"$(pod_address pod_client "$version")" "$NODE_PORT"
		expect_reaches node_1 "$(node_address node_1 "$version")" \
			"$(node_address node_1 "$version")" "$NODE_PORT"
	done
	expect_reaches node_1 127.0.0.1 "$(node_address node_1 4)" "$NODE_PORT"
	expect_reaches node_1 ::1 "$(node_address node_1 6)" "$NODE_PORT"
	expect_ok "a pod's loopback address is its own" answers_with pod_client tcp 127.0.0.1 "$NODE_PORT" ECONNREFUSED
	expect_ok "a pod reaches itself through the service" reaches_itself
}

# Both of them are met in so many tries, but for one run in 2^19.
reaches_itself()
{
	local i answer

	for ((i = 0; i < 20; i++)); do
		answer=$(who pod_a tcp "$VIP4" "$PORT") || return 1
		[[ $answer != "pod_a "* ]] || return 0
	done
	return 1
}

empty_test()
{
	local from kind address

	{ service empty "$EMPTY4" "$EMPTY6" | sed '/type: $/d'; } | put empty.yaml
	expect_ok "a service that nobody serves is known" wait_until 5 answers_with pod_client tcp "$EMPTY4" "$PORT" ECONNREFUSED
	for from in pod_client node_1; do
		for kind in tcp udp connected; do
			for address in "$EMPTY4" "$EMPTY6"; do
				expect_ok "$from -> $address by $kind is refused" \
					answers_with "$from" "$kind" "$address" "$PORT" ECONNREFUSED
			done
		done
	done
}

# What a pod with a cgroup namespace of its own does is below the node's cgroup all the same.
cgroup_namespace_test()
{
	local cgroup

	cgroup=$(node_cgroup node_1)/pod
	undo_push rmdir "$cgroup"
	mkdir "$cgroup"
	# shellcheck disable=SC2016 # the other shell expands it
	expect_ok "a process in a cgroup namespace of its own" netns_exec pod_client sh -c \
		'echo 0 >"$0/cgroup.procs" && exec unshare --cgroup "$@"' "$cgroup" "$SUPPORT/who.py" udp "$VIP4" "$PORT"
}

# --- change ----------------------------------------------------------------------------------

# asker_start FROM KIND ADDRESS [PORT]: one socket for many questions
asker_start()
{
	mkfifo "$WORK/ask" "$WORK/told"
	exec 8<>"$WORK/ask" 9<>"$WORK/told"	# for both, so that no end waits for the other
	who "$1" ask "$2" "$3" "${4:-$PORT}" <&8 >&9 &
	asker=$!
}

ask()
{
	local line

	echo >&8
	read -r -t 10 line <&9
	echo "${line%% *}"
}

asker_end()
{
	echo end >&8
	wait "$asker" || true
	exec 8>&- 9>&-
	rm "$WORK/ask" "$WORK/told"
}

other_than() { [ "$1" = pod_a ] && echo pod_b || echo pod_a; }

is_backend() { [[ " ${BACKENDS[*]} " == *" $1 "* ]]; }

answer_is() { expect_same "$(ask)" "$1"; }

unconnected_test() # FROM ADDRESS
{
	local first i

	web_is pod_a pod_b
	asker_start "$1" udp "$2"
	first=$(ask)
	expect_ok "$1 -> $2 is answered by a backend" is_backend "$first"
	for i in 1 2 3 4 5; do
		expect_ok "$1 -> $2: datagram $i of one socket goes to the same" answer_is "$first"
	done
	web_is "$(other_than "$first")"
	expect_ok "$1 -> $2: the next datagram goes to the one that is left" answer_is "$(other_than "$first")"
	asker_end
}

# The first question after the change may fail, once, and then the socket is another.
connected_test() # FROM ADDRESS
{
	local first

	web_is pod_a pod_b
	asker_start "$1" connected "$2"
	first=$(ask)
	expect_ok "$1 -> $2: a connected socket is answered" is_backend "$first"
	web_is "$(other_than "$first")"
	expect_ok "$1 -> $2: a connected socket is freed from a backend that is gone" wait_until 5 answer_is "$(other_than "$first")"
	asker_end
}

# A socket that was connected to the pod itself is not the service's business.
direct_test()
{
	web_is pod_a pod_b
	asker_start pod_client connected "$(pod_address pod_a 4)" "$BACKEND_PORT"
	ask >/dev/null
	web_is pod_b
	expect_fails "a socket that was connected to the pod itself is left alone" wait_until 1 answer_is EDESTADDRREQ
	expect_ok "and goes on" answer_is pod_a
	asker_end
}

change_test()
{
	local from

	for from in pod_client node_1; do
		unconnected_test "$from" "$VIP4"
		unconnected_test "$from" "$VIP6"
		connected_test "$from" "$VIP4"
		connected_test "$from" "$VIP6"
	done
	direct_test
	web_is pod_a pod_b
}

# --- the hooks themselves --------------------------------------------------------------------

attached() { find "$(node_bpf_dir node_1)/links" -name 'socket_*' | wc -l; }

links()
{
	local pin

	for pin in "$(node_bpf_dir node_1)"/links/socket_*; do
		bpftool -j link show pinned "$pin" | jq .id
	done
}

# bpftool prints nothing at all when there is none.
hooks_on_cgroup() { bpftool -j cgroup show "$(node_cgroup node_1)" | jq -s 'add | length'; }

# Whether a pod's own sockets choose: of a connected UDP socket the kernel then tells the backend.
pod_chooses()
{
	local peers

	asker_start pod_client connected "$VIP4"
	is_backend "$(ask)"
	peers=$(netns_exec pod_client ss -Hun state established | awk '{ print $NF }')
	asker_end
	echo "$peers"
	grep -q ":$BACKEND_PORT\$" <<<"$peers"
}

restart_test()
{
	local before

	before=$(links)
	agent_kill
	expect_reaches pod_client "$VIP4" "$(pod_address pod_client 4)"
	node_agent_start node_1
	expect_equal "a restart keeps every hook where it was" "$(links)" "$before"
	expect_reaches pod_client "$VIP6" "$(pod_address pod_client 6)"
}

host_test()
{
	expect_ok "sockets of pods choose their backends" pod_chooses
	agent_configure '.socketServices = "host"'
	agent_restart
	expect_reaches node_1 "$VIP4" "$(node_address node_1 4)"
	expect_fails "not where only the node's may" pod_chooses
}

off_test()
{
	agent_configure '.socketServices = "off"'
	agent_restart
	expect_equal "switched off, no hook is left" "$(hooks_on_cgroup) $(attached)" "0 0"
	agent_configure 'del(.socketServices)'
	agent_restart
	expect_equal "switched on again, all are back" "$(hooks_on_cgroup) $(attached)" "$HOOKS $HOOKS"
	expect_ok "and pods choose" pod_chooses
}

uninstall_test()
{
	agent_kill
	expect_ok "byway uninstall" node_byway node_1 uninstall --yes --cni-conf-dir "$WORK/node_1/net.d"
	expect_equal "leaves no hook" "$(hooks_on_cgroup)" 0
	expect_fails "and no pin" test -e "$(node_bpf_dir node_1)"
}

undo_at_exit
node_create node_1 agent
mkdir "$(objects_dir)"
agent_configure '.nodeName = "node-1" | .source = {kind: "directory", path: $path}' --arg path "$(objects_dir)"
agent_restart
for pod in pod_client "${BACKENDS[@]}"; do
	pod_add node_1 "$pod"
	who "$pod" serve "$pod" "$BACKEND_PORT"
done
expect_ok "a service with two backends" web_is pod_a pod_b
expect_equal "all hooks are on the node's cgroup" "$(hooks_on_cgroup) $(attached)" "$HOOKS $HOOKS"
reach_test
empty_test
cgroup_namespace_test
change_test
restart_test
host_test
off_test
expect_no_drops node_1
uninstall_test
expect_end
