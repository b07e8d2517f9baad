# SPDX-License-Identifier: Apache-2.0
# kube_proxy_rules - iptables-restore input: the chains that kube-proxy keeps for `services` services.
#
# Variables: services, pods (the CIDR of the cluster's pods), own (endpoint of the last service) and own_ports (that
# service's ports, separated by spaces). Every other service has port 80 and so many endpoints (1) that do not exist.

function address(net, i) { return sprintf("%s.%d.%d", net, int(i / 250), i % 250 + 1) }

function endpoint_address(i) { return address("10." 128 + int(i / 62500), i % 62500) }

function endpoint_add(svc, id, endpoint, port, left,    sep, chance) {
	sep = "KUBE-SEP-" id
	chains = chains ":" sep " - [0:0]\n"
	chance = left > 1 ? sprintf(" -m statistic --mode random --probability %.11f", 1 / left) : ""
	body[ports] = body[ports] "\n" \
		"-A " svc " -m comment --comment \"default/web-" id " -> " endpoint ":" port "\"" chance " -j " sep "\n" \
		"-A " sep " -s " endpoint "/32 -j KUBE-MARK-MASQ\n" \
		"-A " sep " -p tcp -m tcp -j DNAT --to-destination " endpoint ":" port
}

function port_add(vip, port,    id, svc, match_vip) {
	id = sprintf("%016X", ++ports)
	svc = "KUBE-SVC-" id
	match_vip = "-d " vip "/32 -p tcp -m comment --comment \"default/web-" id " cluster IP\" -m tcp --dport " port
	chains = chains ":" svc " - [0:0]\n"
	list[ports] = "-A KUBE-SERVICES " match_vip " -j " svc
	body[ports] = "-A " svc " ! -s " pods " " match_vip " -j KUBE-MARK-MASQ"
	return svc
}

function filter_table() {
	print "*filter"
	print ":KUBE-FORWARD - [0:0]\n:KUBE-EXTERNAL-SERVICES - [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-FIREWALL - [0:0]"
	print "-A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES"
	print "-A INPUT -j KUBE-FIREWALL"
	print "-A FORWARD -j KUBE-FORWARD"
	print "-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES"
	print "-A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES"
	print "-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES"
	print "-A OUTPUT -j KUBE-FIREWALL"
	print "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP"
	print "-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT"
	print "-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
	print "COMMIT"
}

function nat_table(    i) {
	print "*nat"
	print ":KUBE-SERVICES - [0:0]\n:KUBE-POSTROUTING - [0:0]\n:KUBE-NODEPORTS - [0:0]\n:KUBE-MARK-MASQ - [0:0]"
	printf "%s", chains
	print "-A PREROUTING -j KUBE-SERVICES"
	print "-A OUTPUT -j KUBE-SERVICES"
	print "-A POSTROUTING -j KUBE-POSTROUTING"
	print "-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000"
	print "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN"
	print "-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000"
	print "-A KUBE-POSTROUTING -j MASQUERADE --random-fully"
	for (i = 1; i <= ports; i++)
		print list[i]
	print "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"
	for (i = 1; i <= ports; i++)
		print body[i]
	print "COMMIT"
}

BEGIN {
	if (!endpoints)
		endpoints = 1
	for (i = 0; i < services - 1; i++) {
		svc = port_add(address("10.96", i), 80)
		for (e = 0; e < endpoints; e++)
			endpoint_add(svc, sprintf("%016X", i * endpoints + e + 1), endpoint_address(i * endpoints + e), 80, endpoints - e)
	}
	count = split(own_ports, port, " ")
	for (i = 1; i <= count; i++)
		endpoint_add(port_add(address("10.96", services - 1), port[i]), "OWN" i, own, port[i], 1)
	filter_table()
	nat_table()
}
