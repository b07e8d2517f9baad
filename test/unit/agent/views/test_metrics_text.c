/* SPDX-License-Identifier: Apache-2.0 */
/* test_metrics_text - metric families as Prometheus reads them. */
#include "support/cases.h"

#include "agent/views/view.h"
#include "base/json.h"

#define FAMILY(samples)                                                                           \
	"{\"families\":[{\"name\":\"m\",\"type\":\"gauge\",\"help\":\"H.\",\"samples\":[" samples \
	"]}]}"
#define HEAD "# HELP m H.\n# TYPE m gauge\n"

struct row {
	const char *sentence, *json, *text;
};

static const struct row rows[] = {
	{ "no families", "{\"families\":[]}", "" },
	{ "a family without samples", FAMILY(""), HEAD },
	{ "a sample without labels", FAMILY("{\"labels\":{},\"value\":7}"), HEAD "m 7\n" },
	{ "labels in their order", FAMILY("{\"labels\":{\"b\":\"1\",\"a\":\"2\"},\"value\":7}"),
	  HEAD "m{b=\"1\",a=\"2\"} 7\n" },
	{ "a large counter is not rounded", FAMILY("{\"labels\":{},\"value\":9007199254740991}"),
	  HEAD "m 9007199254740991\n" },
	{ "a fraction", FAMILY("{\"labels\":{},\"value\":0.25}"), HEAD "m 0.250000\n" },
	{ "a label that must be escaped",
	  FAMILY("{\"labels\":{\"a\":\"\\\"\\\\\\n\"},\"value\":1}"),
	  HEAD "m{a=\"\\\"\\\\\\n\"} 1\n" },
};

static void text_is_written(void **state)
{
	const struct row *row = *state;
	CLEANUP(json_free) cJSON *json = cJSON_Parse(row->json);
	CLEANUP(str_free) char *text = metrics_text(json);

	assert_non_null(json);
	assert_string_equal(text, row->text);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, text_is_written);
	return cases_run("agent/views/metrics_text", &cases, NULL, NULL);
}
