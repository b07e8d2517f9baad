/* SPDX-License-Identifier: Apache-2.0 */
/* test_node_settings - what the agent publishes is what the plugin reads. */
#include "datapath/node_settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "support/cases.h"

#define FOUR_RANGES(a) \
	"\"10." #a ".0.0/24\",\"10." #a ".1.0/24\",\"10." #a ".2.0/24\",\"10." #a ".3.0/24\""

static struct error err;

struct parse_row {
	const char *sentence;
	const char *text;
	const char *error; /* NULL = understood */
	size_t ranges;
};

/* clang-format off */
static const struct parse_row rows[] = {
	{ "a range of each family", "{\"ranges\":[\"10.9.0.0/24\",\"fd09::/112\"],\"mtu\":1500,\"attach\":\"tcx\"}", NULL, 2 },
	{ "nothing said", "{}", NULL, 0 },
	{ "no ranges", "{\"ranges\":[]}", NULL, 0 },
	{ "unknown fields of a later release are passed over", "{\"later\":{}}", NULL, 0 },
	{ "sixteen ranges", "{\"ranges\":[" FOUR_RANGES(1) "," FOUR_RANGES(2) "," FOUR_RANGES(3) "," FOUR_RANGES(4) "]}", NULL, 16 },
	{ "seventeen ranges", "{\"ranges\":[" FOUR_RANGES(1) "," FOUR_RANGES(2) "," FOUR_RANGES(3) "," FOUR_RANGES(4)
	  ",\"fd09::/64\"]}", "n: ranges: more than 16 ranges", 0 },
	{ "no JSON", "ranges", "n is not valid JSON", 0 },
	{ "ranges that are no list", "{\"ranges\":\"10.9.0.0/24\"}", "n: ranges: must be a list", 0 },
	{ "a range that is a number", "{\"ranges\":[10]}", "n: ranges: must be a list of strings", 0 },
	{ "a range that is an address", "{\"ranges\":[\"10.9.0.0\"]}", "n: ranges: '10.9.0.0' is not a CIDR", 0 },
	{ "a range with bits behind it, and what was meant", "{\"ranges\":[\"10.9.0.7/24\"]}",
	  "n: ranges: '10.9.0.7/24' has host bits set; did you mean 10.9.0.0/24?", 0 },
	{ "an IPv6 range with bits behind it", "{\"ranges\":[\"fd09::7/112\"]}", "did you mean fd09::/112?", 0 },
	{ "a range twice", "{\"ranges\":[\"10.9.0.0/24\",\"10.9.0.0/24\"]}", "n: ranges: 10.9.0.0/24 and 10.9.0.0/24 overlap", 0 },
	{ "a range in another", "{\"ranges\":[\"10.9.0.0/24\",\"fd09::/64\",\"10.0.0.0/8\"]}",
	  "n: ranges: 10.9.0.0/24 and 10.0.0.0/8 overlap", 0 },
	{ "large ranges of both families", "{\"ranges\":[\"10.0.0.0/8\",\"fd00::/8\"]}", NULL, 2 },
	{ "a range of link-local addresses", "{\"ranges\":[\"169.254.0.0/24\"]}", "link-local", 0 },
	{ "a range that holds everything", "{\"ranges\":[\"::/0\"]}", "link-local", 0 },
	{ "an MTU above all", "{\"mtu\":65536}", "n: mtu: must be a whole number from 0 to 65535", 0 },
	{ "an MTU in quotes", "{\"mtu\":\"1500\"}", "n: mtu: must be a whole number", 0 },
	{ "a way to attach that is none", "{\"attach\":\"xdp\"}", "n: attach: must be clsact or tcx", 0 },
	{ "a way to attach that leaves the choice", "{\"attach\":\"auto\"}", "n: attach: must be clsact or tcx", 0 },
};
/* clang-format on */

static void row_test(void **state)
{
	const struct parse_row *row = *state;
	struct node_settings settings = { .mtu = 77 };
	int rc = node_settings_parse(row->text, strlen(row->text), "n", &settings, &err);

	if (!row->error) {
		assert_int_equal(rc, 0);
		assert_int_equal(settings.range_count, row->ranges);
		return;
	}
	assert_true(rc < 0);
	if (!strstr(err.text, row->error))
		fail_msg("'%s' does not say '%s'", err.text, row->error);
	assert_int_equal(settings.mtu, 77); /* untouched */
}

static void what_was_written_is_read(void **state)
{
	struct node_settings settings = { .range_count = 2, .mtu = 1450, .attach = ATTACH_TCX };
	struct node_settings again;
	char run_dir[] = "/tmp/byway-node-XXXXXX", path[64];

	(void)state;
	assert_true(ip_prefix_parse("10.9.0.0/24", &settings.ranges[0]));
	assert_true(ip_prefix_parse("fd09::/112", &settings.ranges[1]));
	assert_non_null(mkdtemp(run_dir));
	snprintf(path, sizeof(path), "%s/node.json", run_dir);

	assert_int_equal(node_settings_read(run_dir, &again, &err), -ENOENT);
	assert_int_equal(node_settings_write(run_dir, &settings, &err), 0);
	assert_int_equal(node_settings_read(run_dir, &again, &err), 0);
	assert_memory_equal(&again, &settings, sizeof(settings));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(run_dir), 0);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	case_add(&cases, "what was written is read", what_was_written_is_read, NULL);
	return cases_run("node_settings", &cases, NULL, NULL);
}
