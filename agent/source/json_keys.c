/* SPDX-License-Identifier: Apache-2.0 */
/* json_keys - no object of a document may have a key twice: readers would disagree about it. */
#include "agent/source/json_keys.h"

#include <stdlib.h>
#include <string.h>

#include "agent/source/decode_fields.h"

/* Up to so many keys, each is compared with each. */
#define FEW 16

static int key_twice(const char *key, struct error *err)
{
	return error_say(err, -EBADMSG, "key %s stands there twice", quoted(key).text);
}

static int few_unique(const cJSON *object, struct error *err)
{
	for (const cJSON *item = object->child; item; item = item->next)
		for (const cJSON *other = item->next; other; other = other->next)
			if (!strcmp(item->string, other->string))
				return key_twice(item->string, err);
	return 0;
}

static int key_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int many_unique(const cJSON *object, size_t count, struct error *err)
{
	const char **keys = malloc(count * sizeof(*keys));
	size_t at = 0;
	int rc = 0;

	if (!keys)
		return error_set(err, -ENOMEM, "%zu keys", count);
	for (const cJSON *item = object->child; item; item = item->next)
		keys[at++] = item->string;
	qsort(keys, count, sizeof(*keys), key_compare);
	for (size_t i = 1; i < count && rc == 0; i++)
		if (!strcmp(keys[i - 1], keys[i]))
			rc = key_twice(keys[i], err);
	free(keys);
	return rc;
}

int json_keys_unique(const cJSON *root, struct error *err)
{
	size_t count = 0;
	int rc;

	for (const cJSON *item = root->child; item; item = item->next) {
		count++;
		if (item->child && (rc = json_keys_unique(item, err)))
			return rc;
	}
	if (!cJSON_IsObject(root))
		return 0;
	return count > FEW ? many_unique(root, count, err) : few_unique(root, err);
}
