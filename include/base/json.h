/* SPDX-License-Identifier: Apache-2.0 */
/* json - getters over cJSON that name the field that is missing or of the wrong type. */
#pragma once

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

/*
 * where is the path of the object in the document, for errors ("ipam", "" for the top). Every
 * getter leaves *ret as it was when the field is absent or null and not required. Strings and
 * children belong to the document. A wrong type is -EINVAL.
 */
static inline void json_free(cJSON **json)
{
	cJSON_Delete(*json);
	*json = NULL;
}

static inline cJSON *json_take(cJSON **json)
{
	cJSON *taken = *json;

	*json = NULL;
	return taken;
}

static inline int json_wrong_type(const char *where, const char *key, const char *wanted,
				  struct error *err)
{
	return error_say(err, -EINVAL, "%s%s%s: must be %s", where, *where ? "." : "", key, wanted);
}

/* json_field - the member, or NULL when it is absent or null. Names are case-sensitive. */
static inline cJSON *json_field(const cJSON *object, const char *key)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNull(item) ? NULL : item;
}

static inline int json_string(const cJSON *object, const char *where, const char *key,
			      const char **ret, struct error *err)
{
	const cJSON *item = json_field(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsString(item))
		return json_wrong_type(where, key, "a string", err);
	*ret = item->valuestring;
	return 0;
}

static inline int json_bool(const cJSON *object, const char *where, const char *key, bool *ret,
			    struct error *err)
{
	const cJSON *item = json_field(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsBool(item))
		return json_wrong_type(where, key, "true or false", err);
	*ret = cJSON_IsTrue(item);
	return 0;
}

static inline int json_uint(const cJSON *object, const char *where, const char *key, uint32_t max,
			    uint32_t *ret, struct error *err)
{
	const cJSON *item = json_field(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > max ||
	    item->valuedouble != (double)(uint32_t)item->valuedouble)
		return error_say(err, -EINVAL, "%s%s%s: must be a whole number from 0 to %u", where,
				 *where ? "." : "", key, max);
	*ret = (uint32_t)item->valuedouble;
	return 0;
}

static inline int json_array(const cJSON *object, const char *where, const char *key,
			     const cJSON **ret, struct error *err)
{
	const cJSON *item = json_field(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsArray(item))
		return json_wrong_type(where, key, "a list", err);
	*ret = item;
	return 0;
}

static inline int json_object(const cJSON *object, const char *where, const char *key,
			      const cJSON **ret, struct error *err)
{
	const cJSON *item = json_field(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsObject(item))
		return json_wrong_type(where, key, "an object", err);
	*ret = item;
	return 0;
}

/*
 * json_parse - text of len bytes to a document that the caller frees; junk after it is an error.
 * what names the source. cJSON bounds the nesting (CJSON_NESTING_LIMIT).
 */
static inline int json_parse(const char *text, size_t len, const char *what, cJSON **ret,
			     struct error *err)
{
	const char *end = NULL;
	cJSON *json = cJSON_ParseWithLengthOpts(text, len + 1, &end, true);

	if (!json)
		return error_say(err, -EBADMSG, "%s is not valid JSON (near byte %zd)", what,
				 end ? end - text : 0);
	*ret = json;
	return 0;
}
