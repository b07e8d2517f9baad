/* SPDX-License-Identifier: Apache-2.0 */
/* test_result - the result in each spec version against the document expected; and errors. */
#include "support/cases.h"

#include <errno.h>

#include "base/json.h"
#include "cni-plugin/cni_error.h"
#include "cni-plugin/result.h"

#define V4(a, b, c, d)                                                            \
	{                                                                         \
		.bytes = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d } \
	}
#define POD_A                                                                   \
	.container_id = "pod_a", .ifname = "eth0", .netns = "/run/netns/pod_a", \
	.host_ifname = "veth0123456789a", .ifindex = 7, .mtu = 1450, .mac = { 2, 0, 0, 0, 0, 0xa }

static const struct record dual_stack = {
	POD_A,
	.address_count = 2,
	.addresses = { V4(10, 9, 0, 7), { .bytes = { 0xfd, 9, [15] = 7 } } },
};
static const struct record only_v4 = {
	POD_A,
	.address_count = 1,
	.addresses = { V4(10, 9, 0, 7) },
};
static const struct record only_v6 = {
	POD_A,
	.address_count = 1,
	.addresses = { { .bytes = { 0xfd, 9, [15] = 7 } } },
};
static const struct record two_v4 = {
	POD_A,
	.address_count = 2,
	.addresses = { V4(10, 9, 0, 7), V4(10, 9, 1, 7) },
};

#define INTERFACES                                                                      \
	"\"interfaces\":[{\"name\":\"veth0123456789a\",\"mac\":\"02:62:79:77:61:79\"}," \
	"{\"name\":\"eth0\",\"mac\":\"02:00:00:00:00:0a\",\"sandbox\":\"/run/netns/pod_a\"}]"
#define INTERFACES_MTU                                                                 \
	"\"interfaces\":[{\"name\":\"veth0123456789a\",\"mac\":\"02:62:79:77:61:79\"," \
	"\"mtu\":1450},{\"name\":\"eth0\",\"mac\":\"02:00:00:00:00:0a\",\"mtu\":1450," \
	"\"sandbox\":\"/run/netns/pod_a\"}]"
#define IP4 "\"address\":\"10.9.0.7/32\",\"gateway\":\"169.254.1.1\""
#define IP6 "\"address\":\"fd09::7/128\",\"gateway\":\"fe80::1\""
#define ROUTE4 "{\"dst\":\"0.0.0.0/0\",\"gw\":\"169.254.1.1\"}"
#define ROUTE6 "{\"dst\":\"::/0\",\"gw\":\"fe80::1\"}"
#define IPS_VERSIONED                                           \
	"\"ips\":[{\"version\":\"4\",\"interface\":1," IP4 "}," \
	"{\"version\":\"6\",\"interface\":1," IP6 "}]"
#define IPS "\"ips\":[{\"interface\":1," IP4 "},{\"interface\":1," IP6 "}]"
#define ROUTES "\"routes\":[" ROUTE4 "," ROUTE6 "]"

static const struct promise {
	const char *sentence;
	const struct record *record;
	enum spec_version spec;
	const char *prev_result, *dns; /* NULL = none */
	const char *expected;
} promises[] = {
	{ "in 0.3.1 each address says its version", &dual_stack, SPEC_0_3_1, NULL, NULL,
	  "{\"cniVersion\":\"0.3.1\"," INTERFACES "," IPS_VERSIONED "," ROUTES ",\"dns\":{}}" },
	{ "in 0.4.0 too", &dual_stack, SPEC_0_4_0, NULL, NULL,
	  "{\"cniVersion\":\"0.4.0\"," INTERFACES "," IPS_VERSIONED "," ROUTES ",\"dns\":{}}" },
	{ "in 1.0.0 no longer", &dual_stack, SPEC_1_0_0, NULL, NULL,
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES "," IPS "," ROUTES ",\"dns\":{}}" },
	{ "in 1.1.0 the interfaces have an MTU", &dual_stack, SPEC_1_1_0, NULL, NULL,
	  "{\"cniVersion\":\"1.1.0\"," INTERFACES_MTU "," IPS "," ROUTES ",\"dns\":{}}" },
	{ "a pod with IPv4 alone has no IPv6 route", &only_v4, SPEC_1_0_0, NULL, NULL,
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES ",\"ips\":[{\"interface\":1," IP4
	  "}],\"routes\":[" ROUTE4 "],\"dns\":{}}" },
	{ "a pod with IPv6 alone has no IPv4 route", &only_v6, SPEC_1_0_0, NULL, NULL,
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES ",\"ips\":[{\"interface\":1," IP6
	  "}],\"routes\":[" ROUTE6 "],\"dns\":{}}" },
	{ "two addresses of a family share one default route", &two_v4, SPEC_1_0_0, NULL, NULL,
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES ",\"ips\":[{\"interface\":1," IP4
	  "},{\"interface\":1,\"address\":\"10.9.1.7/32\",\"gateway\":\"169.254.1.1\"}],"
	  "\"routes\":[" ROUTE4 "],\"dns\":{}}" },
	{ "the configuration's DNS is passed on", &only_v4, SPEC_1_0_0, NULL,
	  "{\"nameservers\":[\"10.0.0.10\"],\"search\":[\"cluster.local\"]}",
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES ",\"ips\":[{\"interface\":1," IP4
	  "}],\"routes\":[" ROUTE4
	  "],\"dns\":{\"nameservers\":[\"10.0.0.10\"],\"search\":[\"cluster.local\"]}}" },
	{ "an earlier plugin's result comes first and the indices go on behind it", &only_v4,
	  SPEC_1_0_0,
	  "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"br0\"},{\"name\":\"net0\","
	  "\"sandbox\":\"/run/netns/pod_a\"}],\"ips\":[{\"interface\":1,\"address\":"
	  "\"10.1.0.5/24\"}],\"routes\":[{\"dst\":\"10.1.0.0/16\",\"priority\":0}],"
	  "\"dns\":{\"domain\":\"first\"}}",
	  "{\"domain\":\"ours\"}",
	  "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"br0\"},{\"name\":\"net0\","
	  "\"sandbox\":\"/run/netns/pod_a\"},{\"name\":\"veth0123456789a\","
	  "\"mac\":\"02:62:79:77:61:79\"},{\"name\":\"eth0\",\"mac\":\"02:00:00:00:00:0a\","
	  "\"sandbox\":\"/run/netns/pod_a\"}],\"ips\":[{\"interface\":1,\"address\":"
	  "\"10.1.0.5/24\"},{\"interface\":3," IP4 "}],\"routes\":[{\"dst\":\"10.1.0.0/16\","
	  "\"priority\":0}," ROUTE4 "],\"dns\":{\"domain\":\"first\"}}" },
	{ "an empty prevResult adds nothing", &only_v4, SPEC_1_0_0, "{}", NULL,
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES ",\"ips\":[{\"interface\":1," IP4
	  "}],\"routes\":[" ROUTE4 "],\"dns\":{}}" },
	{ "a prevResult with nulls where lists belong", &only_v4, SPEC_1_0_0,
	  "{\"interfaces\":null,\"ips\":null,\"routes\":null}", NULL,
	  "{\"cniVersion\":\"1.0.0\"," INTERFACES ",\"ips\":[{\"interface\":1," IP4
	  "}],\"routes\":[" ROUTE4 "],\"dns\":{}}" },
	{ "what an earlier plugin added beside the spec is kept", &only_v4, SPEC_1_0_0,
	  "{\"example.org/x\":7}", NULL,
	  "{\"example.org/x\":7,\"cniVersion\":\"1.0.0\"," INTERFACES
	  ",\"ips\":[{\"interface\":1," IP4 "}],\"routes\":[" ROUTE4 "],\"dns\":{}}" },
};

static void document_equals(const cJSON *document, const char *expected)
{
	CLEANUP(json_free) cJSON *wanted = cJSON_Parse(expected);
	CLEANUP(str_free) char *text = cJSON_PrintUnformatted(document);

	assert_non_null(wanted);
	if (!cJSON_Compare(document, wanted, true))
		fail_msg("expected %s\n         got %s", expected, text);
}

static void result_is_expected(void **state)
{
	const struct promise *row = *state;
	CLEANUP(json_free) cJSON *prev = row->prev_result ? cJSON_Parse(row->prev_result) : NULL;
	CLEANUP(json_free) cJSON *dns = row->dns ? cJSON_Parse(row->dns) : NULL;
	struct result result = { .record = row->record, .dns = dns };
	CLEANUP(json_free) cJSON *document = result_format(&result, prev, row->spec);

	document_equals(document, row->expected);
}

static void prev_result_is_untouched(void **state)
{
	static const char text[] = "{\"ips\":[{\"address\":\"10.1.0.5/24\"}]}";
	CLEANUP(json_free) cJSON *prev = cJSON_Parse(text);
	struct result result = { .record = &dual_stack };
	CLEANUP(json_free) cJSON *document = result_format(&result, prev, SPEC_1_0_0);

	(void)state;
	assert_non_null(document);
	document_equals(prev, text);
}

#define ADDRESS(text) "{\"address\":\"" text "\"}"

static const struct answer {
	const char *sentence;
	const char *text;
	int code;
	const char *addresses; /* each with a space behind it */
} answers[] = {
	{ "a result of 1.0.0", "{\"ips\":[{\"address\":\"10.9.0.7/24\",\"gateway\":\"10.9.0.1\"}]}",
	  0, "10.9.0.7 " },
	{ "a result of 0.4.0", "{\"ips\":[{\"version\":\"4\",\"address\":\"10.9.0.7/24\"}]}", 0,
	  "10.9.0.7 " },
	{ "both families, in their order",
	  "{\"ips\":[" ADDRESS("fd09::7/64") "," ADDRESS("10.9.0.7/24") "]}", 0,
	  "fd09::7 10.9.0.7 " },
	{ "no addresses", "{\"ips\":[]}", 0, "" },
	{ "no list of addresses", "{}", 0, "" },
	{ "a list that is none", "{\"ips\":{}}", -EINVAL, "" },
	{ "an entry without an address", "{\"ips\":[{}]}", CNI_CONFIG, "" },
	{ "an entry that is no object", "{\"ips\":[7]}", CNI_CONFIG, "" },
	{ "an address that is a number", "{\"ips\":[{\"address\":7}]}", CNI_CONFIG, "" },
	{ "an address without a length", "{\"ips\":[" ADDRESS("10.9.0.7") "]}", CNI_CONFIG, "" },
	{ "an address that is none", "{\"ips\":[" ADDRESS("10.9.0/24") "]}", CNI_CONFIG, "" },
	{ "eight addresses",
	  "{\"ips\":[" ADDRESS("10.0.0.1/8") "," ADDRESS("10.0.0.2/8") "," ADDRESS("10.0.0.3/8") "," ADDRESS("10.0.0.4/8") "," ADDRESS(
		  "10.0.0.5/8") "," ADDRESS("10.0.0.6/8") "," ADDRESS("10.0.0.7/8") "," ADDRESS("10.0.0.8/8") "]}",
	  0, "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 " },
	{ "nine are too many",
	  "{\"ips\":[" ADDRESS("10.0.0.1/8") "," ADDRESS("10.0.0.2/8") "," ADDRESS("10.0.0.3/8") "," ADDRESS("10.0.0.4/8") "," ADDRESS(
		  "10.0.0.5/8") "," ADDRESS("10.0.0.6/8") "," ADDRESS("10.0.0.7/8") "," ADDRESS("10.0.0.8/8") "," ADDRESS("10.0.0.9/8") "]}",
	  CNI_CONFIG, "" },
};

static void answer_is_read(void **state)
{
	const struct answer *row = *state;
	CLEANUP(json_free) cJSON *json = cJSON_Parse(row->text);
	struct ip_addr addresses[ADDRESSES_MAX];
	struct error err = {};
	char text[512] = "";
	size_t count = 0;

	assert_non_null(json);
	assert_int_equal(result_addresses(json, "host-local", addresses, &count, &err), row->code);
	for (size_t i = 0; i < count; i++) {
		strcat(text, ip_addr_text(&addresses[i]).text);
		strcat(text, " ");
	}
	assert_string_equal(text, row->addresses);
}

static const struct failure {
	const char *sentence;
	int code;
	enum spec_version spec;
	const char *expected;
} failures[] = {
	{ "a code of the spec's is its number", CNI_TRY_AGAIN, SPEC_1_0_0,
	  "{\"cniVersion\":\"1.0.0\",\"code\":11,\"msg\":\"say \\\"why\\\"\"}" },
	{ "a code of our own is above 99", CNI_NO_ADDRESS, SPEC_1_1_0,
	  "{\"cniVersion\":\"1.1.0\",\"code\":100,\"msg\":\"say \\\"why\\\"\"}" },
	{ "an errno is what the kernel refused", -ENOBUFS, SPEC_0_3_1,
	  "{\"cniVersion\":\"0.3.1\",\"code\":103,\"msg\":\"say \\\"why\\\"\"}" },
	{ "a delegate's own code is kept", CNI_ERROR(999), SPEC_0_4_0,
	  "{\"cniVersion\":\"0.4.0\",\"code\":999,\"msg\":\"say \\\"why\\\"\"}" },
};

static void error_is_expected(void **state)
{
	const struct failure *row = *state;
	struct error err = { row->code, "say \"why\"" };
	CLEANUP(json_free) cJSON *document = error_format(row->spec, &err);

	document_equals(document, row->expected);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, promises, result_is_expected);
	ROWS_ADD(&cases, answers, answer_is_read);
	ROWS_ADD(&cases, failures, error_is_expected);
	case_add(&cases, "prevResult itself is left as it was", prev_result_is_untouched, NULL);
	return cases_run("result", &cases, NULL, NULL);
}
