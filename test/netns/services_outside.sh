#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# services_outside - outside reaches services by node ports, external and load-balancer IPs, as each one's policies say.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash
. test/support/services.bash
. test/support/service_world.bash

CLUSTER_PORT=30080 LOCAL_PORT=30090 EMPTY_PORT=30100 AWAY_PORT=30110 AWAY_LOCAL_PORT=30120
REFUSED=90	# how echo.py ends when the kernel says EMSGSIZE
declare -A WEB=([4]=10.96.0.1 [6]=fd96::1)		# pod_a and pod_b, policy Cluster
declare -A LOCAL=([4]=10.96.0.2 [6]=fd96::2)		# the same, policy Local
declare -A EMPTY=([4]=10.96.0.3 [6]=fd96::3)
declare -A AWAY=([4]=10.96.0.4 [6]=fd96::4)		# elsewhere, policy Cluster
declare -A AWAY_LOCAL=([4]=10.96.0.5 [6]=fd96::5)	# elsewhere, policy Local
declare -A EXTERNAL=([4]=10.96.1.1 [6]=fd96::1:1)	# of web
declare -A BALANCED=([4]=10.96.2.1 [6]=fd96::2:1)	# of web, for the client outside alone
declare -A HEADERS=([4]=28 [6]=48)
# ICMP's "hops used up in transit", type and code (RFC 792, RFC 4443 3.3)
declare -A EXCEEDED=([4]="11 0" [6]="3 0")

objects_put()
{
	{
		service web "${WEB[@]}" "$CLUSTER_PORT" "externalIPs: [\"${EXTERNAL[4]}\", \"${EXTERNAL[6]}\"]" \
			"loadBalancerSourceRanges: [\"${OUTSIDE[4]}/32\", \"${OUTSIDE[6]}/128\"]" | sed 's/NodePort/LoadBalancer/'
		echo "status: {loadBalancer: {ingress: [{ip: \"${BALANCED[4]}\"}, {ip: \"${BALANCED[6]}\"}]}}"
		slice web pod_a pod_b
	} | services_put node_1 web.yaml
	{
		service local "${LOCAL[@]}" "$LOCAL_PORT" "externalTrafficPolicy: Local"
		slice local pod_a remote
	} | services_put node_1 local.yaml
	service empty "${EMPTY[@]}" "$EMPTY_PORT" | services_put node_1 empty.yaml
	{
		service away "${AWAY[@]}" "$AWAY_PORT"
		slice away remote
	} | services_put node_1 away.yaml
	{
		service away-local "${AWAY_LOCAL[@]}" "$AWAY_LOCAL_PORT" "externalTrafficPolicy: Local"
		slice away-local remote
	} | services_put node_1 away-local.yaml
	expect_ok "five services are known" wait_until 5 services_are_known
}

services_are_known()
{
	service_has node_1 web 4 && service_has node_1 local 4 && service_has node_1 away 2 &&
		service_has node_1 away-local 2 && node_byway node_1 services empty
}

# Every way in, by every kind: who answers has seen CLIENT.
expect_seen() # SENTENCE ADDRESS PORT CLIENT
{
	local kind

	for kind in tcp udp connected; do
		expect_equal "$1 by $kind" "$(client_seen outside "$kind" "$2" "$3")" "$4"
	done
}

in_test() # VERSION
{
	local client=${OUTSIDE[$1]}

	expect_seen "IPv$1: a node port, policy Cluster, backends here: the client is seen" "${NODE[$1]}" "$CLUSTER_PORT" "$client"
	expect_seen "IPv$1: policy Local" "${NODE[$1]}" "$LOCAL_PORT" "$client"
	expect_seen "IPv$1: backends elsewhere see the node" "${NODE[$1]}" "$AWAY_PORT" "${NODE[$1]}"
	expect_seen "IPv$1: an external IP" "${EXTERNAL[$1]}" "$WHO" "$client"
	expect_seen "IPv$1: a load-balancer IP, from its source range" "${BALANCED[$1]}" "$WHO" "$client"
	expect_seen "IPv$1: the cluster IP" "${WEB[$1]}" "$WHO" "$client"
	expect_equal "IPv$1: both backends are met" "$(names_met outside tcp "${NODE[$1]}" "$CLUSTER_PORT" 16)" "pod_a pod_b"
	expect_equal "IPv$1: with policy Local those of this node" "$(names_met outside tcp "${NODE[$1]}" "$LOCAL_PORT" 8)" pod_a
	expect_ok "IPv$1: megabytes to a pod" \
		netns_exec outside "$SUPPORT/echo.py" tcp "${NODE[$1]}" $((CLUSTER_PORT + 1)) 1 4194304
	expect_ok "IPv$1: and through the node to another" \
		netns_exec outside "$SUPPORT/echo.py" tcp "${NODE[$1]}" $((AWAY_PORT + 1)) 1 4194304
	expect_ok "IPv$1: datagrams in fragments" \
		netns_exec outside "$SUPPORT/echo.py" udp "${NODE[$1]}" $((CLUSTER_PORT + 1)) 1 1400 4000 20000
}

refused_test() # VERSION
{
	local kind address

	for kind in tcp connected; do
		for address in "${NODE[$1]}:$EMPTY_PORT" "${EMPTY[$1]}:$WHO"; do
			expect_ok "IPv$1: nobody serves $address, and outside is told by $kind" \
				answers_with outside "$kind" "${address%:*}" "${address##*:}" ECONNREFUSED
		done
		expect_ok "IPv$1: a pod is told too by $kind" \
			answers_with pod_a "$kind" "${NODE[$1]}" "$EMPTY_PORT" ECONNREFUSED
	done
}

silent_test() # VERSION
{
	local before

	before=$(counter node_1 from_uplink traffic_policy)
	expect_fails "IPv$1: policy Local with backends elsewhere only is silent" \
		netns_exec outside timeout 0.5 "$SUPPORT/who.py" udp "${NODE[$1]}" "$AWAY_LOCAL_PORT"
	expect_equal "IPv$1: and counted" "$(($(counter node_1 from_uplink traffic_policy) - before))" 1
	expect_ok "IPv$1: but a pod falls back on all" names_remote pod_a "${NODE[$1]}" "$AWAY_LOCAL_PORT"
	before=$(counter node_1 from_uplink source_range)
	expect_fails "IPv$1: whom the source ranges do not name gets nothing" from_remote "${BALANCED[$1]}" "$WHO" "$1"
	expect_equal "IPv$1: and is counted" "$(($(counter node_1 from_uplink source_range) - before))" 1
	expect_ok "IPv$1: the ranges do not guard the node port" from_remote "${NODE[$1]}" "$CLUSTER_PORT" "$1"
}

names_remote() { expect_same "$(who "$1" tcp "$2" "$3" | cut -d ' ' -f 1)" remote; }

# from_remote ADDRESS PORT VERSION: one datagram from the address that backends elsewhere have
from_remote()
{
	echo '?' | netns_exec outside timeout 1 socat -t 0.5 - "UDP$3:$(bracketed "$1"):$2,bind=$(bracketed "${REMOTE[$3]}")" |
		grep -q pod_
}

bracketed() { [[ $1 == *:* ]] && echo "[$1]" || echo "$1"; }

# Errors about what the node has translated reach whom they concern, and name what that one has asked.
errors_test() # VERSION
{
	local most=$((1400 - HEADERS[$1])) got

	got=$(pod_exec pod_a "$SUPPORT/peer.py" hops "${AWAY[$1]}" "$WHO" 1 2>&1)
	expect_equal "IPv$1: on the way to a service's backend the hops are used up, and the pod is told" "${got#* }" "${EXCEEDED[$1]}"
	uplink_mtu 1400
	expect_status "$REFUSED" "IPv$1: a datagram too large for the way to the backend is refused" \
		pod_exec pod_b "$SUPPORT/echo.py" df "${AWAY[$1]}" "$ECHO" $((most + 1))
	expect_ok "IPv$1: the largest that fits passes" \
		pod_exec pod_b "$SUPPORT/echo.py" df "${AWAY[$1]}" "$ECHO" "$most"
	expect_ok "IPv$1: larger ones go in fragments" \
		pod_exec pod_b "$SUPPORT/echo.py" udp "${AWAY[$1]}" "$ECHO" 1380 1450 4000
	uplink_mtu 1500
}

uplink_mtu()
{
	netns_exec node_1 ip link set eth0 mtu "$1"
	netns_exec outside ip link set eth0 mtu "$1"
}

undo_at_exit
service_world_create node_1 '.socketServices = "off"'
pod_serve node_1 pod_a
pod_serve node_1 pod_b
netns_exec outside "$SUPPORT/who.py" serve remote "$REMOTE_WHO"
netns_exec outside "$SUPPORT/echo.py" serve "$ECHO"
objects_put
for part in in refused silent errors; do
	"${part}_test" 4
	"${part}_test" 6
done
expect_end
