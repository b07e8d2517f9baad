/* SPDX-License-Identifier: Apache-2.0 */
/* test_decode_slice - what is read of an EndpointSlice, and what each mistake is called. */
#include "support/decoded.h"

#define SLICE_OF(type, rest)                                                                      \
	"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: " \
	"{kubernetes.io/service-name: web}}, addressType: " type ", " rest "}"
#define SLICE(rest) SLICE_OF("IPv4", rest)
#define A "10.1.0.1"

/* clang-format off */
static const struct decode_row rows[] = {
	{ "no conditions: ready, serving, not terminating", SLICE("endpoints: [{addresses: [" A "]}]"), "of 'web'\n" A " ready serving on '' in ''\n" },
	{ "empty conditions are the same", SLICE("endpoints: [{addresses: [" A "], conditions: {}}]"), "of 'web'\n" A " ready serving on '' in ''\n" },
	{ "null conditions are the same", SLICE("endpoints: [{addresses: [" A "], conditions: {ready: null, serving: null, terminating: null}}]"), "of 'web'\n" A " ready serving on '' in ''\n" },
	{ "serving and terminating", SLICE("endpoints: [{addresses: [" A "], conditions: {ready: false, serving: true, terminating: true}}]"), "of 'web'\n" A " serving terminating on '' in ''\n" },
	{ "neither ready nor serving", SLICE("endpoints: [{addresses: [" A "], conditions: {ready: false, serving: false}}]"), "of 'web'\n" A " on '' in ''\n" },
	{ "node, zone and hints", SLICE("endpoints: [{addresses: [" A "], nodeName: node-1.example, zone: Zone_a, hints: {forZones: [{name: Zone_a}, {name: b}], forNodes: [{name: node-1.example}]}}]"), "of 'web'\n" A " ready serving on 'node-1.example' in 'Zone_a' zone=Zone_a zone=b node=node-1.example\n" },
	{ "only the first address is used", SLICE("endpoints: [{addresses: [" A ", 10.1.0.2]}]"), "of 'web'\n" A " ready serving on '' in ''\n" },
	{ "ports", SLICE("ports: [{port: 80}, {name: dns, port: 53, protocol: UDP}], endpoints: []"), "of 'web'\nport '' 80/TCP\nport 'dns' 53/UDP\n" },
	{ "a port without a number is kept, and means nothing", SLICE("ports: [{name: a}, {name: b, port: null}]"), "of 'web'\nport 'a' 0/TCP\nport 'b' 0/TCP\n" },
	{ "neither ports nor endpoints", SLICE("ports: null, endpoints: null"), "of 'web'\n" },
	{ "IPv6", SLICE_OF("IPv6", "endpoints: [{addresses: ['fd00::1']}]"), "of 'web'\nfd00::1 ready serving on '' in ''\n" },
	{ "names are ignored, unread", SLICE_OF("FQDN", "endpoints: [{addresses: [example.org]}]"), "of 'web'\nignored\n" },
	{ "headless is ignored, unread", "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: {kubernetes.io/service-name: web, service.kubernetes.io/headless: ''}}, addressType: IPv4, endpoints: 7}", "of 'web'\nignored\n" },
	{ "a slice of no service", "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: x}, addressType: IPv4}", "of ''\n" },
	{ "unknown fields are ignored", SLICE("endpoints: [{addresses: [" A "], targetRef: {kind: Pod}, deprecatedTopology: {x: y}, hostname: h}]"), "of 'web'\n" A " ready serving on '' in ''\n" },
};

static const struct mistake_row mistakes[] = {
	{ "no addressType", "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: x}}", "EndpointSlice default/x: addressType: is missing" },
	{ "an unknown addressType", SLICE_OF("IPv5", "endpoints: []"), "addressType: 'IPv5' is none of: IPv4, IPv6, FQDN" },
	{ "an IPv6 address among IPv4", SLICE("endpoints: [{addresses: [" A "]}, {addresses: ['fd00::1']}]"), "EndpointSlice default/web-1: endpoints[1].addresses[0]: fd00::1 is not of addressType IPv4" },
	{ "an IPv4 address among IPv6", SLICE_OF("IPv6", "endpoints: [{addresses: [" A "]}]"), "endpoints[0].addresses[0]: " A " is not of addressType IPv6" },
	{ "no address", SLICE("endpoints: [{addresses: []}]"), "endpoints[0].addresses[0]: must be an address" },
	{ "no list of addresses", SLICE("endpoints: [{}]"), "endpoints[0].addresses[0]: must be an address" },
	{ "the node itself is nobody's backend", SLICE("endpoints: [{addresses: [127.0.0.1]}]"), "endpoints[0].addresses[0]: 127.0.0.1 is unspecified, loopback, link-local or multicast" },
	{ "link-local neither", SLICE("endpoints: [{addresses: [169.254.169.254]}]"), "addresses[0]: 169.254.169.254 is" },
	{ "an endpoint that is none", SLICE("endpoints: [7]"), "endpoints[0]: must be an object" },
	{ "a condition in words", SLICE("endpoints: [{addresses: [" A "], conditions: {ready: 'true'}}]"), "endpoints[0].conditions.ready: must be true or false" },
	{ "a node's name that is a way", SLICE("endpoints: [{addresses: [" A "], nodeName: ../x}]"), "endpoints[0].nodeName: '../x' is not a name" },
	{ "a hint that is none", SLICE("endpoints: [{addresses: [" A "], hints: {forZones: [a]}}]"), "endpoints[0].hints.forZones[0]: must be an object" },
	{ "a port above 65535", SLICE("ports: [{port: 65536}]"), "ports[0].port: must be a whole number from 0 to 65535" },
	{ "two ports of one name", SLICE("ports: [{name: a, port: 1}, {name: a, port: 2}]"), "ports[1].name: 'a' is also the name of ports[0]" },
	{ "a service that cannot be", "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: x, labels: {kubernetes.io/service-name: A/b}}, addressType: IPv4}", "metadata.labels.kubernetes.io/service-name: 'A/b' is not a name" },
	{ "an older version of the kind", "{apiVersion: discovery.k8s.io/v1beta1, kind: EndpointSlice, metadata: {name: x}}", "EndpointSlice: apiVersion: 'discovery.k8s.io/v1beta1' is not discovery.k8s.io/v1" },
};
/* clang-format on */

/* A slice of count endpoints, each with a node, as JSON. */
static char *slice_of(int count)
{
	char *text = malloc((size_t)count * 64 + 1024);
	size_t used;

	assert_non_null(text);
	used = (size_t)sprintf(text, "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":"
				     "\"EndpointSlice\",\"metadata\":{\"name\":\"big\"},"
				     "\"addressType\":\"IPv4\",\"endpoints\":[");
	for (int i = 0; i < count; i++)
		used += (size_t)sprintf(text + used, "%s{\"addresses\":[\"10.%d.%d.%d\"]}",
					i ? "," : "", i >> 16, (i >> 8) & 255, i & 255);
	strcpy(text + used, "]}");
	return text;
}

static void endpoints_are_bounded(void **state)
{
	char *text = slice_of(100001);
	struct decoded decoded;

	(void)state;
	decoded_from(text, &decoded);
	assert_int_equal(decoded.rc, -E2BIG);
	assert_non_null(strstr(decoded.err.text, "EndpointSlice default/big: endpoints: has 100001"
						 " items, at most 100000 are read"));
	free(text);
}

static void many_endpoints_are_read(void **state)
{
	char *text = slice_of(100000);
	struct decoded decoded;

	(void)state;
	decoded_from(text, &decoded);
	assert_int_equal(decoded.rc, 0);
	assert_int_equal(decoded.object->slice.endpoint_count, 100000);
	assert_string_equal(ip_addr_text(&decoded.object->slice.endpoints[99999].addr).text,
			    "10.1.134.159");
	object_free(&decoded.object);
	free(text);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, decode_is_as_said);
	ROWS_ADD(&cases, mistakes, mistake_is_named);
	case_add(&cases, "a slice of 100,000 endpoints is read", many_endpoints_are_read, NULL);
	case_add(&cases, "one of more is refused", endpoints_are_bounded, NULL);
	return cases_run("agent/source/decode_slice", &cases, NULL, NULL);
}
