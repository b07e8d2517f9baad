#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_gc - GC frees what the runtime's list does not have and what killed ADDs left, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/fault.bash

# gc_conf [POD…]: a configuration of 1.1.0 whose list has these pods
gc_conf()
{
	local pod list=

	for pod; do
		list+="${list:+, }{containerID: \"$(container_id "$pod")\", ifname: \"eth0\"}"
	done
	conf ".cniVersion = \"1.1.0\" | .\"cni.dev/valid-attachments\" = [$list]"
}

lives()
{
	netns_exec "$1" ping -c 1 -W 2 -q "$(node_address "$NODE" 4)" >/dev/null || fail "$1 is cut off"
}

cni_begin
fault_begin
pods pod_a pod_b pod_c pod_d
kept
empty=$STATE_KEPT

claim "an absent list is not an empty one"
must ADD pod_a < <(conf)
kept
refused 7 cni.dev/valid-attachments GC pod_a < <(conf '.cniVersion = "1.1.0"')
nothing_left "something was freed"

claim "what the list has stays, with every byte of it"
must GC pod_a < <(gc_conf pod_a)
nothing_left
must GC pod_a CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= < <(gc_conf pod_a pod_z)
nothing_left

claim "what the list does not have goes"
must ADD pod_b < <(conf)
must ADD pod_c < <(conf '.attach = "tcx"') || true
must GC pod_a < <(gc_conf pod_a)
nothing_left
lives pod_a

claim "another interface name is another attachment"
must ADD pod_b CNI_IFNAME=net1 < <(conf)
must GC pod_a < <(gc_conf pod_a pod_b)
nothing_left

claim "another network's attachments stay"
must ADD pod_b < <(conf '.name = "other"')
kept
must GC pod_a < <(gc_conf pod_a)
nothing_left
lives pod_b
must GC pod_a < <(gc_conf pod_a | jq '.name = "third"')
nothing_left

claim "an interface of somebody else's stays, whatever it is called"
netns_exec "$NODE" ip link add veth0123456789a type veth peer name theirs
netns_exec "$NODE" ip link add veth0123456789b type veth peer name theirs2
netns_exec "$NODE" ip link set veth0123456789b alias byway:pod_z/eth0
netns_exec "$NODE" ip link set theirs alias byway:
kept
must GC pod_a < <(gc_conf pod_a)
nothing_left
netns_exec "$NODE" ip link del theirs
netns_exec "$NODE" ip link del theirs2
kept

claim "killed ADDs: a lease without an interface, an interface without a record"
fault sendto 1 0 ADD pod_c < <(conf)
fault_fired || fail "ADD was not killed"
fault rename 1 0 ADD pod_d < <(conf)
fault_fired || fail "ADD was not killed"
must GC pod_a < <(gc_conf pod_a)
nothing_left

claim "a record that cannot be read is reported, the rest is collected, and nothing is guessed"
must ADD pod_c < <(conf)
must ADD pod_d < <(conf)
record=$(node_run_dir "$NODE")/endpoints/$(container_id pod_d):eth0.json
echo '{' >"$record"
refused 5 "$(container_id pod_d)" GC pod_a < <(gc_conf pod_a)
lives pod_d
must DEL pod_d < <(conf)
nothing_left

claim "namespaces that are gone"
must ADD pod_d < <(conf)
netns_delete pod_d
PODS=(pod_a pod_b pod_c)
must GC pod_a < <(gc_conf pod_a)
netns_create pod_d
PODS=(pod_a pod_b pod_c pod_d)
nothing_left

claim "an empty list frees all of this network"
must GC pod_a < <(gc_conf)
must DEL pod_b < <(conf '.name = "other"')
[ "$empty" = "$(state "$NODE" "${PODS[@]}")" ] || fail "something is left"

claim "nothing to collect, and no datapath"
must GC pod_a < <(gc_conf)
rm -r "$(node_bpf_dir "$NODE")"
must GC pod_a < <(gc_conf)
