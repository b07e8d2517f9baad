/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_netconf - any bytes on stdin: a configuration or a named error, and always a document. */
#include "fuzz_target.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cni-plugin/cni_error.h"
#include "cni-plugin/netconf.h"
#include "cni-plugin/range.h"
#include "cni-plugin/result.h"

static const struct record pod_a = {
	.container_id = "pod_a",
	.ifname = "eth0",
	.netns = "/run/netns/pod_a",
	.host_ifname = "veth0123456789a",
	.ifindex = 7,
	.mtu = 1500,
	.address_count = 2,
	.addresses = {
		{ .bytes = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 9, 1, 5 } },
		{ .bytes = { 0xfd, 0x09, [15] = 5 } },
	},
};

static void document_check(cJSON *document)
{
	CLEANUP(json_free) cJSON *owned = document, *again = NULL;
	CLEANUP(str_free) char *text = cJSON_Print(owned);

	fuzz_check(text != NULL, "every document can be printed");
	again = cJSON_Parse(text);
	fuzz_check(cJSON_IsObject(again), "what is printed is a JSON object");
	fuzz_check(cJSON_IsString(json_field(again, "cniVersion")), "it says its version");
}

static void error_check(const struct netconf *conf, int rc, const struct error *err)
{
	int code = cni_error_code(err->code);

	fuzz_check(rc == err->code, "the code returned is the error's");
	fuzz_check(code == 1 || code == 2 || code == 6 || code == 7,
		   "the code is one of the spec's");
	fuzz_check(*err->text, "the error has a sentence");
	document_check(error_format(conf->spec, err));
}

static void conf_check(const struct netconf *conf)
{
	struct ip_addr addresses[ADDRESSES_MAX];
	struct result result = { .record = &pod_a, .dns = conf->dns };
	struct error err;
	size_t count;

	for (size_t i = 0; i < conf->range_count; i++) {
		struct ip_addr last =
			range_address(&conf->ranges[i], range_usable(&conf->ranges[i]) - 1);

		fuzz_check(range_offers(&conf->ranges[i], &last),
			   "the last address of a range is one of the range's");
	}
	if (conf->prev_result)
		result_addresses(conf->prev_result, "prevResult", addresses, &count, &err);
	for (enum spec_version spec = 0; spec < SPEC_COUNT; spec++)
		document_check(result_format(&result, conf->prev_result, spec));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(netconf_done) struct netconf conf = {};
	char *text = malloc(size + 1); /* of exactly this size: a read past the end is seen */
	struct error err = {};
	int rc;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	rc = netconf_parse(text, size, &conf, &err);
	if (rc == 0)
		rc = netconf_parse_more(&conf, VERB_ADD, &err);
	if (rc == 0)
		rc = netconf_parse_more(&conf, VERB_GC, &err);
	if (rc)
		error_check(&conf, rc, &err);
	else
		conf_check(&conf);
	free(text);
	return 0;
}
