/* SPDX-License-Identifier: Apache-2.0 */
/* test_conflist - what the runtime is told, and by what a conflist of ours is known. */
#include "support/cases.h"

#include <string.h>

#include "agent/conflist.h"
#include "base/json.h"

struct row {
	const char *sentence, *text;
	bool ours;
};

#define OURS "{\"type\":\"byway\",\"runDir\":\"/run/byway\"}"

static const struct row rows[] = {
	{ "what an agent with this runDir writes", "{\"plugins\":[" OURS "]}", true },
	{ "another agent's", "{\"plugins\":[{\"type\":\"byway\",\"runDir\":\"/run/other\"}]}" },
	{ "a chain that somebody wrote by hand", "{\"plugins\":[" OURS ",{\"type\":\"tuning\"}]}" },
	{ "another plugin's", "{\"plugins\":[{\"type\":\"bridge\",\"runDir\":\"/run/byway\"}]}" },
	{ "one without a runDir", "{\"plugins\":[{\"type\":\"byway\"}]}" },
	{ "a type that is no string", "{\"plugins\":[{\"type\":7,\"runDir\":\"/run/byway\"}]}" },
	{ "plugins that are no list", "{\"plugins\":{}}" },
	{ "no plugins", "{}" },
	{ "no JSON", "plugins" },
	{ "nothing", "" },
};

static void it_is_known(void **state)
{
	const struct row *row = *state;

	assert_int_equal(conflist_is_ours(row->text, "/run/byway"), row->ours);
}

static void what_is_written(void **state)
{
	struct agent_config config = { .run_dir = { "/run/a\"b" },
				       .bpf_dir = { "/sys/fs/bpf/x" },
				       .cni_version = "1.0.0" };
	CLEANUP(str_free) char *text = conflist_format(&config);
	CLEANUP(json_free) cJSON *json = cJSON_Parse(text);
	const cJSON *plugin = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "plugins"), 0);

	(void)state;
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, "cniVersion")), "1.0.0");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, "name")), "byway");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(plugin, "type")), "byway");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(plugin, "runDir")),
			    "/run/a\"b");
	assert_true(conflist_is_ours(text, "/run/a\"b"));
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, it_is_known);
	case_add(&cases, "name, version, type and directories are written", what_is_written, NULL);
	return cases_run("agent/conflist", &cases, NULL, NULL);
}
