# SPDX-License-Identifier: Apache-2.0
# kube_proxy_nft - nft input: the table that kube-proxy's nftables mode keeps for `services` services.
#
# Variables as kube_proxy_rules.awk has them: services, pods, own, own_ports, and endpoints (1) of every other service.

function address(net, i) { return sprintf("%s.%d.%d", net, int(i / 250), i % 250 + 1) }

function port_add(vip, port, first, count,    id, svc, choice, i, name) {
	id = sprintf("%08X-default/web-%d/tcp/main", ++ports, ports)
	svc = "service-" id
	for (i = 0; i < count; i++) {
		name = "endpoint-" id "__" target(first + i) "/" port
		printf "\tchain %s {\n\t\tip saddr %s jump mark-for-masquerade\n\t\tmeta l4proto tcp dnat to %s:%d\n\t}\n",
			name, target(first + i), target(first + i), port
		choice = choice (i ? ", " : "") i " : goto " name
	}
	printf "\tchain %s {\n\t\tip daddr %s tcp dport %d ip saddr != %s jump mark-for-masquerade\n", svc, vip, port, pods
	# For one, kube-proxy has a map too; 10,000 such maps without a name take the kernel over a minute to load.
	if (count > 1)
		printf "\t\tnumgen random mod %d vmap { %s }\n\t}\n", count, choice
	else
		printf "\t\tgoto %s\n\t}\n", name
	elements = elements (ports > 1 ? ",\n" : "") "\t\t\t" vip " . tcp . " port " : goto " svc
	if (vip != last_vip)
		vips = vips (last_vip ? ", " : "") vip
	last_vip = vip
}

function target(i) { return own_target ? own_target : address("10." 128 + int(i / 62500), i % 62500) }

function hooks() {
	print "\tset nodeport-ips { type ipv4_addr; }"
	print "\tmap service-nodeports { type inet_proto . inet_service : verdict; }"
	print "\tmap no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }"
	print "\tmap no-endpoint-nodeports { type inet_proto . inet_service : verdict; }"
	print "\tmap firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; }"
	print "\tchain reject-chain { reject; }"
	print "\tchain services {"
	print "\t\tip daddr . meta l4proto . th dport vmap @service-ips"
	print "\t\tip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports"
	print "\t}"
	print "\tchain masquerading {"
	print "\t\tmeta mark & 0x4000 == 0 return"
	print "\t\tmeta mark set meta mark ^ 0x4000"
	print "\t\tmasquerade fully-random"
	print "\t}"
	print "\tchain cluster-ips-check { ip daddr @cluster-ips reject; }"
	print "\tchain firewall-check { ip daddr . meta l4proto . th dport vmap @firewall-ips; }"
	print "\tchain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }"
	print "\tchain nodeport-endpoints-check { ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }"
	print "\tchain filter-prerouting { type filter hook prerouting priority -110; ct state new jump firewall-check; }"
	print "\tchain filter-forward { type filter hook forward priority -110;"
	print "\t\tct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }"
	print "\tchain filter-input { type filter hook input priority -110;"
	print "\t\tct state new jump nodeport-endpoints-check; ct state new jump service-endpoints-check; }"
	print "\tchain filter-output { type filter hook output priority -110;"
	print "\t\tct state new jump service-endpoints-check; ct state new jump firewall-check; }"
	print "\tchain filter-output-post-dnat { type filter hook output priority -90;"
	print "\t\tct state new jump cluster-ips-check; }"
	print "\tchain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }"
	print "\tchain nat-output { type nat hook output priority -100; jump services; }"
	print "\tchain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }"
}

BEGIN {
	if (!endpoints)
		endpoints = 1
	print "table ip kube-proxy {"
	print "\tchain mark-for-masquerade { meta mark set meta mark | 0x4000; }"
	for (i = 0; i < services - 1; i++)
		port_add(address("10.96", i), 80, i * endpoints, endpoints)
	count = split(own_ports, port, " ")
	own_target = own
	for (i = 1; i <= count; i++)
		port_add(address("10.96", services - 1), port[i], 0, 1)
	printf "\tset cluster-ips { type ipv4_addr; elements = { %s } }\n", vips
	printf "\tmap service-ips { type ipv4_addr . inet_proto . inet_service : verdict;\n\t\telements = {\n%s\n\t\t} }\n", elements
	hooks()
	print "}"
}
