#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# runtime_containerd - containerd, asked as a kubelet asks it, runs pods on Byway's network and leaves nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash
. test/support/state.bash
. test/support/containerd.bash

pod_run() { cri_pod_run "$1" /bin/busybox httpd -f -p 80 -h /www; }

ping_pod() { cri_pod_exec "$1" /bin/busybox ping -q -c 2 -W 5 "$2"; }

# Its timeout option crashes in Debian's busybox.
fetches_page() # POD HOST
{
	cri_pod_exec "$1" /bin/busybox timeout 5 /bin/busybox wget -q -O - "http://$2/page" >"$WORK/page"
	seq 20000 | cmp - "$WORK/page"
}

node_fetches_page() # HOST
{
	node_exec node_1 curl --silent --max-time 5 "http://$1/page" | cmp - <(seq 20000)
}

url_host() # POD VERSION
{
	case $2 in
	4) cri_pod_address "$1" 4 ;;
	6) echo "[$(cri_pod_address "$1" 6)]" ;;
	esac
}

has_only_byway() # POD
{
	cri_pod_exec "$1" /bin/busybox ip -o link
	expect_same "$(cri_pod_exec "$1" /bin/busybox ip -o link | sed 's/^[0-9]*: \([a-z0-9]*\).*/\1/' | xargs)" "lo eth0"
}

undo_at_exit
lack=$(containerd_missing)
if [ -n "$lack" ]; then
	echo "$lack"
	exit 77
fi
node_create node_1 agent
state_keep node_1
containerd_start node_1 "$WORK/node_1/net.d"

expect_ok "pod_a runs" pod_run pod_a
expect_ok "pod_b runs" pod_run pod_b
expect_ok "a container has lo and eth0" has_only_byway pod_a
for version in 4 6; do
	expect_ok "IPv$version: pod_a pings pod_b" ping_pod pod_a "$(cri_pod_address pod_b "$version")"
	expect_ok "IPv$version: pod_b pings pod_a" ping_pod pod_b "$(cri_pod_address pod_a "$version")"
	expect_ok "IPv$version: pod_a pings the node" ping_pod pod_a "$(node_address node_1 "$version")"
	expect_ok "IPv$version: the node pings pod_a" node_exec node_1 \
		ping -q -c 3 -i 0.01 -W 5 "$(cri_pod_address pod_a "$version")"
	expect_ok "IPv$version: pod_a gets a page from pod_b" fetches_page pod_a "$(url_host pod_b "$version")"
	expect_ok "IPv$version: the node gets one from pod_a" node_fetches_page "$(url_host pod_a "$version")"
done
expect_no_drops node_1
expect_ok "pod_a is removed" cri_pod_remove pod_a
expect_ok "pod_b is removed" cri_pod_remove pod_b
expect_ok "nothing of them is left" state_is_kept node_1
expect_end
