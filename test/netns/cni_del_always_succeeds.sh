#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_del_always_succeeds - DEL succeeds and clears all, whatever is gone already, and as often as it is called.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

# gone SENTENCE COMMAND…: after ADD and this command DEL clears the rest, twice, and nothing else suffers.
gone()
{
	claim "$1"
	must ADD pod_a < <(conf)
	added=$answer
	"${@:2}"
	must DEL pod_a < <(conf)
	nothing_left
	must DEL pod_a < <(conf)
	nothing_left
}

record() { echo "$(node_run_dir "$NODE")/endpoints/$(container_id pod_a):eth0.json"; }
record_remove() { rm "$(record)"; }
record_break() { echo '{' >"$(record)"; }
host_interface_remove() { answer=$added && netns_exec "$NODE" ip link del "$(host_interface)"; }
pod_interface_remove() { netns_exec pod_a ip link del eth0; }
all_but_leases_remove() { record_remove && pod_interface_remove; }

entry_remove()
{
	local key

	answer=$added
	key=$(address 4 | awk -F. '{ print "0 0 0 0 0 0 0 0 0 0 255 255", $1, $2, $3, $4 }')
	# shellcheck disable=SC2086 # bytes are words
	bpftool map delete pinned "$(node_bpf_dir "$NODE")/maps/endpoints_v1" key $key
}

cni_begin
pods pod_a pod_b
must ADD pod_b < <(conf)
kept

claim "DEL before ADD"
must DEL pod_a < <(conf)
nothing_left
claim "DEL of a container that never was"
must DEL pod_z CNI_NETNS= < <(conf)
nothing_left

gone "DEL twice" true
gone "the record is gone" record_remove
gone "the record cannot be read" record_break
gone "the node's interface is gone" host_interface_remove
gone "the pod's interface is gone" pod_interface_remove
gone "a map entry is gone" entry_remove
gone "only the leases are left" all_but_leases_remove

claim "the namespace is not told"
must ADD pod_a < <(conf)
must DEL pod_a CNI_NETNS= < <(conf)
nothing_left

claim "the namespace is another one's now"
must ADD pod_a < <(conf)
must DEL pod_a CNI_NETNS="$(netns_path pod_b)" < <(conf)
nothing_left
must ADD pod_a < <(conf)
must DEL pod_a CNI_NETNS="$(netns_path "$NODE")" < <(conf)
nothing_left

claim "the namespace is gone"
for attach in clsact tcx; do
	must ADD pod_a < <(conf ".attach = \"$attach\"")
	netns_delete pod_a
	must DEL pod_a < <(conf)
	PODS=(pod_b)
	STATE_KEPT=$(awk '/^--- / { keep = $2 != "pod_a" } keep' <<<"$STATE_KEPT")
	nothing_left
	netns_create pod_a
	PODS=(pod_a pod_b)
	kept
done

claim "the datapath is gone"
must ADD pod_a < <(conf)
rm -r "$(node_bpf_dir "$NODE")"
must DEL pod_a < <(conf)
[ "$(netns_exec "$NODE" ip -o link show type veth | wc -l)" -eq 1 ] || fail "the interface is still there"
[ ! -e "$(record)" ] || fail "the record is still there"
must DEL pod_b < <(conf '.standalone = false')
