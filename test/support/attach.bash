# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# attach - the ways in which this kernel lets a program sit on an interface.

# attach_kinds: one a line. Says on stderr what is left out and why.
attach_kinds()
{
	echo clsact
	if attach_kernel_has_tcx; then
		echo tcx
	else
		echo "tcx is left out: kernel $(uname -r) has none (6.6 is the first)" >&2
	fi
}

attach_kernel_has_tcx()
{
	[ "$(printf '6.6\n%s\n' "$(uname -r)" | sort -V | head -n 1)" = 6.6 ]
}

# pod_host_interface POD: the node's end of its veth pair.
pod_host_interface()
{
	jq -r '.interfaces[] | select(.sandbox == null) | .name' "$WORK/$1.json"
}

# pod_ifindex POD: of that end, which is the endpoint's id.
pod_ifindex()
{
	netns_exec "${POD_NODE[$1]}" ip -j link show dev "$(pod_host_interface "$1")" | jq '.[0].ifindex'
}
