/* SPDX-License-Identifier: Apache-2.0 */
/* decode - an object as the API server serves it, in JSON, becomes a struct object. */
#include "agent/source/decode.h"

#include <stdlib.h>
#include <string.h>

#include "agent/source/decode_fields.h"
#include "agent/source/decode_kinds.h"

#define LIST "List"

struct kind_source {
	const char *group;
	bool namespaced;
};

static const struct kind_source kind_sources[OBJECT_KIND_COUNT] = {
	[OBJECT_SERVICE] = { "", true },    [OBJECT_SLICE] = { "discovery.k8s.io/", true },
	[OBJECT_POD] = { "", true },	    [OBJECT_NODE] = { "", false },
	[OBJECT_NAMESPACE] = { "", false },
};

static int kind_find(const char *kind, const char *api_version, enum object_kind *ret_kind,
		     struct error *err)
{
	const char *slash = strchr(api_version, '/');
	size_t group_len = slash ? (size_t)(slash + 1 - api_version) : 0;

	for (enum object_kind i = 0; i < OBJECT_KIND_COUNT; i++) {
		const char *group = kind_sources[i].group;

		if (strcmp(kind, object_kind_name(i)) || strlen(group) != group_len ||
		    strncmp(api_version, group, group_len))
			continue;
		if (strcmp(api_version + group_len, "v1"))
			return error_say(err, -EINVAL, "%s: apiVersion: %s is not %sv1", kind,
					 quoted(api_version).text, group);
		*ret_kind = i;
		return 0;
	}
	return error_say(err, -ENOENT, "%s of %s is not read", quoted(kind).text,
			 quoted(api_version).text);
}

static int kind_decode(const cJSON *json, enum object_kind *ret_kind, struct error *err)
{
	const char *kind = "", *api_version = "";
	int rc;

	if (!cJSON_IsObject(json))
		return error_say(err, -EINVAL,
				 "an object must be a mapping with apiVersion and kind");
	if ((rc = json_string(json, "", "kind", &kind, err)) ||
	    (rc = json_string(json, "", "apiVersion", &api_version, err)))
		return rc;
	if (!*kind)
		return error_say(err, -EINVAL, "kind: is missing");
	if (!*api_version)
		return error_say(err, -EINVAL, "%s: apiVersion: is missing", quoted(kind).text);
	return kind_find(kind, api_version, ret_kind, err);
}

static int name_decode(const cJSON *metadata, const char *key, const char **ret, struct error *err)
{
	int rc = json_string(metadata, "metadata", key, ret, err);

	if (rc)
		return rc;
	if (!**ret)
		return error_say(err, -EINVAL, "metadata.%s: is missing", key);
	if (!name_is_valid(*ret))
		return error_say(err, -EINVAL, "metadata.%s: %s is not a name (RFC 1123)", key,
				 quoted(*ret).text);
	return 0;
}

int object_identify(const cJSON *json, struct object_ident *ret_ident, struct error *err)
{
	struct object_ident ident = { .namespace = "default", .name = "" };
	const cJSON *metadata = NULL;
	int rc = kind_decode(json, &ident.kind, err);

	if (rc)
		return rc;
	if (!kind_sources[ident.kind].namespaced)
		ident.namespace = "";
	if ((rc = json_object(json, "", "metadata", &metadata, err)) ||
	    (rc = name_decode(metadata, "name", &ident.name, err)) ||
	    (*ident.namespace && (rc = name_decode(metadata, "namespace", &ident.namespace, err))))
		return error_prefix(err, "%s", object_kind_name(ident.kind));
	*ret_ident = ident;
	return 0;
}

static int members_decode(const cJSON *json, struct object *object, struct error *err)
{
	switch (object->kind) {
#define X(name, text, member) \
	case OBJECT_##name:   \
		return decode_##member(json, &object->member, err);
		OBJECT_KINDS(X)
#undef X
	default:
		return error_say(err, -ENOENT, "not read");
	}
}

int decode_object(const cJSON *json, struct object **ret_object, struct error *err)
{
	CLEANUP(object_free) struct object *object = NULL;
	struct object_ident ident = { .namespace = "", .name = "" };
	int rc = object_identify(json, &ident, err);

	if (rc)
		return rc;
	object = calloc(1, sizeof(*object));
	if (!object)
		return error_set(err, -ENOMEM, "decode an object");
	object->kind = ident.kind;
	object->namespace = object_text(ident.namespace);
	object->name = object_text(ident.name);
	if (!object->namespace || !object->name)
		return error_set(err, -ENOMEM, "decode an object");
	if (members_decode(json, object, err))
		return error_prefix(err, "%s %s%s%s", object_kind_name(ident.kind), ident.namespace,
				    *ident.namespace ? "/" : "", ident.name);
	*ret_object = object_take(&object);
	return 0;
}

/* "List" -> "", "ServiceList" -> "Service", anything else is no list. */
static bool list_kind(const cJSON *json, char ret_kind[64])
{
	const char *kind = cJSON_GetStringValue(json_field(json, "kind"));
	size_t len = kind ? strlen(kind) : 0;

	if (len < strlen(LIST) || len >= 64 || strcmp(kind + len - strlen(LIST), LIST))
		return false;
	memcpy(ret_kind, kind, len);
	ret_kind[len - strlen(LIST)] = '\0';
	return true;
}

static bool item_complete(cJSON *item, const char *kind, const char *api_version)
{
	if (!*kind || !cJSON_IsObject(item))
		return true;
	return (json_field(item, "kind") || cJSON_AddStringToObject(item, "kind", kind)) &&
	       (json_field(item, "apiVersion") ||
		cJSON_AddStringToObject(item, "apiVersion", api_version));
}

int decode_each(cJSON *json, decode_item_fn *fn, void *ctx, struct error *err)
{
	const char *api_version = "v1";
	const cJSON *items = NULL;
	char kind[64];
	int rc;

	if (!list_kind(json, kind))
		return fn(json, ctx);
	if ((rc = json_string(json, "", "apiVersion", &api_version, err)) ||
	    (rc = json_array(json, "", "items", &items, err)))
		return error_prefix(err, "%s" LIST, kind);
	for (cJSON *item = items ? items->child : NULL; item; item = item->next) {
		char nested[64];

		if (list_kind(item, nested))
			return error_say(err, -EINVAL, "%s" LIST ": a list in a list is not read",
					 kind);
		if (!item_complete(item, kind, api_version))
			return error_set(err, -ENOMEM, "%s" LIST, kind);
		if ((rc = fn(item, ctx)))
			return rc;
	}
	return 0;
}
