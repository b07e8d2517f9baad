/* SPDX-License-Identifier: Apache-2.0 */
/* test_yaml - YAML and JSON texts: their documents, and where what is wrong. */
#include "support/cases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/source/yaml.h"

#define DEEP_8 "[[[[[[[["
#define DEEP_64 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8
#define FLAT_8 "]]]]]]]]"
#define FLAT_64 FLAT_8 FLAT_8 FLAT_8 FLAT_8 FLAT_8 FLAT_8 FLAT_8 FLAT_8

struct good_row {
	const char *sentence, *text;
	const char *documents; /* "LINE:JSON " each */
};

/* clang-format off */
static const struct good_row good[] = {
	{ "nothing", "", "" },
	{ "only a comment", "# hello\n\n", "" },
	{ "one document", "a: 1\nb: [x, {c: d}]\n", "1:{\"a\":1,\"b\":[\"x\",{\"c\":\"d\"}]} " },
	{ "several, and empty ones", "---\n---\na: 1\n---\n# none\n---\nb: 2\n...\n", "3:{\"a\":1} 7:{\"b\":2} " },
	{ "a byte order mark", "\xef\xbb\xbf" "a: 1\n", "1:{\"a\":1} " },
	{ "lines end as in DOS", "a: 1\r\nb: 2\r\n", "1:{\"a\":1,\"b\":2} " },
	{ "block scalars", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "1:{\"a\":\"x\\ny\\n\",\"b\":\"x y\"} " },

	{ "plain words that are booleans", "[true, False, YES, no, On, off, y, N]", "1:[true,false,true,false,true,false,true,false] " },
	{ "plain words that are null", "[~, null, Null, '']", "1:[null,null,null,\"\"] " },
	{ "a missing value is null", "a:\nb: 1", "1:{\"a\":null,\"b\":1} " },
	{ "numbers", "[0, 80, -1, +2, 1.5, .5, 2., 1e3, 1.5E-1]", "1:[0,80,-1,2,1.5,0.5,2,1000,0.15] " },
	{ "what is quoted is a string", "['80', \"true\", '~', !!str 80, ! '80']", "1:[\"80\",\"true\",\"~\",\"80\",\"80\"] " },
	{ "what could be guessed is a string", "[0x50, 0644, 00, 1_000, 1:30, .inf, 1.2.3, 1e, +, -., nan]", "1:[\"0x50\",\"0644\",\"00\",\"1_000\",\"1:30\",\".inf\",\"1.2.3\",\"1e\",\"+\",\"-.\",\"nan\"] " },
	{ "a time is a string", "2026-11-22T14:22:48Z", "1:\"2026-11-22T14:22:48Z\" " },
	{ "a key is a string", "80: a\ntrue: b\n", "1:{\"80\":\"a\",\"true\":\"b\"} " },
	{ "a quoted << is a key as any other", "'<<': 1\n", "1:{\"<<\":1} " },
	{ "64 levels", DEEP_64 FLAT_64, "1:" DEEP_64 FLAT_64 " " },

	{ "JSON", "\n {\"a\": [1, -2.5e1, \"x\\n\\u00e4\", true, null, {}, []]}\n", "2:{\"a\":[1,-25,\"x\\n\xc3\xa4\",true,null,{},[]]} " },
	{ "a JSON list of items comes item by item", "{\"kind\": \"PodList\",\n\"items\": [\n{\"a\": 1},\n\n{\"b\": {\"items\": [1, 2]}}], \"z\": 1}", "3:{\"kind\":\"PodList\",\"items\":[{\"a\":1}],\"z\":1} 5:{\"kind\":\"PodList\",\"items\":[{\"b\":{\"items\":[1,2]}}],\"z\":1} " },
	{ "its kind may stand behind it", "{\"items\": [1,[2]], \"kind\": \"x\"}", "1:{\"items\":[1],\"kind\":\"x\"} 1:{\"items\":[[2]],\"kind\":\"x\"} " },
	{ "a list without items comes once", "{\"items\": [ ]}", "1:{\"items\":[]} " },
	{ "items that are no list are no items", "{\"items\": {\"a\": 1}}", "1:{\"items\":{\"a\":1}} " },
	{ "several JSON documents are YAML", "{\"a\": 1}\n---\n{\"b\": 2}\n", "1:{\"a\":1} 3:{\"b\":2} " },
	{ "what looks like JSON at first may be YAML", "{a: 1, \"b\": yes}", "1:{\"a\":1,\"b\":true} " },
};
/* clang-format on */

struct bad_row {
	const char *sentence, *text;
	const char *reason;
	unsigned int line;
	int rc;
};

/* clang-format off */
static const struct bad_row bad[] = {
	{ "a key twice", "a: 1\nb: 2\na: 3\n", "key 'a' stands there twice", 1 },
	{ "a key twice in a later document", "x: 1\n---\n\na: {b: 1, b: 2}\n", "key 'b' stands there twice", 4 },
	{ "a key twice in JSON", "{\"a\": 1,\n\"a\": 2}", "key 'a' stands there twice", 1 },
	{ "a key twice in a JSON item", "{\"items\": [\n{},\n{\"a\": {\"b\": 1, \"b\": 2}}]}", "key 'b' stands there twice", 3 },
	{ "items twice", "{\"items\": [1],\n\"items\": [2]}", "key 'items' stands there twice", 1 },
	{ "a key twice among many", "{a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0, i: 0, j: 0, k: 0, l: 0, m: 0, n: 0, o: 0, p: 0, q: 0, c: 1}", "key 'c' stands there twice", 1 },
	{ "an anchor", "a: 1\nb: &x 2\n", "anchors (&) are not read", 2 },
	{ "an anchor of an object", "a: &x {b: 1}\n", "anchors (&) are not read", 1 },
	{ "an alias", "a: *x\n", "aliases (*) are not read", 1 },
	{ "a merge key", "a:\n  <<: {b: 1}\n", "merge keys (<<) are not read", 2 },
	{ "a tag", "a: !!binary aGVsbG8=\n", "tag 'tag:yaml.org,2002:binary' is not known", 1 },
	{ "a tag of an object", "a: !x {b: 1}\n", "tag '!x' is not known", 1 },
	{ "a key that is a list", "a: 1\n? [b]\n: c\n", "a key must be a scalar", 2 },
	{ "truncated YAML", "a: 1\nb: [x,\n", "not YAML: did not find expected", 3 },
	{ "a tab to indent", "a:\n\tb: 1\n", "not YAML: found character that cannot start any token", 2 },
	{ "a quote that does not end", "a: 1\nb: \"x\n", "not YAML: found unexpected end of stream", 3 },
	{ "truncated JSON", "{\"a\": 1,\n\"b\": {\"c\": [1, ", "not YAML: ", 2 },
	{ "a NUL in a string", "a: \"x\\0y\"\n", "a string holds a NUL", 1 },
	{ "a NUL in a JSON string", "{\"a\":\n \"x\\u0000y\"}", "a string holds a NUL", 2 },
	{ "binary junk", "\x7f" "ELF\x02\x01\x01", "not YAML: control characters are not allowed", 1 },
	{ "what is not UTF-8", "a: 1\nb: \xff\xfe\n", "not YAML: invalid leading UTF-8 octet", 2 },
	{ "65 levels", DEEP_64 "[" "]" FLAT_64, "more than 64 levels deep", 1, -E2BIG },
	{ "65 levels of JSON", "{\"a\":\n" DEEP_64 FLAT_64 "}", "more than 64 levels deep", 2, -E2BIG },
	{ "levels without end", DEEP_64 DEEP_64 DEEP_64 DEEP_64, "more than 64 levels deep", 1, -E2BIG },
	{ "too many values", "a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10,\n 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]", "a document of more than 20 values", 2, -E2BIG },
	{ "too many values in JSON", "{\"a\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10,\n 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]}", "a document of more than 20 values", 2, -E2BIG },
	{ "too many values in one JSON item", "{\"items\": [1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10,\n 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]]}", "a document of more than 20 values", 2, -E2BIG },
};
/* clang-format on */

static const struct yaml_limits few_nodes = { YAML_DEPTH_MAX, 20 };

static int document_write(cJSON *document, unsigned int line, void *ctx)
{
	char *out = (char *)ctx + strlen(ctx);
	char *json = cJSON_PrintUnformatted(document);

	assert_non_null(json);
	sprintf(out, "%u:%s ", line, json);
	free(json);
	return 0;
}

static void text_is_read(void **state)
{
	const struct good_row *row = *state;
	char documents[1024] = "";
	struct error err = {};
	unsigned int line;

	if (yaml_parse(row->text, strlen(row->text), &yaml_limits_default, document_write,
		       documents, &line, &err))
		fail_msg("line %u: %s", line, err.text);
	assert_string_equal(documents, row->documents);
}

static void mistake_is_placed(void **state)
{
	const struct bad_row *row = *state;
	bool nodes = strstr(row->reason, "values");
	char documents[1024] = "";
	struct error err = {};
	unsigned int line = 0;
	int rc = yaml_parse(row->text, strlen(row->text), nodes ? &few_nodes : &yaml_limits_default,
			    document_write, documents, &line, &err);

	assert_int_equal(rc, row->rc ? row->rc : -EBADMSG);
	assert_int_equal(err.code, rc);
	if (!strstr(err.text, row->reason))
		fail_msg("the error is \"%s\"", err.text);
	assert_int_equal(line, row->line);
}

static void a_raw_nul_is_refused(void **state)
{
	static const char texts[][16] = { "{\"a\": \"x\0y\"}", "a: \0", "\0" };
	static const size_t lens[] = { 12, 4, 1 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char documents[64] = "";
		struct error err = {};
		unsigned int line;

		assert_int_equal(yaml_parse(texts[i], lens[i], &yaml_limits_default, document_write,
					    documents, &line, &err),
				 -EBADMSG);
		assert_int_equal(line, 1);
	}
}

static int document_count(cJSON *document, unsigned int line, void *ctx)
{
	(void)document;
	(void)line;
	++*(int *)ctx;
	return 0;
}

static void many_items_pass_with_few_values_each(void **state)
{
	static char text[64 * 1024] = "{\"items\": [";
	struct error err = {};
	unsigned int line;
	int count = 0;

	(void)state;
	for (size_t i = 0, used = strlen(text); i < 2000; i++)
		used += (size_t)sprintf(text + used, "%s{\"a\": [%zu]}", i ? "," : "", i);
	strcat(text, "]}");
	assert_int_equal(
		yaml_parse(text, strlen(text), &few_nodes, document_count, &count, &line, &err), 0);
	assert_int_equal(count, 2000);
}

static int stop_at_once(cJSON *document, unsigned int line, void *ctx)
{
	(void)document;
	(void)line;
	++*(int *)ctx;
	return 7;
}

static void the_walk_can_be_ended(void **state)
{
	static const char *const texts[] = { "a: 1\n---\nb: 2\n", "{\"items\": [1, 2]}",
					     "{\"a\": 1}" };
	struct error err = {};
	unsigned int line;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int calls = 0;

		assert_int_equal(yaml_parse(texts[i], strlen(texts[i]), &yaml_limits_default,
					    stop_at_once, &calls, &line, &err),
				 7);
		assert_int_equal(calls, 1);
	}
}

static int lines_compare(cJSON *document, unsigned int line, void *ctx)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(document, "items")->child;
	unsigned int expected = *(unsigned int *)ctx;

	(void)line;
	for (; item; item = item->next, expected++)
		assert_int_equal(yaml_line(item), expected);
	*(unsigned int *)ctx = expected;
	return 0;
}

static void items_know_their_lines(void **state)
{
	static const char *const texts[] = { "kind: List\nitems:\n- a: 1\n- {b: 2}\n",
					     "{\"kind\": \"List\",\n \"items\": [\n{},\n{}]}" };
	struct error err = {};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		unsigned int line, expected = 3;

		assert_int_equal(yaml_parse(texts[i], strlen(texts[i]), &yaml_limits_default,
					    lines_compare, &expected, &line, &err),
				 0);
		assert_int_equal(expected, 5);
	}
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, good, text_is_read);
	ROWS_ADD(&cases, bad, mistake_is_placed);
	case_add(&cases, "a raw NUL is refused", a_raw_nul_is_refused, NULL);
	case_add(&cases, "many items pass with few values each",
		 many_items_pass_with_few_values_each, NULL);
	case_add(&cases, "the walk can be ended", the_walk_can_be_ended, NULL);
	case_add(&cases, "items know their lines", items_know_their_lines, NULL);
	return cases_run("agent/source/yaml", &cases, NULL, NULL);
}
