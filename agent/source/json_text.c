/* SPDX-License-Identifier: Apache-2.0 */
/* json_text - JSON as text: is it that, within bounds, and where the items of a list stand. */
#include "agent/source/json_text.h"

#include <string.h>

static int value_pass(struct json_text *json, struct error *err);

/* 0 is the end of the text: a NUL in it is refused wherever it stands. */
static char peek(const struct json_text *json)
{
	return json->at < json->end ? *json->at : '\0';
}

static void space_pass(struct json_text *json)
{
	while (peek(json) == ' ' || peek(json) == '\n' || peek(json) == '\t' || peek(json) == '\r')
		json->at++;
}

static int wrong(const struct json_text *json, const char *wanted, struct error *err)
{
	if (json->at >= json->end)
		return error_say(err, -EBADMSG, "the text ends where %s is expected", wanted);
	return error_say(err, -EBADMSG, "%s is expected", wanted);
}

static int char_pass(struct json_text *json, char c, const char *wanted, struct error *err)
{
	space_pass(json);
	if (peek(json) != c)
		return wrong(json, wanted, err);
	json->at++;
	return 0;
}

static int escape_pass(struct json_text *json, struct error *err)
{
	size_t left = (size_t)(json->end - json->at);

	if (left >= 2 && json->at[1] != '\0' && strchr("\"\\/bfnrt", json->at[1])) {
		json->at += 2;
		return 0;
	}
	if (left < 6 || json->at[1] != 'u')
		return error_say(err, -EBADMSG, "an escape in a string is none of JSON's");
	if (!memcmp(json->at + 2, "0000", 4))
		return error_say(err, -EBADMSG, "a string holds a NUL");
	json->at += 6; /* whether those are hex digits is the parser's to say */
	return 0;
}

static int string_pass(struct json_text *json, struct error *err)
{
	int rc = char_pass(json, '"', "'\"'", err);

	while (rc == 0) {
		while (json->at < json->end && (unsigned char)*json->at >= ' ' &&
		       *json->at != '"' && *json->at != '\\')
			json->at++;
		if (peek(json) == '"') {
			json->at++;
			return 0;
		}
		if (json->at >= json->end)
			return wrong(json, "the end of a string", err);
		if (*json->at != '\\')
			return error_say(err, -EBADMSG, "a string holds a control character");
		rc = escape_pass(json, err);
	}
	return rc;
}

static size_t digits(const struct json_text *json, const char *at)
{
	const char *begin = at;

	while (at < json->end && *at >= '0' && *at <= '9')
		at++;
	return (size_t)(at - begin);
}

/* RFC 8259, section 6: as far as it goes; what follows must be what may follow a value. */
static int number_pass(struct json_text *json, struct error *err)
{
	size_t count;

	json->at += peek(json) == '-';
	count = digits(json, json->at);
	if (count == 0 || (count > 1 && *json->at == '0'))
		return wrong(json, "a value", err);
	json->at += count;
	if (peek(json) == '.') {
		json->at++;
		if (!(count = digits(json, json->at)))
			return wrong(json, "a digit", err);
		json->at += count;
	}
	if (peek(json) == 'e' || peek(json) == 'E') {
		json->at++;
		json->at += peek(json) == '-' || peek(json) == '+';
		if (!(count = digits(json, json->at)))
			return wrong(json, "a digit", err);
		json->at += count;
	}
	return 0;
}

static int word_pass(struct json_text *json, struct error *err)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(json->end - json->at) >= len && !memcmp(json->at, words[i], len)) {
			json->at += len;
			return 0;
		}
	}
	return number_pass(json, err);
}

/* Each item of the document's list has the limit of nodes for itself. */
static int items_pass(struct json_text *json, char end, bool document_items, struct error *err)
{
	size_t nodes = json->nodes;
	int rc;

	json->at++;
	space_pass(json);
	if (peek(json) == end) {
		json->at++;
		return 0;
	}
	for (;;) {
		if ((rc = value_pass(json, err)))
			return rc;
		if (document_items)
			json->nodes = nodes;
		space_pass(json);
		if (peek(json) != ',')
			return char_pass(json, end, "',' or ']'", err);
		json->at++;
	}
}

static bool member_is_items(const struct json_text *json, const char *key)
{
	return json->depth == 1 && !json->items && peek(json) == '[' &&
	       !strncmp(key, "\"items\"", strlen("\"items\""));
}

static int member_pass(struct json_text *json, struct error *err)
{
	const char *key;
	int rc;

	space_pass(json);
	key = json->at;
	if ((rc = string_pass(json, err)) || (rc = char_pass(json, ':', "':'", err)))
		return rc;
	space_pass(json);
	if (!member_is_items(json, key))
		return value_pass(json, err);
	json->items = json->at + 1;
	json->depth++;
	rc = items_pass(json, ']', true, err);
	json->items_end = json->at - 1;
	json->depth--;
	return rc;
}

static int members_pass(struct json_text *json, struct error *err)
{
	int rc;

	json->at++;
	space_pass(json);
	if (peek(json) == '}') {
		json->at++;
		return 0;
	}
	for (;;) {
		if ((rc = member_pass(json, err)))
			return rc;
		space_pass(json);
		if (peek(json) != ',')
			return char_pass(json, '}', "',' or '}'", err);
		json->at++;
	}
}

static int value_pass(struct json_text *json, struct error *err)
{
	int rc;

	space_pass(json);
	if (++json->nodes > json->limits->nodes)
		return error_say(err, -E2BIG, "a document of more than %zu values",
				 json->limits->nodes);
	if (peek(json) == '"')
		return string_pass(json, err);
	if (peek(json) != '{' && peek(json) != '[')
		return word_pass(json, err);
	if (json->depth == json->limits->depth)
		return error_say(err, -E2BIG, "more than %u levels deep", json->limits->depth);
	json->depth++;
	rc = peek(json) == '{' ? members_pass(json, err) : items_pass(json, ']', false, err);
	json->depth--;
	return rc;
}

int json_text_check(struct json_text *json, struct error *err)
{
	int rc;

	json->items = NULL;
	json->nodes = 0;
	json->depth = 0;
	space_pass(json);
	if (peek(json) != '{')
		return wrong(json, "'{'", err);
	if ((rc = value_pass(json, err)))
		return rc;
	space_pass(json);
	if (json->at < json->end)
		return error_say(err, -EBADMSG, "there is more behind the document");
	return 0;
}

bool json_text_item(struct json_text *json, const char **ret_item, size_t *ret_len)
{
	struct error err;

	space_pass(json);
	if (peek(json) == ',')
		json->at++;
	space_pass(json);
	json->nodes = 0;
	json->depth = 2;
	*ret_item = json->at;
	if (peek(json) == ']' || value_pass(json, &err))
		return false;
	*ret_len = (size_t)(json->at - *ret_item);
	return true;
}
