/* SPDX-License-Identifier: Apache-2.0 */
/* test_config - the agent's configuration: what is taken, and what each mistake is called. */
#include "support/cases.h"

#include <errno.h>
#include <string.h>

#include "agent/config.h"

#define FLAGS_MAX 8
#define FILE_NAME "agent.json"

static int parse(const char *json, const char *const *flags, struct agent_config *config,
		 struct error *err)
{
	char *argv[FLAGS_MAX + 2] = { (char *)"byway-agent" };
	struct config_request request;
	int argc = 1, rc;

	for (; flags[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)flags[argc - 1];
	if ((rc = config_request_parse(argc, argv, &request, err)))
		return rc;
	return config_parse(json, json ? strlen(json) : 0, FILE_NAME, argc, argv, config, err);
}

struct mistake {
	const char *sentence, *json;
	const char *flags[FLAGS_MAX];
	const char *text; /* must be in the error */
};

/* clang-format off */
static const struct mistake mistakes[] = {
	{ "an unknown key is named with its file", "{\"podCidrs\":[]}", {}, "agent.json: podCidrs: unknown key" },
	{ "an unknown key in an object is named by its path", "{\"source\":{\"knd\":\"x\"}}", {}, "source.knd: unknown key" },
	{ "a key with a dot is not a way into an object", "{\"maps\":{\"a.b\":1}}", {}, "maps.a.b: unknown key" },
	{ "a key given twice", "{\"mtu\":1500,\"mtu\":1400}", {}, "mtu: given twice" },
	{ "a key given twice, in two objects", "{\"maps\":{\"endpoints\":1},\"maps\":{\"endpoints\":2}}", {}, "maps.endpoints: given twice" },
	{ "what is no JSON", "{\"mtu\":", {}, "agent.json is not valid JSON" },
	{ "junk behind the JSON", "{} x", {}, "not valid JSON" },
	{ "a list is no configuration", "[]", {}, "must be a JSON object" },
	{ "null is no value", "{\"mtu\":null}", {}, "mtu: must be a number" },
	{ "a string for a number", "{\"mtu\":\"1500\"}", {}, "mtu: must be a number" },
	{ "a number for a string", "{\"runDir\":7}", {}, "runDir: must be a string" },
	{ "a string for a boolean", "{\"masquerade\":\"true\"}", {}, "masquerade: must be true or false" },
	{ "a string for a list", "{\"podCIDRs\":\"10.0.0.0/24\"}", {}, "podCIDRs: must be a list" },
	{ "a list of numbers for a list of strings", "{\"podCIDRs\":[7]}", {}, "podCIDRs: must be a list of strings" },
	{ "a string for an object", "{\"source\":\"directory\"}", {}, "source: must be an object" },
	{ "an object for a string", "{\"routing\":{}}", {}, "routing: must be a string" },

	{ "a range without a length", "{\"podCIDRs\":[\"10.0.0.0\"]}", {}, "podCIDRs: '10.0.0.0' is not a CIDR" },
	{ "a range that is too long", "{\"podCIDRs\":[\"10.0.0.0/33\"]}", {}, "is not a CIDR" },
	{ "a range with host bits says what may be meant", "{\"podCIDRs\":[\"10.0.0.1/24\"]}", {}, "did you mean 10.0.0.0/24?" },
	{ "an IPv6 range with host bits", "{\"podCIDRs\":[\"fd00::1/112\"]}", {}, "did you mean fd00::/112?" },
	{ "ranges that overlap", "{\"podCIDRs\":[\"10.0.0.0/16\",\"10.0.5.0/24\"]}", {}, "podCIDRs: 10.0.0.0/16 and 10.0.5.0/24 overlap" },
	{ "a range that stands there twice", "{\"nonMasqueradeCIDRs\":[\"10.0.0.0/8\",\"10.0.0.0/8\"]}", {}, "nonMasqueradeCIDRs: 10.0.0.0/8 and 10.0.0.0/8 overlap" },
	{ "a bad node port address", "{\"nodePortAddresses\":[\"x\"]}", {}, "nodePortAddresses: 'x' is not a CIDR" },

	{ "a relative directory", "{\"runDir\":\"run\"}", {}, "runDir: 'run' is not an absolute path" },
	{ "an empty directory", "{\"bpfDir\":\"\"}", {}, "bpfDir: '' is not an absolute path" },
	{ "two directories that must differ", "{\"runDir\":\"/a\",\"bpfDir\":\"/a/\"}", {}, "bpfDir: the same as runDir" },
	{ "a conflist's name with a slash", "{\"cniConfName\":\"a/b.conflist\"}", {}, "cniConfName:" },
	{ "a conflist's name that runtimes do not see", "{\"cniConfName\":\"byway.txt\"}", {}, "cniConfName:" },
	{ "a hidden conflist", "{\"cniConfName\":\".x.conflist\"}", {}, "cniConfName:" },
	{ "a version of CNI that is not spoken", "{\"cniVersion\":\"0.2.0\"}", {}, "cniVersion: '0.2.0' is none of: 0.3.1, 0.4.0, 1.0.0, 1.1.0" },
	{ "an unknown source", "{\"source\":{\"kind\":\"etcd\"}}", {}, "source.kind: 'etcd' is none of: kubernetes, directory" },
	{ "an unknown routing", "{\"routing\":\"bgp\"}", {}, "routing: 'bgp' is none of: native, vxlan" },
	{ "an unknown way to attach", "{\"attach\":\"xdp\"}", {}, "attach: 'xdp' is none of: auto, clsact, tcx" },
	{ "a directory source without a directory", "{\"source\":{\"kind\":\"directory\"}}", {}, "source.path: needed" },
	{ "a path for another source", "{\"source\":{\"path\":\"/x\"}}", {}, "source.path: only for source.kind directory" },
	{ "a kubeconfig for another source", "{\"source\":{\"kubeconfig\":\"/x\"}}", {}, "source.kubeconfig: only for" },

	{ "an MTU that is too small", "{\"mtu\":100}", {}, "mtu: must be a whole number from 576 to 65535" },
	{ "an MTU that is too large", "{\"mtu\":65536}", {}, "mtu: must be a whole number" },
	{ "an MTU with a fraction", "{\"mtu\":1500.5}", {}, "mtu: must be a whole number" },
	{ "a negative MTU", "{\"mtu\":-1500}", {}, "mtu: must be a whole number" },
	{ "a number that no integer holds", "{\"maps\":{\"endpoints\":1e300}}", {}, "maps.endpoints: must be a whole number" },
	{ "an MTU that IPv6 forbids", "{\"mtu\":1279,\"podCIDRs\":[\"fd00::/112\"]}", {}, "mtu: IPv6 needs at least 1280" },
	{ "a map for no endpoint", "{\"maps\":{\"endpoints\":0}}", {}, "maps.endpoints: must be" },
	{ "a ring whose size is no power of two", "{\"maps\":{\"eventsBytes\":5000}}", {}, "maps.eventsBytes: 5000 is not a power of two" },
	{ "a ring smaller than a page", "{\"maps\":{\"eventsBytes\":2048}}", {}, "maps.eventsBytes: must be" },
	{ "ports in the wrong order", "{\"nodePortRange\":\"300-200\"}", {}, "nodePortRange: '300-200'" },
	{ "a port that does not exist", "{\"nodePortRange\":\"1-65536\"}", {}, "nodePortRange:" },
	{ "port 0", "{\"nodePortRange\":\"0-10\"}", {}, "nodePortRange:" },
	{ "one port is no range", "{\"nodePortRange\":\"80\"}", {}, "nodePortRange:" },
	{ "an uplink's name that is too long", "{\"uplinks\":[\"abcdefghijklmnop\"]}", {}, "uplinks:" },
	{ "an uplink's name with a slash", "{\"uplinks\":[\"../x\"]}", {}, "uplinks:" },
	{ "a node name with a space", "{\"nodeName\":\"node 1\"}", {}, "nodeName:" },
	{ "an empty node name", "{\"nodeName\":\"\"}", {}, "nodeName:" },
	{ "a place to listen without a port", "{\"listen\":\"127.0.0.1\"}", {}, "listen:" },
	{ "a place to listen by name", "{\"listen\":\"localhost:80\"}", {}, "listen:" },
	{ "an IPv6 place without brackets", "{\"listen\":\"::1:80\"}", {}, "listen:" },
	{ "an IPv4 place in brackets", "{\"listen\":\"[127.0.0.1]:80\"}", {}, "listen:" },

	{ "an unknown choice of sockets", "{\"socketServices\":\"pods\"}", {}, "socketServices: 'pods' is none of: all, host, off" },
	{ "a timeout of nothing", "{\"timeouts\":{\"established\":0}}", {}, "timeouts.established: must be a whole number from 1 to 86400" },
	{ "a timeout longer than a day", "{\"timeouts\":{\"question\":86401}}", {}, "timeouts.question: must be" },
	{ "a timeout of no state", "{\"timeouts\":{\"closed\":1}}", {}, "timeouts.closed: unknown key" },
	{ "a timeout as text", "{\"timeouts\":{\"opening\":\"60\"}}", {}, "timeouts.opening: must be a number" },
	{ "health at no place", "{\"healthListen\":\"10256\"}", {}, "healthListen:" },
	{ "more connections than a map can have", "{\"maps\":{\"conntrack\":16777217}}", {}, "maps.conntrack: must be a whole number from 0 to 16777216" },
	{ "fewer backends than none", "{\"maps\":{\"backends\":-1}}", {}, "maps.backends: must be" },

	{ "an unknown flag", NULL, { "--mut", "1500" }, "--mut: unknown flag" },
	{ "a flag without a value", NULL, { "--mtu" }, "--mtu: needs a value" },
	{ "an argument that is no flag", NULL, { "agent.json" }, "'agent.json': no such argument" },
	{ "a flag's number that is none", NULL, { "--mtu", "15x" }, "--mtu: must be a number" },
	{ "a flag's boolean that is none", NULL, { "--masquerade=yes" }, "--masquerade: must be true or false" },
	{ "a flag's ranges that overlap", NULL, { "--podCIDRs", "10.0.0.0/16,10.0.0.0/24" }, "--podCIDRs: 10.0.0.0/16 and 10.0.0.0/24 overlap" },
	{ "a flag for a whole object", NULL, { "--source", "directory" }, "--source: unknown flag" },
	{ "a file that is wrong although a flag would win", "{\"mtu\":\"x\"}", { "--mtu", "1500" }, "agent.json: mtu: must be a number" },
};
/* clang-format on */

static void mistake_is_named(void **state)
{
	const struct mistake *row = *state;
	struct agent_config config;
	struct error err = {};
	int rc = parse(row->json, row->flags, &config, &err);

	assert_true(rc == -EINVAL || rc == -EBADMSG);
	assert_null(strchr(err.text, '\n'));
	if (!strstr(err.text, row->text))
		fail_msg("the error is \"%s\"", err.text);
}

static void parse_good(const char *json, const char *const *flags, struct agent_config *config)
{
	struct error err = {};

	if (parse(json, flags, config, &err))
		fail_msg("%s", err.text);
}

static const char *const no_flags[] = { NULL };

static void defaults(void **state)
{
	struct agent_config config;

	(void)state;
	parse_good(NULL, no_flags, &config);
	assert_string_equal(config.run_dir.text, "/run/byway");
	assert_string_equal(config.bpf_dir.text, "/sys/fs/bpf/byway");
	assert_string_equal(config.cni_conf_dir.text, "/etc/cni/net.d");
	assert_string_equal(config.cni_conf_name, "10-byway.conflist");
	assert_string_equal(config.cni_version, "1.0.0");
	assert_true(config.listen.on);
	assert_int_equal(config.listen.port, 9871);
	assert_string_equal(ip_addr_text(&config.listen.addr).text, "127.0.0.1");
	assert_int_equal(config.attach, ATTACH_AUTO);
	assert_int_equal(config.source, SOURCE_NONE);
	assert_int_equal(config.pod_cidrs.count, 0);
	assert_int_equal(config.mtu, 0);
	assert_true(config.masquerade);
	assert_true(config.health_listen.on);
	assert_int_equal(config.health_listen.port, 10256);
	assert_string_equal(ip_addr_text(&config.health_listen.addr).text, "0.0.0.0");
	assert_int_equal(config.socket_services, SOCKET_SERVICES_ALL);
	assert_int_equal(config.timeouts_s[CT_OPENING], 60);
	assert_int_equal(config.timeouts_s[CT_ESTABLISHED], 8000);
	assert_int_equal(config.timeouts_s[CT_QUESTION], 10);
	assert_int_equal(config.sizes.conntrack, 0);
}

static void everything(void **state)
{
	static const char json[] =
		"{\"nodeName\":\"node-1.example\",\"source\":{\"kind\":\"directory\",\"path\":\"/x/\"},"
		"\"podCIDRs\":[\"10.9.0.0/24\",\"fd09::/112\"],\"uplinks\":[\"eth*\",\"bond0\"],"
		"\"routing\":\"vxlan\",\"masquerade\":false,\"nonMasqueradeCIDRs\":[\"10.0.0.0/8\"],"
		"\"nodePortAddresses\":[\"192.0.2.0/24\"],\"nodePortRange\":\"30000-30100\",\"mtu\":1450,"
		"\"runDir\":\"/r\",\"bpfDir\":\"/b\",\"cgroupDir\":\"/c\",\"cniConfDir\":\"\","
		"\"cniConfName\":\"05-x.conflist\",\"cniVersion\":\"1.1.0\",\"listen\":\"[::1]:80\","
		"\"attach\":\"tcx\",\"dropEvents\":0,\"maps\":{\"endpoints\":100,\"eventsBytes\":8192,"
		"\"conntrack\":1,\"services\":2,\"backends\":3,\"maglev\":4,\"sourceRanges\":5,\"affinity\":6},"
		"\"healthListen\":\"\",\"socketServices\":\"host\",\"timeouts\":{\"opening\":1,"
		"\"established\":2,\"closing\":3,\"datagram\":4,\"question\":86400}}";
	struct agent_config config;

	(void)state;
	parse_good(json, no_flags, &config);
	assert_string_equal(config.node_name, "node-1.example");
	assert_int_equal(config.source, SOURCE_DIRECTORY);
	assert_string_equal(config.source_path.text, "/x");
	assert_int_equal(config.pod_cidrs.count, 2);
	assert_string_equal(ip_prefix_text(&config.pod_cidrs.items[1]).text, "fd09::/112");
	assert_int_equal(config.uplinks.count, 2);
	assert_string_equal(config.uplinks.items[0], "eth*");
	assert_int_equal(config.routing, ROUTING_VXLAN);
	assert_false(config.masquerade);
	assert_int_equal(config.non_masquerade_cidrs.count, 1);
	assert_int_equal(config.node_port_addresses.count, 1);
	assert_int_equal(config.node_ports.first, 30000);
	assert_int_equal(config.node_ports.last, 30100);
	assert_int_equal(config.mtu, 1450);
	assert_string_equal(config.cni_conf_dir.text, "");
	assert_string_equal(config.cni_version, "1.1.0");
	assert_string_equal(ip_addr_text(&config.listen.addr).text, "::1");
	assert_int_equal(config.attach, ATTACH_TCX);
	assert_int_equal(config.drop_events, 0);
	assert_int_equal(config.endpoints_max, 100);
	assert_int_equal(config.events_bytes, 8192);
	assert_int_equal(config.sizes.conntrack, 1);
	assert_int_equal(config.sizes.services, 2);
	assert_int_equal(config.sizes.backends, 3);
	assert_int_equal(config.sizes.maglev, 4);
	assert_int_equal(config.sizes.source_ranges, 5);
	assert_int_equal(config.sizes.affinity, 6);
	assert_false(config.health_listen.on);
	assert_int_equal(config.socket_services, SOCKET_SERVICES_HOST);
	assert_int_equal(config.timeouts_s[CT_OPENING], 1);
	assert_int_equal(config.timeouts_s[CT_ESTABLISHED], 2);
	assert_int_equal(config.timeouts_s[CT_CLOSING], 3);
	assert_int_equal(config.timeouts_s[CT_DATAGRAM], 4);
	assert_int_equal(config.timeouts_s[CT_QUESTION], 86400);
}

static void flags_win(void **state)
{
	static const char *const flags[] = { "--mtu=1400", "--source.kind",	     "kubernetes",
					     "--podCIDRs", "10.1.0.0/24,fd01::/112", "--listen=",
					     NULL };
	struct agent_config config;

	(void)state;
	parse_good("{\"mtu\":1500,\"podCIDRs\":[\"10.9.0.0/24\"]}", flags, &config);
	assert_int_equal(config.mtu, 1400);
	assert_int_equal(config.source, SOURCE_KUBERNETES);
	assert_int_equal(config.pod_cidrs.count, 2);
	assert_string_equal(ip_prefix_text(&config.pod_cidrs.items[0]).text, "10.1.0.0/24");
	assert_false(config.listen.on);
}

static void value_like_a_flag(void **state)
{
	static const char *const flags[] = { "--config", "--help", NULL };
	char *argv[] = { (char *)"byway-agent", (char *)"--config", (char *)"--help", NULL };
	struct config_request request;
	struct error err;

	(void)state, (void)flags;
	assert_int_equal(config_request_parse(3, argv, &request, &err), 0);
	assert_int_equal(request.mode, CONFIG_RUN);
	assert_string_equal(request.file, "--help");
}

static void unused_is_told(void **state)
{
	struct agent_config config;
	size_t cursor = 0;

	(void)state;
	parse_good("{\"mtu\":1500,\"masquerade\":true,\"routing\":\"native\"}", no_flags, &config);
	assert_string_equal(config_unused_next(&config, &cursor), "routing");
	assert_null(config_unused_next(&config, &cursor));
}

static void too_many_ranges(void **state)
{
	char json[1024] = "{\"podCIDRs\":[";
	struct agent_config config;
	struct error err;
	size_t used = strlen(json);

	(void)state;
	for (int i = 0; i <= RANGES_MAX; i++)
		used += (size_t)snprintf(json + used, sizeof(json) - used, "%s\"10.0.%d.0/24\"",
					 i ? "," : "", i);
	snprintf(json + used, sizeof(json) - used, "]}");
	assert_int_equal(parse(json, no_flags, &config, &err), -EINVAL);
	assert_non_null(strstr(err.text, "podCIDRs: more than 16 ranges"));
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, mistakes, mistake_is_named);
	case_add(&cases, "what is not given has its default", defaults, NULL);
	case_add(&cases, "every key is taken", everything, NULL);
	case_add(&cases, "flags win over the file", flags_win, NULL);
	case_add(&cases, "a flag's value may look like a flag", value_like_a_flag, NULL);
	case_add(&cases, "what has no effect yet is told, and only if given", unused_is_told, NULL);
	case_add(&cases, "more ranges than there is room for", too_many_ranges, NULL);
	return cases_run("agent/config", &cases, NULL, NULL);
}
