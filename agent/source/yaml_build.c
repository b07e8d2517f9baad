/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_build - libyaml's events become JSON documents. */
#include "agent/source/yaml_build.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "agent/source/decode_fields.h"
#include "agent/source/json_keys.h"
#include "agent/source/yaml_scalar.h"

#define TAG_STR "tag:yaml.org,2002:str"

/* The document under construction. All of it hangs on root; path is from there to where it grows.
 */
struct build {
	const struct yaml_limits *limits;
	cJSON *root;
	cJSON *path[YAML_DEPTH_MAX];
	unsigned int depth;
	char *key; /* of a mapping, whose value is to come */
	size_t nodes;
};

static void build_done(struct build *build)
{
	json_free(&build->root);
	str_free(&build->key);
	build->depth = 0;
	build->nodes = 0;
}

static bool key_is_next(const struct build *build)
{
	return build->depth && !build->key && cJSON_IsObject(build->path[build->depth - 1]);
}

/* Takes node over, also when it fails. */
static int node_add(struct build *build, cJSON *node, struct error *err)
{
	cJSON *parent = build->depth ? build->path[build->depth - 1] : NULL;
	bool added = node;

	if (!parent)
		build->root = node;
	else if (cJSON_IsObject(parent))
		added = node && cJSON_AddItemToObject(parent, build->key, node);
	else
		added = node && cJSON_AddItemToArray(parent, node);
	str_free(&build->key);
	if (!added) {
		if (parent)
			cJSON_Delete(node);
		return error_set(err, -ENOMEM, "a document");
	}
	if (++build->nodes > build->limits->nodes)
		return error_say(err, -E2BIG, "a document of more than %zu values",
				 build->limits->nodes);
	return 0;
}

static int key_take(struct build *build, const char *text, bool plain, struct error *err)
{
	if (plain && !strcmp(text, "<<"))
		return error_say(err, -EBADMSG, "merge keys (<<) are not read: write it out");
	build->key = strdup(text);
	return build->key ? 0 : error_set(err, -ENOMEM, "a key");
}

static int scalar_take(struct build *build, const yaml_event_t *event, struct error *err)
{
	const char *text = (const char *)event->data.scalar.value;
	const char *tag = (const char *)event->data.scalar.tag;
	bool plain = event->data.scalar.plain_implicit &&
		     event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (memchr(text, '\0', event->data.scalar.length))
		return error_say(err, -EBADMSG, "a string holds a NUL");
	if (event->data.scalar.anchor)
		return error_say(err, -EBADMSG, "anchors (&) are not read: write it out");
	if (tag && strcmp(tag, "!") && strcmp(tag, TAG_STR))
		return error_say(err, -EBADMSG, "tag %s is not known", quoted(tag).text);
	if (key_is_next(build))
		return key_take(build, text, plain, err);
	return node_add(build, plain ? yaml_scalar(text) : cJSON_CreateString(text), err);
}

static int container_begin(struct build *build, cJSON *container, const yaml_event_t *event,
			   const yaml_char_t *anchor, const yaml_char_t *tag, struct error *err)
{
	int rc = 0;

	if (key_is_next(build))
		rc = error_say(err, -EBADMSG, "a key must be a scalar");
	else if (anchor)
		rc = error_say(err, -EBADMSG, "anchors (&) are not read: write it out");
	else if (tag)
		rc = error_say(err, -EBADMSG, "tag %s is not known",
			       quoted((const char *)tag).text);
	else if (build->depth == build->limits->depth || build->depth == YAML_DEPTH_MAX)
		rc = error_say(err, -E2BIG, "more than %u levels deep", build->depth);
	if (rc) {
		cJSON_Delete(container);
		return rc;
	}
	if ((rc = node_add(build, container, err)))
		return rc;
	container->valueint = (int)event->start_mark.line + 1; /* yaml_line() */
	build->path[build->depth++] = container;
	return 0;
}

static int event_take(struct build *build, const yaml_event_t *event, struct error *err)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return scalar_take(build, event, err);
	case YAML_MAPPING_START_EVENT:
		return container_begin(build, cJSON_CreateObject(), event,
				       event->data.mapping_start.anchor,
				       event->data.mapping_start.tag, err);
	case YAML_SEQUENCE_START_EVENT:
		return container_begin(build, cJSON_CreateArray(), event,
				       event->data.sequence_start.anchor,
				       event->data.sequence_start.tag, err);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		build->depth--;
		return 0;
	case YAML_ALIAS_EVENT:
		return error_say(err, -EBADMSG, "aliases (*) are not read: write it out");
	default:
		return 0;
	}
}

static unsigned int line_of_byte(const char *text, size_t len, size_t at)
{
	unsigned int line = 1;

	for (size_t i = 0; i < at && i < len; i++)
		line += text[i] == '\n';
	return line;
}

/*
 * libyaml knows the byte where it cannot read characters, and the line of everything else; the end
 * of the text is a line of its own there.
 */
static int parser_failed(const yaml_parser_t *parser, const char *text, size_t len,
			 unsigned int *ret_line, struct error *err)
{
	bool reader = parser->error == YAML_READER_ERROR;
	unsigned int line = line_of_byte(text, len, reader ? parser->problem_offset : len);

	if (parser->error == YAML_MEMORY_ERROR)
		return error_set(err, -ENOMEM, "parse YAML");
	if (!reader && parser->problem_mark.line < line)
		line = (unsigned int)parser->problem_mark.line + 1;
	*ret_line = line;
	return error_say(err, -EBADMSG, "not YAML: %s%s%s%s",
			 parser->problem ? parser->problem : "it cannot be read",
			 parser->context ? " (" : "", parser->context ? parser->context : "",
			 parser->context ? ")" : "");
}

static int document_end(struct build *build, unsigned int line, yaml_document_fn *fn, void *ctx,
			struct error *err)
{
	int rc = 0;

	if (build->root && !cJSON_IsNull(build->root))
		rc = json_keys_unique(build->root, err);
	if (rc == 0 && build->root && !cJSON_IsNull(build->root))
		rc = fn(build->root, line, ctx);
	build_done(build);
	return rc;
}

static int events_read(yaml_parser_t *parser, struct build *build, const char *text, size_t len,
		       yaml_document_fn *fn, void *ctx, unsigned int *ret_line, struct error *err)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	unsigned int begin = 1;
	yaml_event_t event;
	int rc = 0;

	while (rc == 0 && type != YAML_STREAM_END_EVENT) {
		if (!yaml_parser_parse(parser, &event))
			return parser_failed(parser, text, len, ret_line, err);
		type = event.type;
		*ret_line = (unsigned int)event.start_mark.line + 1;
		if (!build->root)
			begin = *ret_line;
		rc = event_take(build, &event, err);
		yaml_event_delete(&event);
		if (type == YAML_DOCUMENT_END_EVENT) {
			*ret_line = begin;
			rc = document_end(build, begin, fn, ctx, err);
		}
	}
	return rc;
}

int yaml_build(const char *text, size_t len, const struct yaml_limits *limits, yaml_document_fn *fn,
	       void *ctx, unsigned int *ret_line, struct error *err)
{
	struct build build = { .limits = limits };
	yaml_parser_t parser;
	int rc;

	*ret_line = 0;
	if (!yaml_parser_initialize(&parser))
		return error_set(err, -ENOMEM, "parse YAML");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	rc = events_read(&parser, &build, text, len, fn, ctx, ret_line, err);
	build_done(&build);
	yaml_parser_delete(&parser);
	return rc;
}
