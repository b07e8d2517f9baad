#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_late_del - a late DEL of a pod's old sandbox, or a second ADD, takes nothing from the one that lives.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_INFRA_CONTAINER_ID=x;K8S_POD_UID=1b2c"

pod_lives()
{
	netns_exec "$1" ping -c 1 -W 2 -q "$(node_address "$NODE" 4)" >/dev/null || fail "$1 is cut off"
}

cni_begin
pods old new
claim "the new sandbox of a pod is added before the old one is deleted"
must ADD old CNI_ARGS="$ARGS" < <(conf)
netns_delete old
PODS=(new)
kept
without=$STATE_KEPT
must DEL old CNI_ARGS="$ARGS" < <(conf)
must ADD new CNI_ARGS="$ARGS" < <(conf)
added=$answer
netns_create old
must ADD old CNI_ARGS="$ARGS" CNI_IFNAME=eth0 < <(conf)
kept_old=$answer
must DEL old CNI_ARGS="$ARGS" < <(conf)
kept
[ "$without" != "$STATE_KEPT" ] || fail "nothing was added"

claim "a late DEL, with its namespace, without, and with the new one's"
must DEL old CNI_ARGS="$ARGS" < <(conf ".prevResult = $kept_old")
must DEL old CNI_ARGS="$ARGS" CNI_NETNS= < <(conf)
must DEL old CNI_ARGS="$ARGS" CNI_NETNS="$(netns_path new)" < <(conf)
nothing_left "the new sandbox has changed"
pod_lives new
must CHECK new < <(conf ".prevResult = $added")

claim "another interface of the same container is another attachment"
refused 103 "default route" ADD new CNI_IFNAME=net1 < <(conf)
nothing_left
must DEL new CNI_IFNAME=net1 < <(conf)
nothing_left "the first interface has changed"
pod_lives new

claim "ADD twice is refused, and the first stays"
refused 101 "already" ADD new < <(conf)
refused 101 "already" ADD new CNI_NETNS="$(netns_path old)" < <(conf)
nothing_left "the first ADD has changed"
pod_lives new

claim "with a foreign IPAM too: its address is not given back"
must DEL new < <(conf)
local_ipam=".ipam = {type: \"host-local\", dataDir: \"$WORK/leases\", ranges: [[{subnet: \"10.9.1.0/24\"}]]}"
if [ -x /usr/lib/cni/host-local ]; then
	must ADD new < <(conf "$local_ipam")
	leases=$(find "$WORK/leases" -type f ! -name '*lock*' ! -name '*last*' | sort)
	refused 101 "already" ADD new < <(conf "$local_ipam")
	[ "$leases" = "$(find "$WORK/leases" -type f ! -name '*lock*' ! -name '*last*' | sort)" ] ||
		fail "the second ADD gave the first one's address back"
	must DEL new < <(conf "$local_ipam")
fi
