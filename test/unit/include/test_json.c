/* SPDX-License-Identifier: Apache-2.0 */
/* test_json - getters that name the field that is wrong, and leave what is absent. */
#include "base/json.h"

#include <string.h>

#include "support/cases.h"

struct json_row {
	const char *sentence;
	const char *text;
	const char *error; /* of the first getter that failed; NULL = none */
	uint32_t number;   /* 77 = left as it was */
};

/* clang-format off */
static const struct json_row rows[] = {
	{ "fields are read", "{\"n\":5,\"s\":\"x\",\"b\":true,\"a\":[],\"o\":{}}", NULL, 5 },
	{ "absent fields leave what was there", "{}", NULL, 77 },
	{ "null is absent", "{\"n\":null,\"s\":null,\"b\":null,\"a\":null,\"o\":null}", NULL, 77 },
	{ "names are case-sensitive", "{\"N\":5}", NULL, 77 },
	{ "zero is a number", "{\"n\":0}", NULL, 0 },
	{ "the largest number is one", "{\"n\":100}", NULL, 100 },
	{ "a number too large says what may be", "{\"n\":101}", "w.n: must be a whole number from 0 to 100", 77 },
	{ "a number below zero is refused", "{\"n\":-1}", "w.n: must be a whole number from 0 to 100", 77 },
	{ "a fraction is refused", "{\"n\":1.5}", "w.n: must be a whole number from 0 to 100", 77 },
	{ "a number beyond all is refused", "{\"n\":1e400}", "w.n: must be a whole number from 0 to 100", 77 },
	{ "a number in quotes is refused", "{\"n\":\"5\"}", "w.n: must be a whole number from 0 to 100", 77 },
	{ "a string must be one", "{\"s\":5}", "w.s: must be a string", 77 },
	{ "true or false must be one of them", "{\"b\":\"true\"}", "w.b: must be true or false", 77 },
	{ "a list must be one", "{\"a\":{}}", "w.a: must be a list", 77 },
	{ "an object must be one", "{\"o\":[]}", "w.o: must be an object", 77 },
	{ "nothing is no JSON", "", "doc is not valid JSON (near byte 0)", 77 },
	{ "text behind the document is refused", "{} x", "doc is not valid JSON (near byte 3)", 77 },
	{ "a document cut off is refused", "{\"n\":", "doc is not valid JSON (near byte 5)", 77 },
};
/* clang-format on */

static int read_all(const char *text, uint32_t *ret_number, struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	const cJSON *list = NULL, *object = NULL;
	const char *string = "";
	bool yes = false;
	int rc = json_parse(text, strlen(text), "doc", &json, err);

	if (rc || (rc = json_uint(json, "w", "n", 100, ret_number, err)) ||
	    (rc = json_string(json, "w", "s", &string, err)) ||
	    (rc = json_bool(json, "w", "b", &yes, err)) ||
	    (rc = json_array(json, "w", "a", &list, err)) ||
	    (rc = json_object(json, "w", "o", &object, err)))
		return rc;
	return 0;
}

static void row_test(void **state)
{
	const struct json_row *row = *state;
	uint32_t number = 77;
	struct error err = {};

	assert_int_equal(read_all(row->text, &number, &err) != 0, row->error != NULL);
	if (row->error)
		assert_string_equal(err.text, row->error);
	assert_int_equal(number, row->number);
}

static void a_top_level_field_has_no_dot(void **state)
{
	CLEANUP(json_free) cJSON *json = cJSON_Parse("{\"n\":true}");
	uint32_t number = 0;
	struct error err;

	(void)state;
	assert_int_equal(json_uint(json, "", "n", 9, &number, &err), -EINVAL);
	assert_string_equal(err.text, "n: must be a whole number from 0 to 9");
}

/* cJSON bounds the nesting: a hostile document cannot exhaust the stack. */
static void deep_nesting_is_refused(void **state)
{
	static char text[200001];
	CLEANUP(json_free) cJSON *json = NULL;
	struct error err;

	(void)state;
	memset(text, '[', sizeof(text) - 1);
	assert_int_equal(json_parse(text, sizeof(text) - 1, "doc", &json, &err), -EBADMSG);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	case_add(&cases, "a field at the top has no dot before it", a_top_level_field_has_no_dot,
		 NULL);
	case_add(&cases, "deep nesting is refused", deep_nesting_is_refused, NULL);
	return cases_run("json", &cases, NULL, NULL);
}
