/* SPDX-License-Identifier: Apache-2.0 */
/* yaml - a text of YAML or JSON documents becomes JSON documents, within bounds. */
#include "agent/source/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "agent/source/json_keys.h"
#include "agent/source/json_text.h"
#include "agent/source/yaml_build.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A text, and how many of its lines have been counted. */
struct place {
	const char *counted;
	unsigned int line;
};

static unsigned int line_at(struct place *place, const char *at)
{
	while (place->counted < at)
		place->line += *place->counted++ == '\n';
	return place->line;
}

unsigned int yaml_line(const cJSON *object)
{
	return cJSON_IsObject(object) ? (unsigned int)object->valueint : 0;
}

static int part_parse(const char *text, size_t len, unsigned int line, cJSON **ret,
		      struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_ParseWithLength(text, len);
	int rc;

	if (!json)
		return error_say(err, -EBADMSG, "not JSON, or there is no memory");
	if ((rc = json_keys_unique(json, err)))
		return rc;
	if (cJSON_IsObject(json))
		json->valueint = (int)line; /* yaml_line() */
	*ret = json_take(&json);
	return 0;
}

/* The document without its items: what stands before and behind them. */
static int shell_parse(const struct json_text *list, const char *begin, unsigned int line,
		       cJSON **ret, struct error *err)
{
	size_t before = (size_t)(list->items - begin);
	size_t after = (size_t)(list->end - list->items_end);
	CLEANUP(str_free) char *text = malloc(before + after);

	if (!text)
		return error_set(err, -ENOMEM, "a list");
	memcpy(text, begin, before);
	memcpy(text + before, list->items_end, after);
	return part_parse(text, before + after, line, ret, err);
}

static int item_give(cJSON *shell, cJSON *item, unsigned int line, yaml_document_fn *fn, void *ctx)
{
	cJSON *items = cJSON_GetObjectItemCaseSensitive(shell, "items");
	int rc;

	cJSON_AddItemToArray(items, item);
	rc = fn(shell, line, ctx);
	cJSON_DeleteItemFromArray(items, 0);
	return rc;
}

static int list_give(struct json_text *list, const char *begin, struct place *place,
		     yaml_document_fn *fn, void *ctx, struct error *err)
{
	CLEANUP(json_free) cJSON *shell = NULL;
	unsigned int line = line_at(place, begin);
	const char *item;
	bool any = false;
	size_t len;
	int rc;

	if ((rc = shell_parse(list, begin, line, &shell, err)))
		return rc;
	list->at = list->items;
	while (json_text_item(list, &item, &len)) {
		cJSON *json = NULL;

		any = true;
		line = line_at(place, item);
		if ((rc = part_parse(item, len, line, &json, err)) ||
		    (rc = item_give(shell, json, line, fn, ctx)))
			return rc;
	}
	return any ? 0 : fn(shell, line, ctx);
}

static int document_give(const char *begin, const char *end, struct place *place,
			 yaml_document_fn *fn, void *ctx, struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	int rc = part_parse(begin, (size_t)(end - begin), line_at(place, begin), &json, err);

	return rc ? rc : fn(json, place->line, ctx);
}

int yaml_parse(const char *text, size_t len, const struct yaml_limits *limits, yaml_document_fn *fn,
	       void *ctx, unsigned int *ret_line, struct error *err)
{
	struct json_text json = { .at = text, .end = text + len, .limits = limits };
	struct place place = { text, 1 };
	const char *begin;
	int rc;

	if (len >= 3 && !memcmp(text, BYTE_ORDER_MARK, 3))
		json.at += 3;
	begin = json.at;
	rc = json_text_check(&json, err);
	if (rc == -EBADMSG)
		return yaml_build(text, len, limits, fn, ctx, ret_line, err);
	if (rc)
		*ret_line = line_at(&place, json.at);
	if (rc)
		return rc;
	begin += strspn(begin, " \t\r\n");
	rc = json.items ? list_give(&json, begin, &place, fn, ctx, err) :
			  document_give(begin, json.end, &place, fn, ctx, err);
	*ret_line = place.line;
	return rc;
}
