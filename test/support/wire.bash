# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# wire - two namespaces, NAME-a and NAME-b, joined in the ways that Byway is compared with.

# shellcheck source=test/support/netns.bash
. "$(dirname "${BASH_SOURCE[0]}")/netns.bash"

WIRE_A=10.1.0.2 WIRE_B=10.1.1.2 WIRE_A6=fd01::2 WIRE_B6=fd01:1::2	# the ends, in every wire
WIRE_SERVICE_PORTS='12865 12866 12867 12868'	# where b's servers listen: behind the service address too

# A plain veth pair and nothing in between: no network for pods can be faster on the ordinary path.
wire_direct()
{
	netns_create "$1-a"
	netns_create "$1-b"
	ip link add eth0 netns "$NETNS_PREFIX$1-a" type veth peer name eth0 netns "$NETNS_PREFIX$1-b"
	wire_end_up "$1-a" "$WIRE_A" "$WIRE_A6"
	wire_end_up "$1-b" "$WIRE_B" "$WIRE_B6"
}

# wire_end_up NETNS ADDRESS ADDRESS6 [GATEWAY GATEWAY6]; without a gateway all is on the link.
wire_end_up()
{
	netns_exec "$1" ip addr add "$2/32" dev eth0
	netns_exec "$1" ip addr add "$3/128" dev eth0 nodad
	netns_exec "$1" ip link set eth0 up
	netns_exec "$1" ip route add default ${4:+via "$4" onlink} dev eth0
	netns_exec "$1" ip -6 route add default ${5:+via "$5"} dev eth0
}

# Two veth pairs and the kernel's routing between them, in the namespace NAME-node.
wire_routed()
{
	netns_create "$1-node"
	netns_sysctl "$1-node" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	wire_pod "$1" a "$WIRE_A" "$WIRE_A6"
	wire_pod "$1" b "$WIRE_B" "$WIRE_B6"
}

# wire_pod NAME END ADDRESS ADDRESS6: as the reference ptp plugin does it.
wire_pod()
{
	local node="$1-node"

	netns_create "$1-$2"
	ip link add "veth-$2" netns "$NETNS_PREFIX$node" type veth peer name eth0 netns "$NETNS_PREFIX$1-$2"
	netns_exec "$node" ip addr add "169.254.1.1/32" dev "veth-$2"
	netns_exec "$node" ip addr add "fe80::1/64" dev "veth-$2" nodad
	netns_exec "$node" ip link set "veth-$2" up
	wire_end_up "$1-$2" "$3" "$4" 169.254.1.1 fe80::1
	netns_exec "$node" ip route add "$3/32" dev "veth-$2"
	netns_exec "$node" ip -6 route add "$4/128" dev "veth-$2"
}

# wire_iptables NAME legacy|nft SERVICES: kernel routing with kube-proxy's rules on the node.
wire_iptables()
{
	wire_routed "$1"
	wire_service_rules "$3" | netns_exec "$1-node" "iptables-$2-restore"
}

# wire_nftables NAME SERVICES: kernel routing with the table of kube-proxy's nftables mode on the node.
wire_nftables()
{
	wire_routed "$1"
	wire_service_table "$2" | netns_exec "$1-node" nft -f -
}

# wire_service_address SERVICES: of the last one, whose endpoint is b.
wire_service_address()
{
	wire_service_rules "$1" | awk '/-A KUBE-SERVICES -d/ { split($4, a, "/"); last = a[1] } END { print last }'
}

# wire_service_rules SERVICES [ENDPOINTS]: what kube-proxy keeps for that many services with so many endpoints (1) each,
# as iptables-restore takes it; b's own comes last in the list.
wire_service_rules() { wire_service_awk kube_proxy_rules "$@"; }

# wire_service_table SERVICES [ENDPOINTS]: the same of its nftables mode, for nft.
wire_service_table() { wire_service_awk kube_proxy_nft "$@"; }

wire_service_awk()
{
	awk -v services="$2" -v endpoints="${3:-1}" -v pods=10.1.0.0/16 -v own="$WIRE_B" -v own_ports="$WIRE_SERVICE_PORTS" \
		-f "$(dirname "${BASH_SOURCE[0]}")/$1.awk"
}
