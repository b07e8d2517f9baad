/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_yaml - any bytes are YAML, JSON, or an error with its line. */
#include "fuzz_target.h"

#include <string.h>

#include "agent/source/yaml.h"
#include "base/cleanup.h"

#define NODES_MAX 1000

static unsigned int depth_of(const cJSON *json)
{
	unsigned int deepest = 0;

	for (const cJSON *item = json->child; item; item = item->next) {
		unsigned int depth = depth_of(item);

		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (cJSON_IsObject(json) || cJSON_IsArray(json));
}

static size_t nodes_of(const cJSON *json)
{
	size_t nodes = 1;

	for (const cJSON *item = json->child; item; item = item->next)
		nodes += nodes_of(item);
	return nodes;
}

static int document_check(cJSON *document, unsigned int line, void *ctx)
{
	CLEANUP(str_free) char *text = cJSON_PrintUnformatted(document);

	(void)ctx;
	fuzz_check(line > 0, "a document begins somewhere");
	fuzz_check(text != NULL, "a document can be printed");
	fuzz_check(depth_of(document) <= YAML_DEPTH_MAX, "the depth has its bound");
	/* One item and what stands around it, each within the limit. */
	fuzz_check(nodes_of(document) <= 2 * NODES_MAX, "the values have their bound");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct yaml_limits limits = { YAML_DEPTH_MAX, NODES_MAX };
	CLEANUP(str_free) char *text = malloc(size + 1);
	struct error err = {};
	unsigned int line = 0;
	int rc;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	rc = yaml_parse(text, size, &limits, document_check, NULL, &line, &err);
	fuzz_check(rc == 0 || rc == -EBADMSG || rc == -E2BIG, "there are two kinds of errors");
	fuzz_check(rc == 0 || (err.code == rc && err.text[0] && line > 0),
		   "an error has a code, says something, and has a line");
	return 0;
}
