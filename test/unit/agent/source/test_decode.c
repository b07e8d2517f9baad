/* SPDX-License-Identifier: Apache-2.0 */
/* test_decode - which object a document is, and the items of lists. */
#include "support/decoded.h"

#define LONG_61 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxy"
#define LONG_63 LONG_61 "z0"
#define LONG_191 LONG_63 "." LONG_63 "." LONG_63

struct name_row {
	const char *sentence, *name;
	bool good;
};

static const struct name_row names[] = {
	{ "letters and digits", "web-1.example", true },
	{ "one character", "a", true },
	{ "253 characters", LONG_191 "." LONG_61, true },
	{ "254 characters", LONG_191 "." LONG_61 "x", false },
	{ "capitals", "Web", false },
	{ "a way up", "..", false },
	{ "a way up in between", "a/../b", false },
	{ "two dots", "a..b", false },
	{ "a dot at the end", "a.", false },
	{ "a dot at the beginning", ".a", false },
	{ "a hyphen at the end", "a-", false },
	{ "a hyphen before a dot", "a-.b", false },
	{ "a hyphen after a dot", "a.-b", false },
	{ "a space", "a b", false },
	{ "a new line", "a\\nb", false },
	{ "a colon", "a:b", false },
	{ "a percent sign", "%s", false },
	{ "no character", "", false },
};

static void name_is_judged(void **state)
{
	const struct name_row *row = *state;
	struct decoded decoded;
	char yaml[512];

	snprintf(yaml, sizeof(yaml), "{apiVersion: v1, kind: Namespace, metadata: {name: \"%s\"}}",
		 row->name);
	decoded_from(yaml, &decoded);
	assert_int_equal(decoded.rc, row->good ? 0 : -EINVAL);
	if (!row->good)
		assert_non_null(strstr(decoded.err.text, "Namespace: metadata.name: "));
	object_free(&decoded.object);
	snprintf(yaml, sizeof(yaml),
		 "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: \"%s\"}}", row->name);
	decoded_from(yaml, &decoded);
	assert_int_equal(decoded.rc, row->good ? 0 : -EINVAL);
	object_free(&decoded.object);
}

struct ident_row {
	const char *sentence, *yaml;
	int rc;
	const char *text; /* first line of the description, or in the error */
};

/* clang-format off */
static const struct ident_row idents[] = {
	{ "namespace and name", "{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: a}}", 0, "Pod shop/a\n" },
	{ "no namespace is default", "{apiVersion: v1, kind: Pod, metadata: {name: a}}", 0, "Pod default/a\n" },
	{ "nodes have none, whatever they say", "{apiVersion: v1, kind: Node, metadata: {namespace: shop, name: a}}", 0, "Node /a\n" },
	{ "a kind that is not read is no mistake", "{apiVersion: apps/v1, kind: Deployment}", -ENOENT, "'Deployment' of 'apps/v1' is not read" },
	{ "another group's kind of the same name is not read", "{apiVersion: serving.knative.dev/v1, kind: Service}", -ENOENT, "is not read" },
	{ "another version is a mistake", "{apiVersion: v2, kind: Service}", -EINVAL, "Service: apiVersion: 'v2' is not v1" },
	{ "no kind", "{apiVersion: v1, metadata: {name: a}}", -EINVAL, "kind: is missing" },
	{ "no version", "{kind: Pod, metadata: {name: a}}", -EINVAL, "'Pod': apiVersion: is missing" },
	{ "a kind that is a number", "{apiVersion: v1, kind: 7}", -EINVAL, "kind: must be a string" },
	{ "no metadata", "{apiVersion: v1, kind: Pod}", -EINVAL, "Pod: metadata.name: is missing" },
	{ "metadata that is a list", "{apiVersion: v1, kind: Pod, metadata: []}", -EINVAL, "Pod: metadata: must be an object" },
	{ "a name that is a number", "{apiVersion: v1, kind: Pod, metadata: {name: 7}}", -EINVAL, "Pod: metadata.name: must be a string" },
	{ "a list is no object", "[1, 2]", -EINVAL, "must be a mapping with apiVersion and kind" },
	{ "a word is no object", "hello", -EINVAL, "must be a mapping" },
};
/* clang-format on */

static void ident_is_as_said(void **state)
{
	const struct ident_row *row = *state;
	char text[DESCRIBED_SIZE] = "";
	struct decoded decoded;

	decoded_from(row->yaml, &decoded);
	assert_int_equal(decoded.rc, row->rc);
	if (decoded.object)
		object_describe(decoded.object, text);
	if (!strstr(row->rc ? decoded.err.text : text, row->text))
		fail_msg("it is \"%s\"", row->rc ? decoded.err.text : text);
	object_free(&decoded.object);
}

struct list_row {
	const char *sentence, *yaml;
	const char *items; /* "Kind namespace/name " each; or in the error */
	int rc;
};

/* clang-format off */
static const struct list_row lists[] = {
	{ "a document that is no list", "{apiVersion: v1, kind: Pod, metadata: {name: a}}", "Pod default/a " },
	{ "a List of several kinds", "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {apiVersion: v1, kind: Node, metadata: {name: b}}]}", "Pod default/a Node /b " },
	{ "a typed list", "{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}}, {metadata: {name: b, namespace: c}}]}", "Pod default/a Pod c/b " },
	{ "a typed list of another group", "{apiVersion: discovery.k8s.io/v1, kind: EndpointSliceList, items: [{metadata: {name: a}, addressType: IPv4}]}", "EndpointSlice default/a " },
	{ "a list that is not read", "{apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: a}}]}", "? " },
	{ "items of a List need their kind", "{apiVersion: v1, kind: List, items: [{metadata: {name: a}}]}", "! " },
	{ "an item that is no object is one bad item", "{apiVersion: v1, kind: PodList, items: [7, {metadata: {name: a}}]}", "! Pod default/a " },
	{ "null is no item", "{apiVersion: v1, kind: PodList, items: null}", "" },
	{ "items that are no list", "{apiVersion: v1, kind: PodList, items: {}}", "PodList: items: must be a list", -EINVAL },
	{ "a list in a list", "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: PodList, items: []}]}", "List: a list in a list is not read", -EINVAL },
};
/* clang-format on */

static int item_describe(cJSON *item, void *ctx)
{
	char *out = (char *)ctx + strlen(ctx), text[DESCRIBED_SIZE];
	struct object *object = NULL;
	struct error err;
	int rc = decode_object(item, &object, &err);

	if (rc) {
		strcpy(out, rc == -ENOENT ? "? " : "! ");
		return 0;
	}
	object_describe(object, text);
	*strchr(text, '\n') = '\0';
	sprintf(out, "%s ", text);
	object_free(&object);
	return 0;
}

struct walk {
	char items[1024];
	struct error err;
	int rc;
};

static int document_walk(cJSON *document, unsigned int line, void *ctx)
{
	struct walk *walk = ctx;

	(void)line;
	walk->rc = decode_each(document, item_describe, walk->items, &walk->err);
	return 0;
}

static void list_is_walked(void **state)
{
	const struct list_row *row = *state;
	struct walk walk = {};
	unsigned int line;
	struct error err;

	assert_int_equal(yaml_parse(row->yaml, strlen(row->yaml), &yaml_limits_default,
				    document_walk, &walk, &line, &err),
			 0);
	assert_int_equal(walk.rc, row->rc);
	assert_string_equal(row->rc ? walk.err.text : walk.items, row->items);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, names, name_is_judged);
	ROWS_ADD(&cases, idents, ident_is_as_said);
	ROWS_ADD(&cases, lists, list_is_walked);
	return cases_run("agent/source/decode", &cases, NULL, NULL);
}
