# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# node - a node (a network namespace with its own run and BPF directories) and pods wired by the real plugin.
#
#	. test/support/node.bash
#	undo_at_exit
#	node_create node_1
#	pod_add node_1 pod_a
#	pod_add node_1 pod_b
#	pod_exec pod_a ping -c 1 "$(pod_address pod_b 4)"

SUPPORT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/support/undo.bash
. "$SUPPORT/undo.bash"
# shellcheck source=test/support/netns.bash
. "$SUPPORT/netns.bash"

BYWAY_BIN=${BYWAY_BIN:-${SUPPORT%/test/support}/build/release/bin}
NODE_PLUGIN=${NODE_PLUGIN:-$BYWAY_BIN/byway-cni}
WORK=${WORK:-/tmp/byway-$$}	# configurations, results and logs of this run
declare -A NODE_NUMBER=()	# node -> its number, which is in its addresses
declare -A POD_NODE=()		# pod -> its node

# --- the node --------------------------------------------------------------------------------

node_run_dir() { echo "/run/$NETNS_PREFIX$1"; }
node_bpf_dir() { echo "/sys/fs/bpf/$NETNS_PREFIX$1"; }
node_conf() { echo "$WORK/$1/conf.json"; }

# node_create NAME [standalone|agent]: with "agent" its byway-agent runs and writes the plugin's configuration.
node_create()
{
	local name=$1 mode=${2:-standalone} number=$((${#NODE_NUMBER[@]} + 1))

	NODE_NUMBER[$name]=$number
	work_create
	bpffs_mount
	netns_create "$name"
	undo_push node_destroy "$name"
	cgroup_create "$name"
	mkdir -p "$WORK/$name"
	netns_exec "$name" ip addr add "$(node_address "$name" 4)/32" dev lo
	netns_exec "$name" ip addr add "$(node_address "$name" 6)/128" dev lo
	"node_configure_$mode" "$name" "\"10.9.$number.0/24\",\"fd09:$number::/112\""
}

# node_address NODE 4|6: its own, not the gateway that pods see.
node_address()
{
	case $2 in
	4) echo "192.0.2.${NODE_NUMBER[$1]}" ;;
	6) echo "2001:db8::${NODE_NUMBER[$1]}" ;;
	esac
}

# node_conf_set NODE FILTER: changes the plugin's configuration by a jq filter, such as '.attach = "tcx"'.
node_conf_set()
{
	local conf

	conf=$(jq "$2" "$(node_conf "$1")")
	echo "$conf" >"$(node_conf "$1")"
}

node_configure_standalone()
{
	cat >"$(node_conf "$1")" <<-END
		{"cniVersion": "1.0.0", "name": "byway", "type": "byway", "standalone": true,
		 "runDir": "$(node_run_dir "$1")", "bpfDir": "$(node_bpf_dir "$1")",
		 "ipam": {"type": "byway", "ranges": [$2]}}
	END
}

# As a runtime would, takes what the agent has put into the CNI directory.
node_configure_agent()
{
	cat >"$WORK/$1/agent.json" <<-END
		{"nodeName": "$1", "podCIDRs": [$2], "runDir": "$(node_run_dir "$1")",
		 "bpfDir": "$(node_bpf_dir "$1")", "cgroupDir": "$(node_cgroup "$1")",
		 "cniConfDir": "$WORK/$1/net.d"}
	END
	mkdir -p "$WORK/$1/net.d"
	node_agent_start "$1"
	jq '.plugins[0] + {cniVersion, name}' "$WORK/$1/net.d"/*.conflist >"$(node_conf "$1")"
}

# The agent is ready when this returns, or has said why it is not.
node_agent_start()
{
	netns_spawn "$1" "$BYWAY_BIN/byway-agent" --config "$WORK/$1/agent.json" >>"$WORK/$1/agent.log" 2>&1
	echo $! >"$WORK/$1/agent.pid"
	wait_until "${NODE_AGENT_START_S:-10}" node_agent_is_decided "$1" && ! process_is_gone "$(node_agent_pid "$1")" && return
	tail -n 20 "$WORK/$1/agent.log" >&2
	return 1
}

node_agent_pid() { cat "$WORK/$1/agent.pid"; }

node_agent_is_decided()
{
	node_api "$1" /readyz 2>/dev/null | grep -q '^HTTP/1.. 200' || process_is_gone "$(node_agent_pid "$1")"
}

# node_api NODE PATH: the agent's whole answer to a GET on its socket, with its head.
node_api()
{
	printf 'GET %s HTTP/1.0\r\n\r\n' "$2" | socat -t 5 - "UNIX-CONNECT:$(node_run_dir "$1")/agent.sock"
}

node_exec() { netns_exec "$@"; }

# node_byway NODE VERB [ARGUMENT…]: the byway command on that node.
node_byway()
{
	netns_exec "$1" "$BYWAY_BIN/byway" --run-dir "$(node_run_dir "$1")" --bpf-dir "$(node_bpf_dir "$1")" "${@:2}"
}

node_destroy()
{
	local pod

	for pod in "${!POD_NODE[@]}"; do
		[ "${POD_NODE[$pod]}" != "$1" ] || pod_del "$pod"
	done
	netns_delete "$1"
	rm -rf "$(node_run_dir "$1")" "$(node_bpf_dir "$1")" "${WORK:?}/$1"
	cgroup_delete "$1"
}

# --- pods ------------------------------------------------------------------------------------

# cni_run NODE VERB POD: the plugin as a runtime runs it; configuration on stdin, its answer on stdout.
cni_run()
{
	netns_exec "$1" env -i PATH="$PATH" CNI_COMMAND="$2" CNI_CONTAINERID="$NETNS_PREFIX$3" \
		CNI_NETNS="$(netns_path "$3")" CNI_IFNAME=eth0 CNI_PATH="$WORK/cni:/usr/lib/cni" "$WORK/cni/byway"
}

# pod_add NODE POD: the error that the plugin gives goes to stderr.
pod_add()
{
	netns_create "$2"
	POD_NODE[$2]=$1
	NETNS_CGROUP[$2]=$(node_cgroup "$1")
	undo_push pod_del "$2"
	cni_run "$1" ADD "$2" <"$(node_conf "$1")" >"$WORK/$2.json" && return
	cat "$WORK/$2.json" >&2
	return 1
}

# pod_address POD 4|6, without its prefix length.
pod_address()
{
	jq -r --arg version "$2" '.ips[].address | select(contains(":") == ($version == "6")) | split("/")[0]' \
		"$WORK/$1.json"
}

pod_exec() { netns_exec "$@"; }

pod_del()
{
	[ -n "${POD_NODE[$1]:-}" ] || return 0
	cni_run "${POD_NODE[$1]}" DEL "$1" <"$(node_conf "${POD_NODE[$1]}")" >&2 || true
	netns_delete "$1"
	unset "POD_NODE[$1]"
	rm -f "$WORK/$1.json"
}

# --- what all nodes of a run share -----------------------------------------------------------

work_create()
{
	[ ! -d "$WORK" ] || return 0
	undo_push rm -rf "$WORK"
	mkdir -p "$WORK/cni"
	ln -s "$NODE_PLUGIN" "$WORK/cni/byway"
}

bpffs_mount()
{
	[ "$(stat -f -c %T /sys/fs/bpf)" != bpf_fs ] || return 0
	undo_push bpffs_unmount
	mount -t bpf bpf /sys/fs/bpf
}

# Others may have begun to use it since. The kernel's own *.debug files are always there.
bpffs_unmount()
{
	[ -n "$(find /sys/fs/bpf -mindepth 1 ! -name '*.debug')" ] || umount /sys/fs/bpf 2>/dev/null || true
}

# node_keep FILE: everything stays when the script ends, and running FILE takes it away.
node_keep()
{
	{
		printf '#!/usr/bin/env bash\n. %q\n' "$SUPPORT/node.bash"
		declare -p NETNS_PREFIX WORK POD_NODE NETNS_CGROUP
		undo_hand_over
	} >"$1"
	chmod +x "$1"
}
