/* SPDX-License-Identifier: Apache-2.0 */
/* test_netconf - the configuration on stdin: each field right, of a wrong type, out of range. */
#include "support/cases.h"

#include <netinet/in.h>
#include <string.h>

#include "cni-plugin/cni_error.h"
#include "cni-plugin/netconf.h"

/* A configuration that is right but for what a row adds. */
#define CONF(fields) "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"byway\"" fields "}"
#define NAMED(name) "{\"cniVersion\":\"1.1.0\",\"type\":\"byway\",\"name\":" name "}"
#define VERSIONED(version) "{\"cniVersion\":" version ",\"name\":\"net\"}"
#define RANGES(ranges) CONF(",\"ipam\":{\"type\":\"byway\",\"ranges\":" ranges "}")
#define RUNTIME(fields) CONF(",\"runtimeConfig\":{" fields "}")
#define MAPPING(host, container, protocol, ip)                                          \
	RUNTIME("\"portMappings\":[{\"hostPort\":" host ",\"containerPort\":" container \
		",\"protocol\":\"" protocol "\",\"hostIP\":\"" ip "\"}]")
#define VALID(list) CONF(",\"cni.dev/valid-attachments\":" list)

#define TEN(text) text text text text text text text text text text

static const struct refused {
	const char *sentence;
	const char *text;
	int code;
	const char *names; /* what the message must hold */
} refusals[] = {
	{ "nothing at all", "", CNI_DECODE, "JSON" },
	{ "white space only", " \n", CNI_DECODE, "JSON" },
	{ "text that is no JSON", "hello", CNI_DECODE, "JSON" },
	{ "a document that is cut off", "{\"cniVersion\":\"1.0.0\",", CNI_DECODE, "JSON" },
	{ "two documents", "{} {}", CNI_DECODE, "JSON" },
	{ "a list", "[]", CNI_DECODE, "object" },
	{ "a string", "\"byway\"", CNI_DECODE, "object" },
	{ "null", "null", CNI_DECODE, "object" },

	{ "no cniVersion means 0.1.0, which is too old", "{\"name\":\"net\"}", CNI_VERSION,
	  "0.1.0" },
	{ "an empty object", "{}", CNI_VERSION, "cniVersion" },
	{ "a version before ours", VERSIONED("\"0.3.0\""), CNI_VERSION, "'0.3.0'" },
	{ "a version after ours", VERSIONED("\"1.2.0\""), CNI_VERSION, "'1.2.0'" },
	{ "an empty version", VERSIONED("\"\""), CNI_VERSION, "''" },
	{ "a version with junk behind it", VERSIONED("\"1.0.0 \""), CNI_VERSION, "'1.0.0 '" },
	{ "a version that is a number", VERSIONED("1"), CNI_CONFIG,
	  "cniVersion: must be a string" },
	{ "the refused version is not printed without end",
	  VERSIONED("\"" TEN(TEN("0123456789")) "\""), CNI_VERSION, "cniVersion" },

	{ "no name", "{\"cniVersion\":\"1.0.0\"}", CNI_CONFIG, "name" },
	{ "an empty name", NAMED("\"\""), CNI_CONFIG, "name" },
	{ "a name that is null", NAMED("null"), CNI_CONFIG, "name" },
	{ "a name that is a number", NAMED("7"), CNI_CONFIG, "name: must be a string" },
	{ "a name that begins with a dash", NAMED("\"-net\""), CNI_CONFIG, "'-net'" },
	{ "a name that would be a path", NAMED("\"../net\""), CNI_CONFIG, "'../net'" },
	{ "a name with a space", NAMED("\"my net\""), CNI_CONFIG, "'my net'" },

	{ "runDir is a string", CONF(",\"runDir\":1"), CNI_CONFIG, "runDir" },
	{ "runDir is absolute", CONF(",\"runDir\":\"run/byway\""), CNI_CONFIG, "runDir" },
	{ "runDir is not empty", CONF(",\"runDir\":\"\""), CNI_CONFIG, "runDir" },
	{ "runDir has a bound", CONF(",\"runDir\":\"/" TEN(TEN(TEN("abcd"))) "\""), CNI_CONFIG,
	  "runDir" },
	{ "bpfDir is a string", CONF(",\"bpfDir\":[]"), CNI_CONFIG, "bpfDir" },
	{ "bpfDir is absolute", CONF(",\"bpfDir\":\"bpf\""), CNI_CONFIG, "bpfDir" },
	{ "bpfDir has a bound", CONF(",\"bpfDir\":\"/" TEN(TEN(TEN("abcd"))) "\""), CNI_CONFIG,
	  "bpfDir" },

	{ "mtu is a number", CONF(",\"mtu\":\"1500\""), CNI_CONFIG, "mtu" },
	{ "mtu is not negative", CONF(",\"mtu\":-1"), CNI_CONFIG, "mtu" },
	{ "mtu is whole", CONF(",\"mtu\":1500.5"), CNI_CONFIG, "mtu" },
	{ "mtu below what IPv4 demands", CONF(",\"mtu\":67"), CNI_CONFIG, "mtu: 67" },
	{ "mtu above what a frame can hold", CONF(",\"mtu\":65536"), CNI_CONFIG, "65535" },
	{ "mtu beyond 32 bits", CONF(",\"mtu\":1e300"), CNI_CONFIG, "mtu" },
	{ "mtu is not true", CONF(",\"mtu\":true"), CNI_CONFIG, "mtu" },
	{ "policyWait is a number", CONF(",\"policyWait\":\"10\""), CNI_CONFIG, "policyWait" },
	{ "policyWait is not negative", CONF(",\"policyWait\":-1"), CNI_CONFIG, "policyWait" },
	{ "policyWait ends before the kubelet's patience", CONF(",\"policyWait\":111"), CNI_CONFIG,
	  "110" },
	{ "attach is a string", CONF(",\"attach\":1"), CNI_CONFIG, "attach" },
	{ "attach is one of three", CONF(",\"attach\":\"xdp\""), CNI_CONFIG, "'xdp'" },
	{ "attach is written small", CONF(",\"attach\":\"TCX\""), CNI_CONFIG, "'TCX'" },
	{ "standalone is true or false", CONF(",\"standalone\":\"yes\""), CNI_CONFIG,
	  "standalone" },
	{ "standalone is no number", CONF(",\"standalone\":1"), CNI_CONFIG, "standalone" },
	{ "standalone needs addresses from somewhere", CONF(",\"standalone\":true"), CNI_CONFIG,
	  "ipam" },
	{ "standalone needs at least one range",
	  CONF(",\"standalone\":true,\"ipam\":{\"type\":\"byway\",\"ranges\":[]}"), CNI_CONFIG,
	  "ipam" },

	{ "ipam is an object", CONF(",\"ipam\":\"host-local\""), CNI_CONFIG, "ipam" },
	{ "ipam.type is a string", CONF(",\"ipam\":{\"type\":1}"), CNI_CONFIG, "ipam.type" },
	{ "ipam.type is not empty", CONF(",\"ipam\":{\"type\":\"\"}"), CNI_CONFIG, "ipam.type" },
	{ "ipam.type is no path", CONF(",\"ipam\":{\"type\":\"../sh\"}"), CNI_CONFIG, "ipam.type" },
	{ "ipam.type is not hidden", CONF(",\"ipam\":{\"type\":\".sh\"}"), CNI_CONFIG,
	  "ipam.type" },
	{ "ipam.type has a bound", CONF(",\"ipam\":{\"type\":\"" TEN("abcdefg") "\"}"), CNI_CONFIG,
	  "ipam.type" },
	{ "ipam.ranges is a list", RANGES("\"10.9.0.0/24\""), CNI_CONFIG, "ipam.ranges" },
	{ "ipam.ranges holds strings", RANGES("[1]"), CNI_CONFIG, "ipam.ranges" },
	{ "a range has a length", RANGES("[\"10.9.0.0\"]"), CNI_CONFIG, "'10.9.0.0'" },
	{ "a range's length is a number", RANGES("[\"10.9.0.0/x\"]"), CNI_CONFIG, "ipam.ranges" },
	{ "a range's length is not empty", RANGES("[\"10.9.0.0/\"]"), CNI_CONFIG, "ipam.ranges" },
	{ "an IPv4 length is at most 32", RANGES("[\"10.9.0.0/33\"]"), CNI_CONFIG, "ipam.ranges" },
	{ "an IPv6 length is at most 128", RANGES("[\"fd09::/129\"]"), CNI_CONFIG, "ipam.ranges" },
	{ "a range's address is one", RANGES("[\"10.9.0.256/24\"]"), CNI_CONFIG, "ipam.ranges" },
	{ "a range has no junk behind it", RANGES("[\"10.9.0.0/24 \"]"), CNI_CONFIG,
	  "ipam.ranges" },
	{ "a range that is IPv4 in IPv6's clothes", RANGES("[\"::ffff:10.9.0.0/120\"]"), CNI_CONFIG,
	  "ipam.ranges" },
	{ "a range with host bits is told what was meant", RANGES("[\"10.9.0.7/24\"]"), CNI_CONFIG,
	  "10.9.0.0/24" },
	{ "ranges do not overlap", RANGES("[\"10.9.0.0/16\",\"10.9.3.0/24\"]"), CNI_CONFIG,
	  "overlap" },
	{ "a range is not given twice", RANGES("[\"fd09::/64\",\"fd09::/64\"]"), CNI_CONFIG,
	  "overlap" },

	{ "runtimeConfig is an object", CONF(",\"runtimeConfig\":[]"), CNI_CONFIG,
	  "runtimeConfig" },
	{ "runtimeConfig.ips is a list", RUNTIME("\"ips\":\"10.9.0.7\""), CNI_CONFIG, "ips" },
	{ "runtimeConfig.ips holds strings", RUNTIME("\"ips\":[7]"), CNI_CONFIG, "ips" },
	{ "runtimeConfig.ips holds addresses", RUNTIME("\"ips\":[\"10.9.0\"]"), CNI_CONFIG,
	  "'10.9.0'" },
	{ "runtimeConfig.ips' lengths are in range", RUNTIME("\"ips\":[\"10.9.0.7/33\"]"),
	  CNI_CONFIG, "'10.9.0.7/33'" },
	{ "runtimeConfig.ips has one address a family",
	  RUNTIME("\"ips\":[\"10.9.0.7\",\"10.9.0.8\"]"), CNI_CONFIG, "of a family" },
	{ "and one IPv6 address", RUNTIME("\"ips\":[\"fd09::7\",\"fd09::8\"]"), CNI_CONFIG,
	  "of a family" },
	{ "runtimeConfig.ips has at most two addresses",
	  RUNTIME("\"ips\":[\"10.9.0.7\",\"fd09::7\",\"10.9.0.8\"]"), CNI_CONFIG, "two" },
	{ "runtimeConfig.mac is a string", RUNTIME("\"mac\":2"), CNI_CONFIG, "mac" },
	{ "runtimeConfig.mac has six bytes", RUNTIME("\"mac\":\"02:00:00:00:00\""), CNI_CONFIG,
	  "mac" },
	{ "runtimeConfig.mac has colons", RUNTIME("\"mac\":\"02-00-00-00-00-01\""), CNI_CONFIG,
	  "mac" },
	{ "runtimeConfig.mac is hexadecimal", RUNTIME("\"mac\":\"02:00:00:00:00:0g\""), CNI_CONFIG,
	  "mac" },
	{ "runtimeConfig.mac has no junk behind it", RUNTIME("\"mac\":\"02:00:00:00:00:01:\""),
	  CNI_CONFIG, "mac" },
	{ "a pod's MAC address is no group's", RUNTIME("\"mac\":\"03:00:00:00:00:01\""), CNI_CONFIG,
	  "unicast" },
	{ "a pod's MAC address is not zero", RUNTIME("\"mac\":\"00:00:00:00:00:00\""), CNI_CONFIG,
	  "unicast" },
	{ "portMappings without an agent is refused by name",
	  CONF(",\"standalone\":true,\"ipam\":{\"ranges\":[\"10.9.0.0/24\"]},\"runtimeConfig\":{"
	       "\"portMappings\":[{\"hostPort\":80,\"containerPort\":80}]}"),
	  CNI_FIELD, "runtimeConfig.portMappings" },
	{ "portMappings is a list", RUNTIME("\"portMappings\":\"80:80\""), CNI_CONFIG,
	  "runtimeConfig.portMappings: must be a list" },
	{ "portMappings under another case", RUNTIME("\"PortMappings\":[{}]"), CNI_CONFIG,
	  "portMappings: hostPort and containerPort" },
	{ "a port mapping is an object", RUNTIME("\"portMappings\":[\"80:80\"]"), CNI_CONFIG,
	  "portMappings" },
	{ "a port mapping has a container's port", RUNTIME("\"portMappings\":[{\"hostPort\":80}]"),
	  CNI_CONFIG, "containerPort" },
	{ "a host port is in range", MAPPING("65536", "80", "tcp", ""), CNI_CONFIG, "hostPort" },
	{ "a host port is not negative", MAPPING("-1", "80", "tcp", ""), CNI_CONFIG, "hostPort" },
	{ "a container's port is whole", MAPPING("80", "8.5", "tcp", ""), CNI_CONFIG,
	  "containerPort" },
	{ "a container's port is not zero", MAPPING("80", "0", "tcp", ""), CNI_CONFIG,
	  "containerPort" },
	{ "a port mapping's protocol has ports", MAPPING("80", "80", "icmp", ""), CNI_CONFIG,
	  "'icmp'" },
	{ "a port mapping's address is one", MAPPING("80", "80", "tcp", "localhost"), CNI_CONFIG,
	  "'localhost'" },
	{ "a host port is not asked for twice",
	  RUNTIME("\"portMappings\":[{\"hostPort\":80,\"containerPort\":80},"
		  "{\"hostPort\":80,\"containerPort\":81,\"hostIP\":\"10.0.0.1\"}]"),
	  CNI_CONFIG, "host port 80/tcp stands there twice" },
	{ "bandwidth is refused by name",
	  RUNTIME("\"bandwidth\":{\"ingressRate\":1000,\"ingressBurst\":4294967295}"), CNI_FIELD,
	  "runtimeConfig.bandwidth" },
	{ "bandwidth is an object", RUNTIME("\"bandwidth\":7"), CNI_CONFIG,
	  "runtimeConfig.bandwidth" },

	{ "valid-attachments is a list", VALID("{}"), CNI_CONFIG, "cni.dev/valid-attachments" },
	{ "a valid attachment is an object", VALID("[\"pod_a\"]"), CNI_CONFIG, "entry 1" },
	{ "a valid attachment has a containerID", VALID("[{\"ifname\":\"eth0\"}]"), CNI_CONFIG,
	  "containerID" },
	{ "a valid attachment has an ifname", VALID("[{\"containerID\":\"pod_a\"}]"), CNI_CONFIG,
	  "ifname" },
	{ "the entry that is wrong is named",
	  VALID("[{\"containerID\":\"a\",\"ifname\":\"b\"},{\"containerID\":1,\"ifname\":\"b\"}]"),
	  CNI_CONFIG, "entry 2" },
	{ "prevResult is an object", CONF(",\"prevResult\":[]"), CNI_CONFIG, "prevResult" },
	{ "dns is an object", CONF(",\"dns\":\"10.0.0.10\""), CNI_CONFIG, "dns" },
};

/* Every field of every verb. */
static int parse_all(const char *text, size_t len, struct netconf *conf, struct error *err)
{
	int rc = netconf_parse(text, len, conf, err);

	if (rc == 0)
		rc = netconf_parse_more(conf, VERB_ADD, err);
	return rc ? rc : netconf_parse_more(conf, VERB_GC, err);
}

static void netconf_is_refused(void **state)
{
	const struct refused *row = *state;
	struct netconf conf;
	struct error err = {};

	assert_int_equal(parse_all(row->text, strlen(row->text), &conf, &err), row->code);
	assert_int_equal(err.code, row->code);
	if (!strstr(err.text, row->names))
		fail_msg("'%s' does not say '%s'", err.text, row->names);
	netconf_done(&conf);
}

static const struct accepted {
	const char *sentence;
	const char *text;
} accepted[] = {
	{ "the least there can be", "{\"cniVersion\":\"0.3.1\",\"name\":\"n\"}" },
	{ "keys of others are left alone",
	  CONF(",\"capabilities\":{\"ips\":true},\"args\":{},\"cni.dev/attachments\":1,\"x\":[{}]") },
	{ "null is absent",
	  CONF(",\"mtu\":null,\"ipam\":null,\"runtimeConfig\":null,\"prevResult\":null,\"dns\":null") },
	{ "an empty ipam is none", CONF(",\"ipam\":{}") },
	{ "an ipam of ours without ranges takes the agent's",
	  CONF(",\"ipam\":{\"type\":\"byway\"}") },
	{ "an ipam without a type is ours", CONF(",\"ipam\":{\"ranges\":[\"10.9.0.0/24\"]}") },
	{ "an empty runtimeConfig", RUNTIME("") },
	{ "empty portMappings ask for nothing", RUNTIME("\"portMappings\":[]") },
	{ "a mapping to host port 0 asks for nothing", MAPPING("0", "80", "tcp", "") },
	{ "the same host port of two protocols",
	  RUNTIME("\"portMappings\":[{\"hostPort\":80,\"containerPort\":80},"
		  "{\"hostPort\":80,\"containerPort\":80,\"protocol\":\"udp\"}]") },
	{ "the same host port of two addresses",
	  RUNTIME("\"portMappings\":[{\"hostPort\":80,\"containerPort\":80,\"hostIP\":\"10.0.0.1\"},"
		  "{\"hostPort\":80,\"containerPort\":80,\"hostIP\":\"10.0.0.2\"}]") },
	{ "empty bandwidth asks for nothing", RUNTIME("\"bandwidth\":{}") },
	{ "portMappings that are null ask for nothing", RUNTIME("\"portMappings\":null") },
	{ "an empty mac asks for nothing", RUNTIME("\"mac\":\"\"") },
	{ "runtimeConfig of others is left alone",
	  RUNTIME("\"dns\":{\"servers\":[\"10.0.0.10\"]},\"ipRanges\":[]") },
	{ "ranges that touch do not overlap", RANGES("[\"10.9.0.0/25\",\"10.9.0.128/25\"]") },
	{ "a range of each family", RANGES("[\"10.9.0.0/24\",\"fd09::/112\"]") },
	{ "white space around the document", " \n" CONF("") "\n" },
};

static void netconf_is_accepted(void **state)
{
	const struct accepted *row = *state;
	struct netconf conf;
	struct error err = {};

	if (parse_all(row->text, strlen(row->text), &conf, &err))
		fail_msg("%s", err.text);
	netconf_done(&conf);
}

static struct netconf parsed(const char *text)
{
	struct netconf conf;
	struct error err = {};

	if (parse_all(text, strlen(text), &conf, &err))
		fail_msg("%s", err.text);
	return conf;
}

static void absent_fields_have_defaults(void **state)
{
	struct netconf conf = parsed(CONF(""));

	(void)state;
	assert_string_equal(conf.name, "net");
	assert_string_equal(conf.run_dir, "/run/byway");
	assert_string_equal(conf.bpf_dir, "/sys/fs/bpf/byway");
	assert_int_equal(conf.mtu, 0);
	assert_int_equal(conf.policy_wait_ms, 10000);
	assert_int_equal(conf.attach, ATTACH_AUTO);
	assert_false(conf.standalone);
	assert_null(conf.delegate);
	assert_int_equal(conf.range_count, 0);
	assert_int_equal(conf.ip_count, 0);
	assert_false(conf.has_mac);
	assert_null(conf.prev_result);
	assert_null(conf.dns);
	assert_null(conf.valid);
	netconf_done(&conf);
}

static void present_fields_are_read(void **state)
{
	struct netconf conf = parsed(
		CONF(",\"runDir\":\"/run/n1\",\"bpfDir\":\"/sys/fs/bpf/n1\",\"mtu\":1450,"
		     "\"policyWait\":0,\"attach\":\"tcx\",\"standalone\":true,"
		     "\"ipam\":{\"type\":\"byway\",\"ranges\":[\"10.9.0.0/24\",\"fd09::/112\"]},"
		     "\"dns\":{\"search\":[\"a\"]},\"prevResult\":{\"ips\":[]},"
		     "\"runtimeConfig\":{\"mac\":\"02:aB:00:00:00:01\","
		     "\"ips\":[\"fd09::7/64\",\"10.9.0.7\"]}"));

	(void)state;
	assert_int_equal(conf.spec, SPEC_1_1_0);
	assert_string_equal(conf.run_dir, "/run/n1");
	assert_string_equal(conf.bpf_dir, "/sys/fs/bpf/n1");
	assert_int_equal(conf.mtu, 1450);
	assert_int_equal(conf.policy_wait_ms, 0);
	assert_int_equal(conf.attach, ATTACH_TCX);
	assert_true(conf.standalone);
	assert_int_equal(conf.range_count, 2);
	assert_string_equal(ip_prefix_text(&conf.ranges[0]).text, "10.9.0.0/24");
	assert_string_equal(ip_prefix_text(&conf.ranges[1]).text, "fd09::/112");
	assert_int_equal(conf.ip_count, 2);
	assert_string_equal(ip_addr_text(&conf.ips[0]).text, "fd09::7");
	assert_string_equal(ip_addr_text(&conf.ips[1]).text, "10.9.0.7");
	assert_true(conf.has_mac);
	assert_string_equal(mac_text(conf.mac).text, "02:ab:00:00:00:01");
	assert_non_null(conf.dns);
	assert_non_null(conf.prev_result);
	netconf_done(&conf);
}

static void port_mappings_are_read(void **state)
{
	struct netconf conf = parsed(RUNTIME(
		"\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"\"},"
		"{\"HostPort\":53,\"ContainerPort\":5353,\"Protocol\":\"UDP\","
		"\"HostIP\":\"192.0.2.1\"}]"));

	(void)state;
	assert_int_equal(conf.mapping_count, 2);
	assert_int_equal(conf.mappings[0].host_port, 8080);
	assert_int_equal(conf.mappings[0].container_port, 80);
	assert_int_equal(conf.mappings[0].protocol, IPPROTO_TCP);
	assert_string_equal(ip_addr_text(&conf.mappings[0].host_ip).text, "::");
	assert_int_equal(conf.mappings[1].host_port, 53);
	assert_int_equal(conf.mappings[1].container_port, 5353);
	assert_int_equal(conf.mappings[1].protocol, IPPROTO_UDP);
	assert_string_equal(ip_addr_text(&conf.mappings[1].host_ip).text, "192.0.2.1");
	netconf_done(&conf);
}

static void port_mappings_are_bounded(void **state)
{
	char text[16384] = "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"runtimeConfig\":"
			   "{\"portMappings\":[";
	struct netconf conf;
	struct error err;

	(void)state;
	for (int i = 0; i <= PORT_MAPPINGS_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s{\"hostPort\":%d,\"containerPort\":80}", i ? "," : "", i + 1);
	strcat(text, "]}}");
	assert_int_equal(parse_all(text, strlen(text), &conf, &err), CNI_CONFIG);
	assert_non_null(strstr(err.text, "portMappings: more than 64"));
	netconf_done(&conf);
}

static void bounds_are_inside(void **state)
{
	struct netconf conf = parsed(CONF(",\"mtu\":65535,\"policyWait\":110"));

	(void)state;
	assert_int_equal(conf.mtu, 65535);
	assert_int_equal(conf.policy_wait_ms, 110000);
	netconf_done(&conf);
	conf = parsed(CONF(",\"mtu\":68"));
	assert_int_equal(conf.mtu, 68);
	netconf_done(&conf);
	conf = parsed(CONF(",\"mtu\":0"));
	assert_int_equal(conf.mtu, 0);
	netconf_done(&conf);
}

static void foreign_ipam_is_not_read(void **state)
{
	struct netconf conf = parsed(CONF(",\"standalone\":true,\"ipam\":{\"type\":\"host-local\","
					  "\"ranges\":[[{\"subnet\":\"10.9.0.0/24\"}]]}"));

	(void)state;
	assert_string_equal(conf.delegate, "host-local");
	assert_int_equal(conf.range_count, 0);
	netconf_done(&conf);
}

static void absent_list_is_not_empty_list(void **state)
{
	struct netconf conf = parsed(VALID("[]"));

	(void)state;
	assert_non_null(conf.valid);
	assert_int_equal(conf.valid_count, 0);
	netconf_done(&conf);
	conf = parsed(VALID("null"));
	assert_null(conf.valid);
	netconf_done(&conf);
}

static void valid_attachments_are_read(void **state)
{
	struct netconf conf = parsed(VALID("[{\"containerID\":\"pod_a\",\"ifname\":\"eth0\"},"
					   "{\"containerID\":\"pod_b\",\"ifname\":\"net1\"}]"));

	(void)state;
	assert_int_equal(conf.valid_count, 2);
	assert_string_equal(conf.valid[0].container_id, "pod_a");
	assert_string_equal(conf.valid[0].ifname, "eth0");
	assert_string_equal(conf.valid[1].container_id, "pod_b");
	assert_string_equal(conf.valid[1].ifname, "net1");
	netconf_done(&conf);
}

/* The error document is in the version asked for, also when another field is wrong. */
static void version_survives_other_errors(void **state)
{
	static const char text[] = "{\"cniVersion\":\"0.4.0\",\"name\":\"net\",\"mtu\":-1}";
	struct netconf conf;
	struct error err;

	(void)state;
	assert_int_equal(parse_all(text, sizeof(text) - 1, &conf, &err), CNI_CONFIG);
	assert_int_equal(conf.spec, SPEC_0_4_0);
	netconf_done(&conf);
}

/*
 * A runtime sends the same document with DEL; a failing DEL leaves the pod terminating for ever.
 */
static void what_add_refuses_is_nothing_to_del(void **state)
{
	static const char text[] = CONF(",\"runtimeConfig\":{\"portMappings\":[{\"HostPort\":80}]},"
					"\"dns\":7,\"prevResult\":\"x\"");
	struct netconf conf;
	struct error err;

	(void)state;
	assert_int_equal(netconf_parse(text, sizeof(text) - 1, &conf, &err), 0);
	assert_int_equal(netconf_parse_more(&conf, VERB_DEL, &err), 0);
	assert_int_equal(netconf_parse_more(&conf, VERB_ADD, &err), CNI_CONFIG);
	netconf_done(&conf);
}

static void a_wrong_making_is_nothing_to_del(void **state)
{
	static const char text[] = CONF(
		",\"mtu\":-1,\"attach\":\"x\",\"standalone\":true,\"ipam\":{\"ranges\":[\"x\"]}");
	struct netconf conf;
	struct error err;

	(void)state;
	assert_int_equal(netconf_parse(text, sizeof(text) - 1, &conf, &err), 0);
	assert_int_equal(netconf_parse_more(&conf, VERB_DEL, &err), 0);
	assert_int_equal(netconf_parse_more(&conf, VERB_GC, &err), 0);
	assert_int_equal(netconf_parse_more(&conf, VERB_STATUS, &err), CNI_CONFIG);
	netconf_done(&conf);
}

static void range_count_is_bounded(void **state)
{
	char text[4096] = "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"ipam\":{\"ranges\":[";
	struct netconf conf;
	struct error err;

	(void)state;
	for (int i = 0; i <= RANGES_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\"10.%d.0.0/24\"",
			 i ? "," : "", i);
	strcat(text, "]}}");
	assert_int_equal(parse_all(text, strlen(text), &conf, &err), CNI_CONFIG);
	assert_non_null(strstr(err.text, "more than"));
	netconf_done(&conf);
}

static const struct spec {
	const char *sentence;
	const char *text;
	enum spec_version spec;
} specs[] = {
	{ "0.3.1 is spoken", VERSIONED("\"0.3.1\""), SPEC_0_3_1 },
	{ "0.4.0 is spoken", VERSIONED("\"0.4.0\""), SPEC_0_4_0 },
	{ "1.0.0 is spoken", VERSIONED("\"1.0.0\""), SPEC_1_0_0 },
	{ "1.1.0 is spoken", VERSIONED("\"1.1.0\""), SPEC_1_1_0 },
};

static void spec_is_spoken(void **state)
{
	const struct spec *row = *state;
	struct netconf conf = parsed(row->text);

	assert_int_equal(conf.spec, row->spec);
	netconf_done(&conf);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, refusals, netconf_is_refused);
	ROWS_ADD(&cases, accepted, netconf_is_accepted);
	ROWS_ADD(&cases, specs, spec_is_spoken);
	case_add(&cases, "absent fields have defaults", absent_fields_have_defaults, NULL);
	case_add(&cases, "present fields are read", present_fields_are_read, NULL);
	case_add(&cases, "port mappings are read, as either runtime writes them",
		 port_mappings_are_read, NULL);
	case_add(&cases, "too many port mappings are refused", port_mappings_are_bounded, NULL);
	case_add(&cases, "the bounds themselves are allowed", bounds_are_inside, NULL);
	case_add(&cases, "the fields of a foreign IPAM are its own matter",
		 foreign_ipam_is_not_read, NULL);
	case_add(&cases, "an absent list of attachments is not an empty one",
		 absent_list_is_not_empty_list, NULL);
	case_add(&cases, "valid attachments are read", valid_attachments_are_read, NULL);
	case_add(&cases, "the version is known although another field is wrong",
		 version_survives_other_errors, NULL);
	case_add(&cases, "what ADD refuses to do does not stop a DEL",
		 what_add_refuses_is_nothing_to_del, NULL);
	case_add(&cases, "a configuration that ADD refuses does not stop DEL, nor GC",
		 a_wrong_making_is_nothing_to_del, NULL);
	case_add(&cases, "too many ranges are refused", range_count_is_bounded, NULL);
	return cases_run("netconf", &cases, NULL, NULL);
}
