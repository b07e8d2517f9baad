/* SPDX-License-Identifier: Apache-2.0 */
/* decoded - rows for decoders: a document in YAML, and what it means or what is wrong with it. */
#pragma once

#include <errno.h>

#include "agent/source/decode.h"
#include "agent/source/yaml.h"
#include "support/cases.h"
#include "support/described.h"

struct decode_row {
	const char *sentence, *yaml;
	const char *expected; /* object_describe() without its first line */
};

struct mistake_row {
	const char *sentence, *yaml;
	const char *text; /* must be in the error */
};

struct decoded {
	struct object *object;
	struct error err;
	int rc;
};

static inline int decoded_take(cJSON *document, unsigned int line, void *ctx)
{
	struct decoded *decoded = ctx;

	(void)line;
	decoded->rc = decode_object(document, &decoded->object, &decoded->err);
	return 0;
}

static inline void decoded_from(const char *yaml, struct decoded *decoded)
{
	struct error err = {};
	unsigned int line;

	*decoded = (struct decoded){ .rc = 1 };
	if (yaml_parse(yaml, strlen(yaml), &yaml_limits_default, decoded_take, decoded, &line,
		       &err))
		fail_msg("the row is no YAML: line %u: %s", line, err.text);
}

static inline void decode_is_as_said(void **state)
{
	const struct decode_row *row = *state;
	char text[DESCRIBED_SIZE];
	struct decoded decoded;

	decoded_from(row->yaml, &decoded);
	if (decoded.rc)
		fail_msg("%s", decoded.err.text);
	object_describe(decoded.object, text);
	assert_string_equal(strchr(text, '\n') + 1, row->expected);
	object_free(&decoded.object);
}

static inline void mistake_is_named(void **state)
{
	const struct mistake_row *row = *state;
	struct decoded decoded;

	decoded_from(row->yaml, &decoded);
	assert_null(decoded.object);
	assert_true(decoded.rc == -EINVAL || decoded.rc == -E2BIG);
	assert_int_equal(decoded.rc, decoded.err.code);
	if (!strstr(decoded.err.text, row->text))
		fail_msg("the error is \"%s\"", decoded.err.text);
}
