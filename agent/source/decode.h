/* SPDX-License-Identifier: Apache-2.0 */
/* decode - an object as the API server serves it, in JSON, becomes a struct object. */
#pragma once

#include "agent/model/objects.h"
#include "base/json.h"

/* Which object a document is. The strings belong to the document, or are constants. */
struct object_ident {
	enum object_kind kind;
	const char *namespace; /* "" for nodes and namespaces; "default" where it says none */
	const char *name;
};

/*
 * object_identify - kind, namespace and name, of which nothing but RFC 1123's characters gets
 * through. -ENOENT: a kind that Byway does not read; that is no mistake of anybody's. -EINVAL: the
 * document says no kind or name, or none that could be an object's.
 */
int object_identify(const cJSON *json, struct object_ident *ret_ident, struct error *err);

/*
 * decode_object - the whole object, which the caller frees. Errors are those of object_identify(),
 * and -EINVAL for a field that cannot be right, as "Service default/web: spec.ports[2].port: …".
 * Unknown fields are ignored; null is the same as absent.
 */
int decode_object(const cJSON *json, struct object **ret_object, struct error *err);

/* item may be changed, and taken for decode_object(); what fn returns other than 0 ends the walk.
 */
typedef int decode_item_fn(cJSON *item, void *ctx);

/*
 * decode_each - fn for the document itself, or for each item of a List, ServiceList, PodList, …;
 * the items of typed lists get the kind and apiVersion that their list stands for. Returns what fn
 * returned, or -EINVAL (err) for a list that is none.
 */
int decode_each(cJSON *json, decode_item_fn *fn, void *ctx, struct error *err);
