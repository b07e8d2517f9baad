# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# netns - network namespaces by short names, which are this run's own.

# shellcheck source=test/support/cgroup.bash
. "$(dirname "${BASH_SOURCE[0]}")/cgroup.bash"

NETNS_PREFIX=${NETNS_PREFIX:-byway-$$-}

netns_path()
{
	echo "/run/netns/$NETNS_PREFIX$1"
}

netns_create()
{
	undo_push netns_delete "$1"
	ip netns add "$NETNS_PREFIX$1"
	netns_exec "$1" ip link set lo up
}

# Ends the processes in it too: nothing else can run in a namespace that this run made.
netns_delete()
{
	local pid

	[ -e "/run/netns/$NETNS_PREFIX$1" ] || return 0
	for pid in $(ip netns pids "$NETNS_PREFIX$1"); do
		process_end "$pid"
	done
	ip netns del "$NETNS_PREFIX$1"
}

# Not "ip netns exec", which hides bpffs.
netns_exec()
{
	local name=$1 CGROUP_PREFIX

	shift
	cgroup_prefix "$name"
	"${CGROUP_PREFIX[@]}" nsenter --net="/run/netns/$NETNS_PREFIX$name" "$@"
}

# netns_spawn NETNS COMMAND [ARGUMENT…]: in the background; $! is the command's own id. ("netns_exec … &" would
# give that of a shell around it.)
netns_spawn()
{
	cgroup_prefix "$1"
	"${CGROUP_PREFIX[@]}" nsenter --net="/run/netns/$NETNS_PREFIX$1" "${@:2}" &
}

netns_sysctl()
{
	netns_exec "$1" sysctl -q -w "${@:2}"
}
