/* SPDX-License-Identifier: Apache-2.0 */
/* manifest - the text of one file: its objects, and what is wrong with it. */
#include "agent/source/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "agent/source/decode.h"
#include "agent/source/yaml.h"

struct parse {
	struct manifest manifest;
	size_t room;
	unsigned int document_line;
	struct error *err; /* of the whole text */
};

void manifest_done(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		object_free(&manifest->objects[i].object);
	free(manifest->objects);
	for (size_t i = 0; i < manifest->error_count && i < MANIFEST_ERRORS_MAX; i++)
		free(manifest->errors[i].reason);
	free(manifest->errors);
	*manifest = (struct manifest){};
}

bool manifest_error_add(struct manifest *manifest, unsigned int line, const char *reason)
{
	char *kept;

	if (manifest->error_count >= MANIFEST_ERRORS_MAX) {
		manifest->error_count++;
		return true;
	}
	if (!manifest->errors)
		manifest->errors = calloc(MANIFEST_ERRORS_MAX, sizeof(*manifest->errors));
	kept = strdup(reason);
	if (!manifest->errors || !kept) {
		free(kept);
		return false;
	}
	manifest->errors[manifest->error_count++] = (struct manifest_error){ line, kept };
	return true;
}

static int error_note(struct parse *parse, unsigned int line, const struct error *why)
{
	if (manifest_error_add(&parse->manifest, line, why->text))
		return 0;
	return error_set(parse->err, -ENOMEM, "remember an error");
}

/* Takes the object over. */
static int object_note(struct parse *parse, struct object *object, unsigned int line, bool broken)
{
	struct manifest *manifest = &parse->manifest;
	CLEANUP(object_free) struct object *owned = object;

	if (manifest->count == MANIFEST_OBJECTS_MAX)
		return error_say(parse->err, -E2BIG, "more than %d objects", MANIFEST_OBJECTS_MAX);
	if (manifest->count == parse->room) {
		size_t room = parse->room ? parse->room * 2 : 8;
		struct manifest_object *larger =
			realloc(manifest->objects, room * sizeof(*manifest->objects));

		if (!larger)
			return error_set(parse->err, -ENOMEM, "%zu objects", room);
		manifest->objects = larger;
		parse->room = room;
	}
	manifest->objects[manifest->count++] =
		(struct manifest_object){ object_take(&owned), line, broken };
	return 0;
}

/* An object that has a name and cannot be decoded stands for its former version. */
static int broken_note(struct parse *parse, const cJSON *item, unsigned int line,
		       const struct error *why)
{
	struct object_ident ident;
	struct object *object;
	struct error err;
	int rc = error_note(parse, line, why);

	if (rc)
		return rc;
	if (object_identify(item, &ident, &err)) {
		parse->manifest.unidentified = true;
		return 0;
	}
	object = calloc(1, sizeof(*object));
	if (!object)
		return error_set(parse->err, -ENOMEM, "an object");
	object->kind = ident.kind;
	object->namespace = object_text(ident.namespace);
	object->name = object_text(ident.name);
	if (object->namespace && object->name)
		return object_note(parse, object, line, true);
	object_free(&object);
	return error_set(parse->err, -ENOMEM, "an object");
}

static int item_take(cJSON *item, void *ctx)
{
	struct parse *parse = ctx;
	unsigned int line = yaml_line(item) ? yaml_line(item) : parse->document_line;
	struct object *object;
	struct error why;
	int rc = decode_object(item, &object, &why);

	if (rc == 0)
		return object_note(parse, object, line, false);
	if (rc == -ENOENT)
		return 0;
	if (rc == -ENOMEM) {
		*parse->err = why;
		return rc;
	}
	return broken_note(parse, item, line, &why);
}

static int document_take(cJSON *document, unsigned int line, void *ctx)
{
	struct parse *parse = ctx;
	struct error why = {};
	int rc;

	parse->document_line = line;
	rc = decode_each(document, item_take, parse, &why);
	if (rc == 0 || !why.code)
		return rc;
	parse->manifest.unidentified = true;
	return error_note(parse, line, &why);
}

int manifest_parse(const char *text, size_t len, struct manifest *ret_manifest,
		   unsigned int *ret_line, struct error *err)
{
	struct parse parse = { .err = err };
	int rc = yaml_parse(text, len, &yaml_limits_default, document_take, &parse, ret_line, err);

	if (rc)
		manifest_done(&parse.manifest);
	else
		*ret_manifest = parse.manifest;
	return rc;
}
