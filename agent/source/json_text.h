/* SPDX-License-Identifier: Apache-2.0 */
/* json_text - JSON as text: is it that, within bounds, and where the items of a list stand. */
#pragma once

#include "agent/source/yaml.h"

/* A place in a text that json_text_check() is walking, or has found to be good. */
struct json_text {
	const char *at, *end;
	const struct yaml_limits *limits;
	size_t nodes; /* values so far; those of items do not count together */
	unsigned int depth;
	/* Behind the '[' of the document's first member "items", and its ']'; or NULL. */
	const char *items, *items_end;
};

/*
 * json_text_check - from at to end there is exactly one document, an object of RFC 8259 without
 * NULs. -EBADMSG: there is not; -E2BIG: it exceeds the limits. Either way at is where that shows.
 */
int json_text_check(struct json_text *json, struct error *err);

/*
 * json_text_item - of a text that was checked, with at in its items: the text of the next item, and
 * at behind it; false behind the last, and at is at the ']'.
 */
bool json_text_item(struct json_text *json, const char **ret_item, size_t *ret_len);
