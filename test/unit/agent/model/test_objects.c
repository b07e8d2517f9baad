/* SPDX-License-Identifier: Apache-2.0 */
/* test_objects - labels that match, names of kinds, and hashes that tell objects apart. */
#include "support/cases.h"

#include <errno.h>
#include <string.h>

#include "agent/model/object_hash.h"
#include "agent/model/objects.h"

#define LABELS(...)                                                                    \
	{                                                                              \
		(struct label[]){ __VA_ARGS__ },                                       \
			sizeof((struct label[]){ __VA_ARGS__ }) / sizeof(struct label) \
	}

static char app[] = "app", web[] = "web", tier[] = "tier", front[] = "front", none[] = "";

struct match_row {
	const char *sentence;
	struct labels selector, labels;
	bool matches;
};

static const struct match_row matches[] = {
	{ "one label", LABELS({ app, web }), LABELS({ app, web }), true },
	{ "one of several", LABELS({ tier, front }), LABELS({ app, web }, { tier, front }), true },
	{ "all of several", LABELS({ app, web }, { tier, front }),
	  LABELS({ tier, front }, { app, web }), true },
	{ "one is missing", LABELS({ app, web }, { tier, front }), LABELS({ app, web }), false },
	{ "another value", LABELS({ app, web }), LABELS({ app, front }), false },
	{ "an empty value is a value", LABELS({ app, none }), LABELS({ app, none }), true },
	{ "an empty value is not a missing label", LABELS({ tier, none }), LABELS({ app, none }),
	  false },
	{ "a selector that is empty matches nothing", { NULL, 0 }, LABELS({ app, web }), false },
	{ "not even nothing", { NULL, 0 }, { NULL, 0 }, false },
};

static void selector_matches(void **state)
{
	const struct match_row *row = *state;

	assert_int_equal(labels_match(&row->selector, &row->labels), row->matches);
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(object_kind_name(OBJECT_SERVICE), "Service");
	assert_string_equal(object_kind_name(OBJECT_SLICE), "EndpointSlice");
	assert_string_equal(object_kind_name(OBJECT_NAMESPACE), "Namespace");
}

static void freeing_nothing_is_fine(void **state)
{
	struct object *object = NULL;

	(void)state;
	object_free(&object);
	assert_null(object);
	assert_ptr_equal(object_text(""), object_text(""));
}

static uint64_t pod_hash(char *namespace, char *name, char *node)
{
	struct object object = { .kind = OBJECT_POD, .namespace = namespace, .name = name };

	object.pod.node_name = node;
	object.pod.uid = none;
	return object_hash(&object);
}

static void every_border_counts(void **state)
{
	static char ab[] = "ab", c[] = "c", a[] = "a", bc[] = "bc";

	(void)state;
	assert_true(pod_hash(ab, c, a) == pod_hash(ab, c, a));
	assert_true(pod_hash(ab, c, a) != pod_hash(a, bc, a));
	assert_true(pod_hash(ab, c, a) != pod_hash(ab, c, bc));
	assert_true(pod_hash(ab, c, none) != pod_hash(ab, none, c));
}

/* Each flag and number of a service, changed alone. */
static void every_member_counts(void **state)
{
	struct service_port port = { .name = none, .port = 80, .target_name = none };
	struct object was = { .kind = OBJECT_SERVICE, .namespace = none, .name = web };
	uint64_t before;

	(void)state;
	was.service.ports = &port;
	was.service.port_count = 1;
	before = object_hash(&was);
#define CHANGED(member, value)                            \
	do {                                              \
		struct object now = was;                  \
		now.service.member = value;               \
		assert_true(object_hash(&now) != before); \
	} while (0)
	CHANGED(ignored, true);
	CHANGED(external_local, true);
	CHANGED(internal_local, true);
	CHANGED(publish_not_ready, true);
	CHANGED(affinity_s, 1);
	CHANGED(health_check_port, 1);
	CHANGED(port_count, 0);
	port.node_port = 1;
	assert_true(object_hash(&was) != before);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, matches, selector_matches);
	case_add(&cases, "kinds have Kubernetes' names", kinds_have_names, NULL);
	case_add(&cases, "freeing nothing is fine", freeing_nothing_is_fine, NULL);
	case_add(&cases, "in a hash the border between two texts counts", every_border_counts,
		 NULL);
	case_add(&cases, "in a hash every member counts", every_member_counts, NULL);
	return cases_run("agent/model/objects", &cases, NULL, NULL);
}
