# SPDX-License-Identifier: Apache-2.0
# kube_proxy_rules - iptables-restore input: the chains that kube-proxy keeps for `services` services.
#
# Variables: services, pods (the CIDR of the cluster's pods), own (endpoint of the last service) and own_ports (that
# service's ports, separated by spaces). Every other service has port 80 and one endpoint that does not exist.

function address(net, i) { return sprintf("%s.%d.%d", net, int(i / 250), i % 250 + 1) }

function port_add(vip, endpoint, port,    id, svc, sep, match_vip) {
	id = sprintf("%016X", ++ports)
	svc = "KUBE-SVC-" id
	sep = "KUBE-SEP-" id
	match_vip = "-d " vip "/32 -p tcp -m comment --comment \"default/web-" id " cluster IP\" -m tcp --dport " port
	chains = chains ":" svc " - [0:0]\n:" sep " - [0:0]\n"
	list[ports] = "-A KUBE-SERVICES " match_vip " -j " svc
	body[ports] = "-A " svc " ! -s " pods " " match_vip " -j KUBE-MARK-MASQ\n" \
		"-A " svc " -m comment --comment \"default/web-" id " -> " endpoint ":" port "\" -j " sep "\n" \
		"-A " sep " -s " endpoint "/32 -j KUBE-MARK-MASQ\n" \
		"-A " sep " -p tcp -m tcp -j DNAT --to-destination " endpoint ":" port
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
	for (i = 0; i < services - 1; i++)
		port_add(address("10.96", i), address("10.2", i), 80)
	count = split(own_ports, port, " ")
	for (i = 1; i <= count; i++)
		port_add(address("10.96", services - 1), own, port[i])
	filter_table()
	nat_table()
}
