# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# state - all that a node and its pods hold of Byway's, as text: two moments can be compared.

# state NODE [POD…]: interfaces, addresses, routes, permanent neighbours, filters; map entries, pins, files.
state()
{
	local node=$1 name

	for name; do
		[ ! -e "$(netns_path "$name")" ] || state_netns "$name"
	done
	state_map "$node" endpoints
	state_map "$node" endpoint_policy
	state_files "$(node_bpf_dir "$node")" "$(node_run_dir "$node")"
}

state_netns()
{
	echo "--- $1"
	# shellcheck disable=SC2016 # the other shell expands it
	netns_exec "$1" sh -c 'ip -d link; ip addr; ip -4 route show table all; ip -6 route show table all;
		ip neigh show nud permanent; tc qdisc show' | sed 's/ qlen [0-9]*//; s/ state [A-Z]*//'
}

state_map()
{
	local pin

	pin=$(node_bpf_dir "$1")/maps/$2_v1
	[ -e "$pin" ] || return 0
	echo "--- $2"
	bpftool -j map dump pinned "$pin" | sed 's/^\[//; s/\]$//; s/,{"key"/\n{"key"/g' | sort
}

# Names of pins, and names and contents of files; a lock has no content worth telling.
state_files()
{
	echo "--- files"
	find "$@" -mindepth 1 \( -type d -o -type s \) 2>/dev/null | sort
	find "$@" -type f ! -name lock -path '/run/*' -exec cksum {} + 2>/dev/null | sort -k 3
	find "$@" -type f -path '/sys/*' 2>/dev/null | sort
}

# state_keep NODE [POD…]: remembers this moment.
state_keep()
{
	STATE_KEPT=$(state "$@")
}

# state_is_kept NODE [POD…]: whether it is now as it was; what differs goes to stderr.
state_is_kept()
{
	local now

	now=$(state "$@")
	[ "$now" != "$STATE_KEPT" ] || return 0
	diff <(echo "$STATE_KEPT") <(echo "$now") >&2
	return 1
}
