#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_status - STATUS says whether an ADD could succeed now (50 = no) and whether running pods suffer (51).
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

status_is() { refused "$1" "$2" STATUS pod_a CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= < <(conf ".cniVersion = \"1.1.0\" | $3"); }
status_good() { must STATUS pod_a CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= < <(conf ".cniVersion = \"1.1.0\" | $1"); }

# The programs and maps are gone for who looks for them.
hide() { mv "$(node_bpf_dir "$NODE")/$1" "$(node_bpf_dir "$NODE")/hidden"; }
show() { rmdir -p "$(node_bpf_dir "$NODE")/$1" 2>/dev/null || true && mv "$(node_bpf_dir "$NODE")/hidden" "$(node_bpf_dir "$NODE")/$1"; }

cni_begin
pods pod_a
kept
claim "standalone"
status_good .
claim "standalone, nothing loaded yet: the first ADD will"
hide maps
status_good .
show maps
nothing_left

claim "no agent"
status_is 50 node.json '.standalone = false'
hide programs
status_is 50 "not loaded" '.standalone = false'
show programs
echo '{"ranges": [], "mtu": 1500, "attach": "clsact"}' >"$(node_run_dir "$NODE")/node.json"
status_is 50 ranges '.standalone = false | del(.ipam)'
status_is 50 byway-agent '.standalone = false'
rm "$(node_run_dir "$NODE")/node.json"
nothing_left

claim "pods that have lost their datapath"
must ADD pod_a < <(conf)
kept
status_good .
hide maps
status_is 51 "1 pods" '.standalone = false'
status_is 51 "1 pods" .
show maps
nothing_left

claim "a foreign IPAM is asked too"
printf '#!/bin/sh\necho "{\\"code\\": 50, \\"msg\\": \\"no more\\"}"; exit 1\n' >"$WORK/cni/foreign"
chmod +x "$WORK/cni/foreign"
status_is 50 "no more" '.ipam = {type: "foreign"}'
printf '#!/bin/sh\n[ $CNI_COMMAND = STATUS ]\n' >"$WORK/cni/foreign"
status_good '.ipam = {type: "foreign"}'
status_is 4 CNI_PATH '.ipam = {type: "no-such-ipam"}'
nothing_left
must DEL pod_a < <(conf)
