/* SPDX-License-Identifier: Apache-2.0 */
/* test_lists - the lists that feed enums, metrics and texts are sound. */
#include <ctype.h>
#include <string.h>

#include "byway/metric.h"
#include "support/cases.h"

struct item {
	const char *label, *text;
};

#define X(name, label, text) { label, text },
static const struct item reasons[] = { DROP_REASONS(X) };
static const struct item counters[] = { COUNTERS(X) };
static const struct item hooks[] = { HOOKS(X) };
#undef X

/* Metric labels: what Prometheus takes without quoting. */
static void check_list(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (const char *c = items[i].label; *c; c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) ||
				    *c == '_');
		assert_true(strlen(items[i].label) <= 24);
		assert_true(strlen(items[i].text) > 10);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(items[i].label, items[j].label);
	}
}

static void labels_are_names(void **state)
{
	(void)state;
	check_list(reasons, sizeof(reasons) / sizeof(*reasons));
	check_list(counters, sizeof(counters) / sizeof(*counters));
	check_list(hooks, sizeof(hooks) / sizeof(*hooks));
}

static void reasons_and_counters_have_slots_of_their_own(void **state)
{
	(void)state;
	assert_int_equal(sizeof(reasons) / sizeof(*reasons), DROP_REASON_COUNT - 1);
	assert_true(DROP_REASON_COUNT <= METRIC_COUNTERS_BEGIN);
	assert_true(COUNTER_END <= METRIC_SLOTS);
	assert_int_equal(COUNTER_END - METRIC_COUNTERS_BEGIN, sizeof(counters) / sizeof(*counters));
}

static void hooks_have_slots_of_their_own(void **state)
{
	(void)state;
	assert_int_equal(metric_index(HOOK_FROM_POD, METRIC_EVENTS_LOST), 0);
	assert_int_equal(metric_index(HOOK_TO_POD, 0), METRIC_SLOTS);
	assert_int_equal(metric_index(HOOK_COUNT - 1, METRIC_SLOTS - 1), METRIC_ENTRIES - 1);
}

/* The numbers stand in pinned maps: a release must find those of the one before. */
static void numbers_stay(void **state)
{
	(void)state;
	assert_int_equal(DROP_MALFORMED, 1);
	assert_int_equal(DROP_SOURCE_ADDRESS, 5);
	assert_int_equal(DROP_REWRITE, 13);
	assert_int_equal(COUNTER_DIRECT, 32);
	assert_int_equal(COUNTER_ABSORBED, 36);
}

int main(void)
{
	static struct cases cases;

	case_add(&cases, "labels are unique names, and each has a sentence", labels_are_names,
		 NULL);
	case_add(&cases, "reasons and counters share no slot",
		 reasons_and_counters_have_slots_of_their_own, NULL);
	case_add(&cases, "hooks share no slot", hooks_have_slots_of_their_own, NULL);
	case_add(&cases, "numbers stay what they were", numbers_stay, NULL);
	return cases_run("lists", &cases, NULL, NULL);
}
