# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# netns - network namespaces by short names, which are this run's own.

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

netns_delete()
{
	[ ! -e "/run/netns/$NETNS_PREFIX$1" ] || ip netns del "$NETNS_PREFIX$1"
}

# Not "ip netns exec", which hides bpffs. The process that runs is the command itself: $! is its id.
netns_exec()
{
	local name=$1

	shift
	nsenter --net="/run/netns/$NETNS_PREFIX$name" "$@"
}

netns_sysctl()
{
	netns_exec "$1" sysctl -q -w "${@:2}"
}
