/* SPDX-License-Identifier: Apache-2.0 */
/* test_known - what the agent remembers of records, and which file names are records'. */
#include "support/cases.h"

#include <string.h>

#include "agent/known.h"

struct name_row {
	const char *sentence, *file;
	bool good;
	const char *container_id, *ifname;
};

static const struct name_row names[] = {
	{ "a container and its interface", "abc:eth0.json", true, "abc", "eth0" },
	{ "an interface with dots", "abc:eth0.1.json", true, "abc", "eth0.1" },
	{ "an id with all that is allowed", "0aZ_.-:net1.json", true, "0aZ_.-", "net1" },
	{ "no colon", "abc.json" },
	{ "no ending", "abc:eth0" },
	{ "another ending", "abc:eth0.json.1" },
	{ "no container", ":eth0.json" },
	{ "no interface", "abc:.json" },
	{ "only an ending", ".json" },
	{ "an interface's name that is too long", "abc:abcdefghijklmnop.json" },
	{ "two colons", "abc:eth0:1.json" },
	{ "a way out of the directory", "..:eth0.json" },
};

static void name_is_judged(void **state)
{
	const struct name_row *row = *state;
	char container_id[CONTAINER_ID_MAX + 1], ifname[IFNAME_MAX];

	assert_int_equal(known_key_parse(row->file, container_id, ifname), row->good);
	if (!row->good)
		return;
	assert_string_equal(container_id, row->container_id);
	assert_string_equal(ifname, row->ifname);
}

static void a_record_is_found_and_forgotten(void **state)
{
	struct record pod_a = { .container_id = "a", .ifname = "eth0", .ifindex = 7 };
	struct record pod_b = { .container_id = "b", .ifname = "eth0", .ifindex = 8 };
	struct known known = { NULL };

	(void)state;
	strcpy(pod_a.pod_namespace, "default");
	strcpy(pod_a.pod_name, "web-0");
	assert_non_null(known_put(&known, &pod_a));
	assert_non_null(known_put(&known, &pod_b));
	assert_string_equal(known_find(&known, "a:eth0")->label, "default/web-0");
	assert_string_equal(known_by_ifindex(&known, 8)->label, "b");
	assert_null(known_by_ifindex(&known, 9));
	known_remove(&known, known_find(&known, "a:eth0"));
	assert_null(known_find(&known, "a:eth0"));
	known_done(&known);
	assert_null(known.by_key);
}

static void the_same_again_replaces(void **state)
{
	struct record pod_a = { .container_id = "a", .ifname = "eth0", .ifindex = 7 };
	struct known known = { NULL };

	(void)state;
	known_put(&known, &pod_a);
	pod_a.ifindex = 9;
	known_put(&known, &pod_a);
	assert_int_equal(HASH_COUNT(known.by_key), 1);
	assert_null(known_by_ifindex(&known, 7));
	assert_non_null(known_by_ifindex(&known, 9));
	known_done(&known);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, names, name_is_judged);
	case_add(&cases, "a record is found by key and by interface",
		 a_record_is_found_and_forgotten, NULL);
	case_add(&cases, "a record that changed replaces what was known", the_same_again_replaces,
		 NULL);
	return cases_run("agent/known", &cases, NULL, NULL);
}
