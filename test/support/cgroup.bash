# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# cgroup - a cgroup2 for each node, so that its hooks on sockets meet its own processes and no others of the machine.

declare -A NETNS_CGROUP=()	# network namespace -> the cgroup in which netns_exec runs what it runs there

# Where cgroup2 is mounted, also beside cgroup v1; nothing where it is not.
cgroup_root() { awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts; }

# node_cgroup NODE: empty where there is no cgroup2.
node_cgroup() { echo "${NETNS_CGROUP[$1]:-}"; }

cgroup_create() # NODE
{
	local root

	root=$(cgroup_root)
	[ -n "$root" ] || return 0
	mkdir "$root/$NETNS_PREFIX$1"
	NETNS_CGROUP[$1]=$root/$NETNS_PREFIX$1
}

# What ended a moment ago may still be leaving.
cgroup_delete() # NODE
{
	local cgroup=${NETNS_CGROUP[$1]:-}

	[ ! -d "$cgroup" ] || wait_until 5 rmdir "$cgroup" 2>/dev/null || rmdir "$cgroup"
}

# shellcheck disable=SC2034 # netns.bash reads it
# cgroup_prefix NETNS: sets CGROUP_PREFIX, to be put before a command, which then runs in the cgroup by the same id.
cgroup_prefix()
{
	CGROUP_PREFIX=()
	# shellcheck disable=SC2016 # the other shell expands it
	[ -z "${NETNS_CGROUP[$1]:-}" ] ||
		CGROUP_PREFIX=(sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "${NETNS_CGROUP[$1]}")
}
