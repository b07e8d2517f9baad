/* SPDX-License-Identifier: Apache-2.0 */
/* test_decode_service - what is read of a Service, and what each mistake is called. */
#include "support/decoded.h"

#define SERVICE(spec) "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {" spec "}}"
#define STATUS(spec, status)                                                                       \
	"{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {" spec "}, status: " status \
	"}"
#define PORTS "ports: [{port: 80}]"
#define PORT "port '' 80/TCP node 0 target '' 0\n"

/* clang-format off */
static const struct decode_row rows[] = {
	{ "a port alone is TCP, has no name, and targets its own number", SERVICE(PORTS), PORT },
	{ "a port with everything", SERVICE("ports: [{name: dns, protocol: UDP, port: 53, nodePort: 30053, targetPort: 5353}]"), "port 'dns' 53/UDP node 30053 target '' 5353\n" },
	{ "a target may be a name", SERVICE("ports: [{port: 80, targetPort: http}]"), "port '' 80/TCP node 0 target 'http' 0\n" },
	{ "SCTP is a protocol", SERVICE("ports: [{port: 80, protocol: SCTP}]"), "port '' 80/SCTP node 0 target '' 0\n" },
	{ "one number, two protocols", SERVICE("ports: [{name: a, port: 53, nodePort: 30053}, {name: b, port: 53, protocol: UDP, nodePort: 30053}]"), "port 'a' 53/TCP node 30053 target '' 0\nport 'b' 53/UDP node 30053 target '' 0\n" },
	{ "null is the same as absent", SERVICE("clusterIP: null, clusterIPs: null, selector: null, sessionAffinity: null, ports: [{port: 80, name: null, protocol: null, nodePort: null, targetPort: null}]"), PORT },
	{ "unknown fields are ignored", SERVICE("novelty: {a: [1]}, ports: [{port: 80, appProtocol: h2c, x: {}}]"), PORT },
	{ "trafficDistribution is for whoever writes the hints", SERVICE("trafficDistribution: PreferClose, " PORTS), PORT },

	{ "both families", SERVICE("clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7, 'fd96::7'], " PORTS), "cluster 10.96.0.7\ncluster fd96::7\n" PORT },
	{ "clusterIP alone", SERVICE("clusterIP: 10.96.0.7, " PORTS), "cluster 10.96.0.7\n" PORT },
	{ "an empty clusterIP is none yet", SERVICE("clusterIP: '', " PORTS), PORT },
	{ "an address counts once", SERVICE("externalIPs: [203.0.113.9, 203.0.113.9], " PORTS), "external 203.0.113.9\n" PORT },
	{ "load balancers by address", STATUS(PORTS, "{loadBalancer: {ingress: [{ip: 203.0.113.80}, {hostname: lb.example.org}, {ip: 'fd00::80', ipMode: VIP}]}}"), "balancer 203.0.113.80\nbalancer fd00::80\n" PORT },
	{ "a load balancer that is a proxy keeps its address", STATUS(PORTS, "{loadBalancer: {ingress: [{ip: 203.0.113.80, ipMode: Proxy}]}}"), PORT },
	{ "source ranges lose white space and host bits", SERVICE("loadBalancerSourceRanges: [' 192.0.2.7/24 ', \"\\t198.51.100.7/32\\n\", 'fd00::1/64'], " PORTS), "from 192.0.2.0/24\nfrom 198.51.100.7/32\nfrom fd00::/64\n" PORT },
	{ "a /0 is no guard in its family", SERVICE("loadBalancerSourceRanges: [192.0.2.0/24, 0.0.0.0/0, 'fd00::/64'], " PORTS), "from fd00::/64\n" PORT },
	{ "a ::/0 neither", SERVICE("loadBalancerSourceRanges: [192.0.2.0/24, '::/0', 'fd00::/64'], " PORTS), "from 192.0.2.0/24\n" PORT },

	{ "affinity lasts three hours unless told otherwise", SERVICE("sessionAffinity: ClientIP, " PORTS), PORT "affinity 10800\n" },
	{ "affinity as configured", SERVICE("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}, " PORTS), PORT "affinity 600\n" },
	{ "a time without affinity is none", SERVICE("sessionAffinity: None, sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}, " PORTS), PORT },
	{ "policies", SERVICE("externalTrafficPolicy: Local, internalTrafficPolicy: Local, publishNotReadyAddresses: true, " PORTS), PORT "external local\ninternal local\nnot ready too\n" },
	{ "policies that say Cluster", SERVICE("externalTrafficPolicy: Cluster, internalTrafficPolicy: Cluster, " PORTS), PORT },
	{ "a health check needs a load balancer and policy Local", SERVICE("type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30133, " PORTS), PORT "external local\nhealth 30133\n" },
	{ "there is no health check with policy Cluster", SERVICE("type: LoadBalancer, healthCheckNodePort: 30133, " PORTS), PORT },
	{ "a selector", SERVICE("selector: {app: web, example.org/tier: ''}, " PORTS), "selects app=web\nselects example.org/tier=\n" PORT },

	{ "headless is ignored, whatever else it says", SERVICE("clusterIP: None, ports: [{port: 0}]"), "ignored\n" },
	{ "headless by its list", SERVICE("clusterIPs: [None]"), "ignored\n" },
	{ "ExternalName is ignored", SERVICE("type: ExternalName, externalName: example.org"), "ignored\n" },
	{ "another proxy's is ignored", "{apiVersion: v1, kind: Service, metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: x}}}", "ignored\n" },
};

static const struct mistake_row mistakes[] = {
	{ "no port at all", SERVICE("ports: []"), "Service default/web: spec.ports: there is none" },
	{ "a port without a number", SERVICE("ports: [{name: a}]"), "Service default/web: spec.ports[0].port: must be a whole number from 1 to 65535" },
	{ "port 0", SERVICE("ports: [{port: 0}]"), "spec.ports[0].port: must be a whole number from 1" },
	{ "a port above 65535", SERVICE("ports: [{port: 80}, {name: b, port: 65536}]"), "spec.ports[1].port: must be a whole number from 0 to 65535" },
	{ "a negative node port", SERVICE("ports: [{port: 80, nodePort: -1}]"), "spec.ports[0].nodePort: must be" },
	{ "a port in quotes", SERVICE("ports: [{port: '80'}]"), "spec.ports[0].port: must be a whole number" },
	{ "a port with a fraction", SERVICE("ports: [{port: 80.5}]"), "spec.ports[0].port: must be a whole number" },
	{ "a target above 65535", SERVICE("ports: [{port: 80, targetPort: 70000}]"), "spec.ports[0].targetPort: must be" },
	{ "a target's name that is none", SERVICE("ports: [{port: 80, targetPort: 'a b'}]"), "spec.ports[0].targetPort: 'a b' is not made of" },
	{ "an unknown protocol", SERVICE("ports: [{port: 80, protocol: ICMP}]"), "spec.ports[0].protocol: 'ICMP' is none of: TCP, UDP, SCTP" },
	{ "a port that is no object", SERVICE("ports: [80]"), "Service default/web: spec.ports[0]: must be an object" },
	{ "ports that are no list", SERVICE("ports: {port: 80}"), "spec.ports: must be a list" },
	{ "two ports of one name", SERVICE("ports: [{name: a, port: 80}, {name: a, port: 81}]"), "spec.ports[1].name: 'a' is also the name of ports[0]" },
	{ "two ports without a name", SERVICE("ports: [{port: 80}, {port: 81}]"), "spec.ports[1].name: ''" },
	{ "two ports of one number", SERVICE("ports: [{name: a, port: 80}, {name: b, port: 80}]"), "spec.ports[1].port: 80 is also the port of ports[0]" },
	{ "two ports of one node port", SERVICE("ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]"), "spec.ports[1].nodePort: 30080 is also" },
	{ "an address that is none", SERVICE("clusterIP: 10.96.0, " PORTS), "spec.clusterIP: '10.96.0' is not an IP address" },
	{ "an address in a list that is none", SERVICE("externalIPs: [203.0.113.9, x], " PORTS), "spec.externalIPs[1]: 'x' is not an IP address" },
	{ "the unspecified address", SERVICE("clusterIP: 0.0.0.0, " PORTS), "spec.clusterIP: 0.0.0.0 is unspecified, loopback" },
	{ "the unspecified IPv6 address", SERVICE("clusterIPs: ['::'], " PORTS), "spec.clusterIPs[0]: :: is unspecified" },
	{ "a loopback address", SERVICE("externalIPs: [127.0.0.1], " PORTS), "spec.externalIPs[0]: 127.0.0.1 is" },
	{ "a multicast address", STATUS(PORTS, "{loadBalancer: {ingress: [{ip: 224.0.0.1}]}}"), "Service default/web: status.loadBalancer.ingress[0].ip: 224.0.0.1 is" },
	{ "IPv4 in IPv6's clothes", SERVICE("clusterIP: '::ffff:10.96.0.1', " PORTS), "spec.clusterIP: '::ffff:10.96.0.1' is not an IP address" },
	{ "an address that is a number", SERVICE("clusterIP: 10.96, " PORTS), "spec.clusterIP: must be a string" },
	{ "an unknown ipMode", STATUS(PORTS, "{loadBalancer: {ingress: [{ip: 203.0.113.80, ipMode: X}]}}"), "ingress[0].ipMode: 'X' is none of: VIP, Proxy" },
	{ "a source range without a length", SERVICE("loadBalancerSourceRanges: [192.0.2.0], " PORTS), "spec.loadBalancerSourceRanges[0]: '192.0.2.0' is not a CIDR" },
	{ "two source ranges in one", SERVICE("loadBalancerSourceRanges: ['192.0.2.0/24 10.0.0.0/8'], " PORTS), "is not a CIDR" },
	{ "an unknown type", SERVICE("type: Cluster, " PORTS), "spec.type: 'Cluster' is none of: ClusterIP, NodePort, LoadBalancer, ExternalName" },
	{ "an unknown policy", SERVICE("externalTrafficPolicy: local, " PORTS), "spec.externalTrafficPolicy: 'local' is none of: Cluster, Local" },
	{ "an unknown affinity", SERVICE("sessionAffinity: Cookie, " PORTS), "spec.sessionAffinity: 'Cookie' is none of: None, ClientIP" },
	{ "an affinity of no time", SERVICE("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}, " PORTS), "timeoutSeconds: must not be 0" },
	{ "an affinity of more than a day", SERVICE("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}, " PORTS), "spec.sessionAffinityConfig.clientIP.timeoutSeconds: must be" },
	{ "a selector of numbers", SERVICE("selector: {app: 7}, " PORTS), "spec.selector.app: must be a string (in YAML, quote it)" },
	{ "a selector with a strange value", SERVICE("selector: {app: '../x'}, " PORTS), "spec.selector.app: '../x' is not a label's value" },
	{ "a selector with a strange key", SERVICE("selector: {'a b': x}, " PORTS), "spec.selector: 'a b' is not a label's key" },
	{ "what cannot be printed is not", SERVICE("clusterIP: \"\\x1b[2J\\n\\u00fc\", " PORTS), "spec.clusterIP: '?[2J?\?\?' is not" },
	{ "a spec that is a list", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: []}", "Service default/web: spec: must be an object" },
};
/* clang-format on */

static void ports_are_bounded(void **state)
{
	static char yaml[64 * 1024];
	struct decoded decoded;
	size_t used;

	(void)state;
	used = (size_t)sprintf(yaml,
			       "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": "
			       "{\"name\": \"web\"}, \"spec\": {\"ports\": [");
	for (int i = 1; i <= 1001; i++)
		used += (size_t)sprintf(yaml + used, "%s{\"name\": \"p%d\", \"port\": %d}",
					i > 1 ? "," : "", i, i);
	strcpy(yaml + used, "]}}");
	decoded_from(yaml, &decoded);
	assert_int_equal(decoded.rc, -E2BIG);
	assert_non_null(strstr(decoded.err.text, "spec.ports: has 1001 items, at most 1000"));
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, decode_is_as_said);
	ROWS_ADD(&cases, mistakes, mistake_is_named);
	case_add(&cases, "more than 1000 ports are refused", ports_are_bounded, NULL);
	return cases_run("agent/source/decode_service", &cases, NULL, NULL);
}
