#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_check - CHECK finds each thing that ADD promised and that is broken.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/attach.bash

# broken TEXT COMMAND…: after ADD and this command CHECK says the text; DEL then clears all.
broken()
{
	claim "$mode: ${*:2}"
	must ADD pod_a < <(conf "$change")
	added=$answer host=$(host_interface)
	must CHECK pod_a < <(conf "$change"' | .prevResult = $r' --argjson r "$added")
	"${@:2}"
	refused 102 "$1" CHECK pod_a < <(conf "$change"' | .prevResult = $r' --argjson r "$added")
	must DEL pod_a < <(conf "$change")
	nothing_left
}

added_address() { answer=$added && address "$1"; }
in_pod() { netns_exec pod_a "$@"; }
on_node() { netns_exec "$NODE" "$@"; }
address_remove() { in_pod ip addr del "$(added_address "$1")/$2" dev eth0; }
route_remove() { in_pod ip "-$1" route del default; }
interface_down() { in_pod ip link set eth0 down; }
interface_rename() { in_pod ip link set eth0 down && in_pod ip link set eth0 name eth1; }
pair_remove() { on_node ip link del "$host"; }
filters_remove() { on_node tc qdisc del dev "$host" clsact; }
filter_remove() { on_node tc filter del dev "$host" egress; }
link_remove() { rm "$(node_bpf_dir "$NODE")/links/${host}_$1"; }

entry_key()
{
	added_address 4 | awk -F. '{ print "0 0 0 0 0 0 0 0 0 0 255 255", $1, $2, $3, $4 }'
}

entry_remove()
{
	# shellcheck disable=SC2046 # bytes are words
	bpftool map delete pinned "$(node_bpf_dir "$NODE")/maps/endpoints_v1" key $(entry_key)
}

# The address leads to another pod's interface.
entry_change()
{
	# shellcheck disable=SC2046 # bytes are words
	bpftool map update pinned "$(node_bpf_dir "$NODE")/maps/endpoints_v1" key $(entry_key) \
		value 1 2 3 4 5 6 7 8 9 0 0 0 2 0 0 0 0 1 0 0 0 0 0 0
}

policy_remove()
{
	local index

	index=$(on_node ip -o link show "$host" | cut -d : -f 1)
	bpftool map delete pinned "$(node_bpf_dir "$NODE")/maps/endpoint_policy_v1" \
		key $((index % 256)) $((index / 256)) 0 0
}

cni_begin
pods pod_a
kept

mode=clsact change='.attach = "clsact"'
broken "no longer has address" address_remove 4 32
broken "no longer has address" address_remove 6 128
broken "default route" route_remove 4
broken "default route" route_remove 6
broken "down" interface_down
broken "eth0 is gone" interface_rename
broken "gone" pair_remove
broken "not attached" filters_remove
broken "not attached" filter_remove
broken "endpoints map" entry_remove
broken "policy" policy_remove

claim "an entry that leads elsewhere is another's, and stays"
must ADD pod_a < <(conf)
added=$answer host=$(host_interface)
entry_change
# shellcheck disable=SC2016 # jq's variable
refused 102 "endpoints map" CHECK pod_a < <(conf '.prevResult = $r' --argjson r "$added")
must DEL pod_a < <(conf)
state_map "$NODE" endpoints | grep -q '"0x01","0x02","0x03"' || fail "the other's entry is gone"
entry_remove
nothing_left

if attach_kernel_has_tcx; then
	mode=tcx change='.attach = "tcx"'
	broken "not attached" link_remove ingress
	broken "not attached" link_remove egress
fi

claim "an attachment that never was"
refused 3 eth0 CHECK pod_a < <(conf '.prevResult = {}')
claim "a namespace that is gone, and the kernel has taken the interface with it"
must ADD pod_a < <(conf)
added=$answer host=$(host_interface)
# shellcheck disable=SC2016 # jq's variable
refused 3 elsewhere CHECK pod_a CNI_NETNS="$(netns_path elsewhere)" \
	< <(conf '.prevResult = $r' --argjson r "$added")
netns_delete pod_a
wait_until 10 eval '! on_node ip link show "$host" >/dev/null 2>&1'
# shellcheck disable=SC2016 # jq's variable
refused 102 gone CHECK pod_a < <(conf '.prevResult = $r' --argjson r "$added")
must DEL pod_a < <(conf)
