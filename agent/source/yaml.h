/* SPDX-License-Identifier: Apache-2.0 */
/* yaml - a text of YAML or JSON documents becomes JSON documents, within bounds. */
#pragma once

#include "base/json.h"

#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX 2000000 /* of one document: a slice of 100,000 endpoints has 1.4 million */

struct yaml_limits {
	unsigned int depth; /* objects and lists in each other */
	size_t nodes;	    /* values of one document */
};

static const struct yaml_limits yaml_limits_default = { YAML_DEPTH_MAX, YAML_NODES_MAX };

/* The document is freed afterwards. What fn returns other than 0 ends the walk. */
typedef int yaml_document_fn(cJSON *document, unsigned int line, void *ctx);

/*
 * yaml_parse - fn for each document of text (len bytes and a NUL behind them), with the line where
 * it begins; empty documents are left out. Returns what fn returned, or -EBADMSG for what is not
 * YAML and -E2BIG for what exceeds the limits; then *ret_line says where. Documents before the
 * broken one have been given to fn by then: who wants all or nothing collects first.
 *
 * A text that is one JSON document is read as such, which is quicker. A JSON document with a list
 * "items" is given to fn once an item, as if it had only that one, and once more without any
 * if there is none: its memory is then that of its largest item.
 *
 * Scalars are typed as Kubernetes' own tools do (YAML 1.1): what is quoted is a string; true, yes,
 * on, y and their opposites are booleans; null and ~ are null; 80 and 1.5 are numbers. 0x50,
 * 0644 and 1_000 are strings, so that a port written so is refused and not guessed.
 * Refused: keys given twice, anchors, aliases, merge keys (<<), tags other than !!str, keys that
 * are no scalars, NUL.
 */
int yaml_parse(const char *text, size_t len, const struct yaml_limits *limits, yaml_document_fn *fn,
	       void *ctx, unsigned int *ret_line, struct error *err);

/* yaml_line - where an object of a document that yaml_parse() made begins; 0 = not known. */
unsigned int yaml_line(const cJSON *object);
