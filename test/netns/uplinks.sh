#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# uplinks - pods reach outside by the node's uplink with the node's address, past netfilter, whatever happens to either.
set -euo pipefail
cd "$(dirname "$0")/../.."

. test/support/node.bash
. test/support/counters.bash
. test/support/expect.bash

# time limit: 300

ECHO=7 PEER=9 CLOSED=99
REFUSED=90	# how echo.py ends when the kernel says EMSGSIZE
declare -A NODE=([4]=198.18.0.1 [6]=fd18::1) NEW_NODE=([4]=198.18.0.11 [6]=fd18::11)
declare -A OUTSIDE=([4]=198.18.0.2 [6]=fd18::2)		# what the world looks like
declare -A FRIEND=([4]=198.18.0.3 [6]=fd18::3)		# one that sees pods as they are
declare -A LENGTH=([4]=24 [6]=64) WHOLE=([4]=32 [6]=128) HEADERS=([4]=28 [6]=48)
# ICMP's "hops used up in transit", type and code (RFC 792, RFC 4443 3.3)
declare -A EXCEEDED=([4]="11 0" [6]="3 0")

# --- the world -------------------------------------------------------------------------------

# A node's eth0 is one end of a pair, the other is outside's.
uplink_create()
{
	local version

	ip link add eth0 netns "${NETNS_PREFIX}node_1" type veth peer name eth0 netns "${NETNS_PREFIX}outside"
	netns_exec node_1 ip link set eth0 up
	netns_exec outside ip link set eth0 up
	for version in 4 6; do
		ip_of node_1 "$version" addr add "${NODE[$version]}/${LENGTH[$version]}" dev eth0
		ip_of outside "$version" addr add "${OUTSIDE[$version]}/${LENGTH[$version]}" dev eth0
		ip_of outside "$version" addr add "${FRIEND[$version]}/${WHOLE[$version]}" dev eth0
		ip_of node_1 "$version" route add default via "${OUTSIDE[$version]}"
	done
	# Used by nobody but those who see a pod's own address.
	ip_of outside 4 route add 10.9.1.0/24 via "${NODE[4]}"
	ip_of outside 6 route add fd09:1::/112 via "${NODE[6]}"
}

# ip_of NETNS 4|6 ARGUMENT…: no duplicate address detection, which takes a second
ip_of()
{
	local nodad=()

	[ "$2 $3 $4" != "6 addr add" ] || nodad=(nodad)
	netns_exec "$1" ip "-$2" "${@:3}" "${nodad[@]}"
}

world_create()
{
	netns_create outside
	netns_exec outside "$SUPPORT/echo.py" serve "$ECHO"
	netns_exec outside "$SUPPORT/peer.py" serve "$PEER"
	node_create node_1 agent
	uplink_create
	agent_configure ".mtu = 1500 | .socketServices = \"off\"
		| .nonMasqueradeCIDRs = [\"${FRIEND[4]}/32\", \"${FRIEND[6]}/128\"]"
	pod_add node_1 pod_a
	pod_add node_1 pod_b
}

# agent_configure FILTER: changes the agent's configuration by a jq filter, and starts it anew
agent_configure()
{
	local file=$WORK/node_1/agent.json config

	config=$(jq "$1" "$file")
	echo "$config" >"$file"
	agent_end
	node_agent_start node_1
}

agent_end()
{
	local pid

	pid=$(node_agent_pid node_1)
	disown "$pid" 2>/dev/null || true
	kill -9 "$pid" 2>/dev/null || true
	wait_until 10 process_is_gone "$pid"
}

# --- what outside sees -----------------------------------------------------------------------

# seen NETNS tcp|udp ADDRESS [OWN_PORT]: the address by which the service there sees the client
seen() { seen_whole "$@" | cut -d ' ' -f 1; }

seen_whole() { netns_exec "$1" "$SUPPORT/peer.py" "$2" "$3" "$PEER" "${@:4}" 2>&1; }

uplink_is() # ATTACH ADDRESS4 ADDRESS6
{
	node_byway node_1 status -o json |
		jq -e --arg is "eth0 $*" '[.uplinks.list[] | "\(.name) \(.attach) \(.addresses | join(" "))"] == [$is]'
}

uplink_is_none() { node_byway node_1 status -o json | jq -e '.uplinks.list == []'; }

# Packets of pods that netfilter or conntrack of the node have seen.
netfilter_watch()
{
	netns_exec node_1 nft -f - <<-'END'
		table inet witness {
			counter seen { }
			set pods4 { type ipv4_addr; flags interval; elements = { 10.9.1.0/24 }; }
			set pods6 { type ipv6_addr; flags interval; elements = { fd09:1::/112 }; }
			chain early { type filter hook prerouting priority raw; jump count; }
			chain through { type filter hook forward priority 0; jump count; }
			chain out { type filter hook postrouting priority 0; jump count; }
			chain count {
				ct state new,established,related
				ip saddr @pods4 counter name seen
				ip daddr @pods4 counter name seen
				ip6 saddr @pods6 counter name seen
				ip6 daddr @pods6 counter name seen
			}
		}
	END
}

netfilter_seen()
{
	netns_exec node_1 nft -j list counters | jq '[.nftables[].counter | values | .packets] | add'
}

# --- claims ----------------------------------------------------------------------------------

masquerade_test()
{
	local version

	netfilter_watch
	for version in 4 6; do
		expect_ok "IPv$version: ping" pod_exec pod_a ping -q -c 3 -i 0.1 -W 2 "${OUTSIDE[$version]}"
		expect_equal "IPv$version: by TCP outside sees the node" \
			"$(seen pod_a tcp "${OUTSIDE[$version]}")" "${NODE[$version]}"
		expect_equal "IPv$version: by UDP outside sees the node" \
			"$(seen pod_a udp "${OUTSIDE[$version]}")" "${NODE[$version]}"
		expect_equal "IPv$version: whom nonMasqueradeCIDRs names sees the pod, by TCP" \
			"$(seen pod_a tcp "${FRIEND[$version]}")" "$(pod_address pod_a "$version")"
		expect_equal "IPv$version: and by UDP" \
			"$(seen pod_a udp "${FRIEND[$version]}")" "$(pod_address pod_a "$version")"
		expect_ok "IPv$version: megabytes by TCP" \
			pod_exec pod_a "$SUPPORT/echo.py" tcp "${OUTSIDE[$version]}" "$ECHO" 1 1000 65536 4194304
		expect_ok "IPv$version: the same unmasqueraded" \
			pod_exec pod_a "$SUPPORT/echo.py" tcp "${FRIEND[$version]}" "$ECHO" 1 1000 65536 4194304
		expect_ok "IPv$version: datagrams, the larger ones in fragments" \
			pod_exec pod_a "$SUPPORT/echo.py" udp "${OUTSIDE[$version]}" "$ECHO" 1 1400 1500 5000 60000
		expect_ok "IPv$version: many datagrams in one send" \
			pod_exec pod_a "$SUPPORT/echo.py" segments "${OUTSIDE[$version]}" "$ECHO" 1000
		expect_ok "IPv$version: a closed port outside refuses a datagram" \
			pod_exec pod_a "$SUPPORT/peer.py" refused "${OUTSIDE[$version]}" "$CLOSED"
		expect_ok "IPv$version: a closed port outside refuses a connection" \
			connection_is_refused "${OUTSIDE[$version]}"
	done
	expect_equal "no packet of a pod has been in netfilter" "$(netfilter_seen)" 0
	netns_exec node_1 nft delete table inet witness
}

connection_is_refused()
{
	expect_not pod_exec pod_a "$SUPPORT/peer.py" tcp "$1" "$CLOSED" >"$WORK/refused" 2>&1 || return
	grep refused "$WORK/refused"
}

ports_test()
{
	local version own

	for version in 4 6; do
		expect_equal "IPv$version: 200 connections at once have 200 ports" \
			"$(pod_exec pod_a "$SUPPORT/peer.py" many "${OUTSIDE[$version]}" "$PEER" 200)" 200
		expect_equal "IPv$version: 500 short ones all come from the node" \
			"$(pod_exec pod_a "$SUPPORT/peer.py" short "${OUTSIDE[$version]}" "$PEER" 500)" "${NODE[$version]}"
		own=$((40000 + version))
		expect_ok "IPv$version: the node and two pods use the same source port to one server at once" \
			same_port_at_once "${OUTSIDE[$version]}" "$own" node_1 pod_a pod_b
		expect_ok "IPv$version: also when the pods had it first" \
			same_port_at_once "${OUTSIDE[$version]}" $((own + 100)) pod_a pod_b node_1
		expect_equal "IPv$version: the node itself is seen as itself" \
			"$(seen node_1 tcp "${OUTSIDE[$version]}")" "${NODE[$version]}"
	done
}

# Whoever comes first keeps its port, the others get another; each gets its own answers.
same_port_at_once() # ADDRESS PORT NETNS…
{
	local address=$1 port=$2 name pids=() status=0

	shift 2
	rm -f "$WORK"/held-*
	for name; do
		netns_spawn "$name" "$SUPPORT/peer.py" hold "$address" "$PEER" "$port" >"$WORK/held-$name" 2>&1
		pids+=($!)
		wait_until 5 test -s "$WORK/held-$name" || status=1
	done
	for name; do
		wait_until 1 file_grows "$WORK/held-$name" || status=1
	done
	processes_kill "${pids[@]}"
	for name; do
		echo "$name is seen as $(sort -u "$WORK/held-$name" | paste -sd ' ')"
		[ "$(sort -u "$WORK/held-$name" | wc -l)" = 1 ] || status=1
	done
	[ "$(sort -u "$WORK"/held-* | wc -l)" = $# ] || status=1
	return "$status"
}

file_grows()
{
	local before

	before=$(wc -l <"$1")
	sleep 0.3
	[ "$(wc -l <"$1")" -gt "$before" ]
}

processes_kill()
{
	disown "$@" 2>/dev/null || true
	kill "$@" 2>/dev/null || true
}

own_range_test()
{
	local before after

	before=$(counter node_1 from_pod no_pod)
	expect_fails "a free address of the node's range does not answer" pod_exec pod_a ping -q -c 2 -W 0.2 10.9.1.254
	expect_fails "nor one of IPv6" pod_exec pod_a ping -q -c 2 -W 0.2 fd09:1::fffe
	after=$(counter node_1 from_pod no_pod)
	expect_equal "what is sent there is counted as no_pod" $((after - before)) 4
	expect_fails "from outside neither" netns_exec outside ping -q -c 2 -W 0.2 10.9.1.254
	expect_equal "and counted" "$(counter node_1 from_uplink no_pod)" 2
}

hops_test()
{
	local version got

	for version in 4 6; do
		got=$(pod_exec pod_a "$SUPPORT/peer.py" hops "${OUTSIDE[$version]}" "$PEER" 1 2>&1)
		expect_equal "IPv$version: with one hop the node says that it is used up" \
			"${got#* }" "${EXCEEDED[$version]}"
		expect_ok "IPv$version: by an address of its own (${got%% *})" \
			grep -qwF "${got%% *}" <<<"${NODE[$version]} $(node_address node_1 "$version")"
	done
	expect_equal "an unmasqueraded datagram's too" \
		"$(pod_exec pod_a "$SUPPORT/peer.py" hops "${FRIEND[4]}" "$PEER" 1 2>&1 | cut -d ' ' -f 2-)" "${EXCEEDED[4]}"
}

# The pods' MTU is 1500. Outside keeps to the smaller one, but its TCP tells no one.
narrow_test()
{
	local version most

	netns_exec node_1 ip link set eth0 mtu 1400
	for version in 4 6; do
		outside_narrow "$version"
		most=$((1400 - ${HEADERS[$version]}))
		expect_status "$REFUSED" "IPv$version: a datagram that must not be cut is refused" \
			pod_exec pod_a "$SUPPORT/echo.py" df "${OUTSIDE[$version]}" "$ECHO" $((1500 - ${HEADERS[$version]}))
		expect_status "$REFUSED" "IPv$version: one byte above the uplink's MTU too" \
			pod_exec pod_a "$SUPPORT/echo.py" df "${OUTSIDE[$version]}" "$ECHO" $((most + 1))
		expect_ok "IPv$version: the largest that fits passes" \
			pod_exec pod_a "$SUPPORT/echo.py" df "${OUTSIDE[$version]}" "$ECHO" "$most"
		expect_ok "IPv$version: TCP of one who has not heard of it adapts" \
			pod_exec pod_b "$SUPPORT/echo.py" tcp "${OUTSIDE[$version]}" "$ECHO" 1 4000 65536 1048576
		expect_ok "IPv$version: and has been told" pod_mtu_is pod_b "${OUTSIDE[$version]}" 1400
		expect_ok "IPv$version: larger datagrams arrive in fragments" \
			pod_exec pod_a "$SUPPORT/echo.py" udp "${OUTSIDE[$version]}" "$ECHO" 1380 1450 5000 30000
		expect_ok "IPv$version: unmasqueraded as well" \
			pod_exec pod_b "$SUPPORT/echo.py" tcp "${FRIEND[$version]}" "$ECHO" 1 4000 65536 1048576
		expect_ok "IPv$version: and fragments" \
			pod_exec pod_b "$SUPPORT/echo.py" udp "${FRIEND[$version]}" "$ECHO" 1380 1450 5000 30000
	done
	netns_exec node_1 ip link set eth0 mtu 1500
}

# It sends no more than 1400 bytes, and lets others believe in more.
outside_narrow()
{
	local with=(dev eth0 metric 1 mtu 1400 advmss 1440)

	if [ "$1" = 4 ]; then
		netns_exec outside ip route add 198.18.0.0/24 src "${OUTSIDE[4]}" "${with[@]}"
		netns_exec outside ip route del 198.18.0.0/24 metric 0
		netns_exec outside ip route replace 10.9.1.0/24 via "${NODE[4]}" dev eth0 mtu 1400 advmss 1440
	else
		netns_exec outside ip -6 route add fd18::/64 "${with[@]}"
		netns_exec outside ip -6 route add fd09:1::/112 via "${NODE[6]}" "${with[@]}"
	fi
}

pod_mtu_is()
{
	pod_exec "$1" ip -j route get "$2" | jq -e --argjson mtu "$3" '.[0].metrics[0].mtu == $mtu or .[0].mtu == $mtu' ||
		! pod_exec "$1" ip -d route get "$2"
}

restart_test()
{
	local version pid status pids=()

	for version in 4 6; do
		netns_spawn pod_a "$SUPPORT/echo.py" stream "${OUTSIDE[$version]}" "$ECHO" >"$WORK/stream-$version" 2>&1
		pids+=($!)
		netns_spawn pod_b ping -q -i 0.01 -c 500 -W 2 "${OUTSIDE[$version]}" >"$WORK/ping-$version"
		pids+=($!)
	done
	agent_configure .
	agent_configure '.attach = "clsact"'
	expect_ok "another kind of attachment is taken over" uplink_is clsact "${NODE[4]}" "${NODE[6]}"
	agent_configure 'del(.attach)'
	wait "${pids[1]}" "${pids[3]}" || true
	kill "${pids[0]}" "${pids[2]}"
	for pid in "${pids[0]}" "${pids[2]}"; do
		status=0
		wait "$pid" || status=$?
		expect_equal "a stream outlives restarts of the agent" "$status" 0
	done
	for version in 4 6; do
		cat "$WORK/stream-$version"	# what was sent again may have been late, on a busy machine
		expect_ok "IPv$version: not a ping was lost meanwhile" grep -F '500 packets transmitted, 500 received' "$WORK/ping-$version"
	done
}

no_masquerade_test()
{
	local version

	agent_configure '.masquerade = false'
	for version in 4 6; do
		expect_equal "IPv$version: masquerade false shows everybody the pod, by TCP" \
			"$(seen pod_a tcp "${OUTSIDE[$version]}")" "$(pod_address pod_a "$version")"
		expect_equal "IPv$version: and by UDP" \
			"$(seen pod_a udp "${OUTSIDE[$version]}")" "$(pod_address pod_a "$version")"
	done
	agent_configure '.masquerade = true'
}

address_test()
{
	local version

	for version in 4 6; do
		ip_of node_1 "$version" addr del "${NODE[$version]}/${LENGTH[$version]}" dev eth0
		ip_of node_1 "$version" addr add "${NEW_NODE[$version]}/${LENGTH[$version]}" dev eth0
		ip_of node_1 "$version" route replace default via "${OUTSIDE[$version]}"
	done
	expect_ok "the uplink's new addresses are noticed" \
		wait_until 5 uplink_is "$(uplink_kind)" "${NEW_NODE[4]}" "${NEW_NODE[6]}"
	for version in 4 6; do
		expect_equal "IPv$version: new connections use the new address" \
			"$(seen pod_a tcp "${OUTSIDE[$version]}")" "${NEW_NODE[$version]}"
	done
}

uplink_kind()
{
	local kernel

	kernel=$(printf '6.6\n%s\n' "$(uname -r)" | sort -V | head -n 1)
	[ "$kernel" = 6.6 ] && echo tcx || echo clsact
}

gone_test()
{
	local version

	netns_exec node_1 ip link del eth0
	expect_ok "an uplink that is gone is forgotten" wait_until 5 uplink_is_none
	expect_equal "with its pins" "$(find "$(node_bpf_dir node_1)/links" -name 'eth0_*')" ""
	uplink_create
	expect_ok "made again it is found" wait_until 5 uplink_is "$(uplink_kind)" "${NODE[4]}" "${NODE[6]}"
	for version in 4 6; do
		expect_equal "IPv$version: and used" \
			"$(seen pod_a tcp "${OUTSIDE[$version]}")" "${NODE[$version]}"
	done
	netns_exec node_1 ip link set eth0 name out.7
	netns_exec node_1 ip link set out.7 name eth0
	netns_exec node_1 ip link set eth0 name out.7
	expect_ok "renamed it stays one" wait_until 5 uplink_is_called out.7
	expect_equal "and is used" "$(seen pod_a tcp "${OUTSIDE[4]}")" "${NODE[4]}"
	netns_exec node_1 ip link set out.7 name eth0
	expect_ok "and back" wait_until 5 uplink_is_called eth0
}

uplink_is_called()
{
	node_byway node_1 status -o json | jq -e --arg name "$1" '[.uplinks.list[] | .name] == [$name]' &&
		uplink_is_whole
}

uplink_is_whole()
{
	node_byway node_1 status -o json | jq -e '.uplinks | .list != [] and .problems == [] and
		all(.list[]; .attach != "missing")'
}

# What somebody takes off comes back; what somebody else has put there stays.
foreign_test()
{
	foreign_filter_add
	if [ "$(uplink_kind)" = tcx ]; then
		bpftool link detach pinned "$(node_bpf_dir node_1)/links/eth0_ingress"
		netns_exec node_1 ip addr add 192.0.2.99/32 dev lo	# has it looked at at once
		expect_ok "a link that was detached is made again" wait_until 5 uplink_is tcx "${NODE[4]}" "${NODE[6]}"
	fi
	agent_configure '.attach = "clsact"'
	netns_exec node_1 tc filter del dev eth0 ingress prio 1
	expect_ok "a filter that was deleted is made again" wait_until 5 uplink_is clsact "${NODE[4]}" "${NODE[6]}"
	expect_equal "and pods go on" "$(seen pod_a tcp "${OUTSIDE[4]}")" "${NODE[4]}"
	expect_ok "the doctor finds nothing wrong with uplinks" uplinks_are_healthy
}

uplinks_are_healthy()
{
	node_byway node_1 doctor -o json >"$WORK/doctor.json" || true
	jq -r '.findings[] | select(.area == "uplink") | "\(.level) \(.text)"' "$WORK/doctor.json" | tee "$WORK/doctor"
	grep -q '^ok ' "$WORK/doctor" && ! grep -qE '^(warn|fail) ' "$WORK/doctor"
}

# Filters first, then links.
uninstall_test()
{
	foreign_filter_add
	agent_configure '.attach = "clsact"'
	agent_end
	is_uninstalled "filters"
	[ "$(uplink_kind)" = tcx ] || return 0
	agent_configure '.attach = "tcx"'
	agent_end
	is_uninstalled "links"
}

is_uninstalled() # WHAT
{
	local programs

	programs=$(for name in from_uplink to_uplink; do
		bpftool -j prog show pinned "$(node_bpf_dir node_1)/programs/$name" | jq .id
	done)
	expect_ok "$1: uninstall" node_byway node_1 uninstall --yes
	expect_equal "$1: only another's filter is left" "$(filters_left)" "7 bpf"
	expect_ok "$1: and no pin" test ! -e "$(node_bpf_dir node_1)"
	expect_ok "$1: nothing runs the programs any more" wait_until 5 programs_are_gone "$programs"
}

foreign_filter_add()
{
	netns_exec node_1 tc qdisc add dev eth0 clsact 2>/dev/null || true
	netns_exec node_1 tc filter replace dev eth0 ingress prio 7 handle 1 bpf bytecode '1,6 0 0 0,'
}

filters_left()
{
	local where

	for where in ingress egress; do
		netns_exec node_1 tc -j filter show dev eth0 "$where" | jq -r '.[] | select(.options) | "\(.pref) \(.kind)"'
	done
}

# The kernel frees them a little later.
programs_are_gone()
{
	local id

	for id in $1; do
		! bpftool prog show id "$id" || return 1
	done
}

undo_at_exit
world_create
expect_ok "the interface of the default routes is the uplink, with the node's addresses" \
	uplink_is "$(uplink_kind)" "${NODE[4]}" "${NODE[6]}"
[ $# -gt 0 ] || set -- masquerade ports own_range hops restart no_masquerade narrow address gone foreign uninstall
for part; do
	"${part}_test"
done
expect_end
