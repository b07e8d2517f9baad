/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_node_settings - node.json as the plugin finds it. */
#include "fuzz_target.h"

#include <string.h>

#include "base/cleanup.h"
#include "datapath/node_settings.h"

static void check_ranges(const struct node_settings *settings)
{
	fuzz_check(settings->range_count <= RANGES_MAX, "the ranges fit");
	for (size_t i = 0; i < settings->range_count; i++) {
		fuzz_check(ip_prefix_is_canonical(&settings->ranges[i]), "a range is canonical");
		for (size_t j = 0; j < i; j++)
			fuzz_check(!ip_prefix_overlaps(&settings->ranges[i], &settings->ranges[j]),
				   "no range overlaps another");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(str_free) char *text = malloc(size + 1);
	CLEANUP(str_free) char *once = NULL;
	CLEANUP(str_free) char *twice = NULL;
	struct node_settings settings, again;
	struct error err;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (node_settings_parse(text, size, "input", &settings, &err)) {
		fuzz_check(err.code < 0 && err.text[0], "an error has a code and says something");
		return 0;
	}
	check_ranges(&settings);
	fuzz_check(settings.attach != ATTACH_AUTO, "the plugin is told what to do");
	once = node_settings_format(&settings);
	fuzz_check(once && !node_settings_parse(once, strlen(once), "again", &again, &err),
		   "what was written can be read");
	twice = node_settings_format(&again);
	fuzz_check(twice && !strcmp(once, twice), "what was read is what was written");
	return 0;
}
