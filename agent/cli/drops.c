/* SPDX-License-Identifier: Apache-2.0 */
/* drops - byway drops: how many packets were lost and why, and which ones lately. */
#include <stdio.h>
#include <string.h>

#include "agent/cli/drop_source.h"
#include "agent/cli/table.h"
#include "agent/cli/verb.h"
#include "base/json.h"

#define RECENT_SHOWN 20

static const char *const count_headings[] = {
	"HOOK", "REASON", "PACKETS", "BYTES", "MEANING", NULL
};
static const char *const recent_headings[] = { "TIME", "POD", "HOOK",  "REASON", "PROTO",
					       "FROM", "TO",  "BYTES", NULL };

static void counts_print(const cJSON *json)
{
	CLEANUP(table_free) struct table *table = table_new(count_headings);
	const cJSON *row;

	if (!cJSON_GetArraySize(child_at(json, "counts"))) {
		puts("no packet was dropped");
		return;
	}
	cJSON_ArrayForEach(row, child_at(json, "counts")) {
		table_cell(table, text_at(row, "hook"));
		table_cell(table, text_at(row, "reason"));
		table_cellf(table, "%.0f", number_at(row, "packets"));
		table_cellf(table, "%.0f", number_at(row, "bytes"));
		table_cell(table, text_at(row, "text"));
	}
	table_print(table, terminal_width(), stdout);
	if (number_at(json, "eventsLost") > 0)
		printf("(%.0f of them are not among the recent: over the budget of a second, or the "
		       "ring was full)\n",
		       number_at(json, "eventsLost"));
}

/* "10.0.0.1:80", "[fd00::1]:80", "fd00::1" */
static void address_cell(struct table *table, const cJSON *drop, const char *key, const char *port)
{
	const char *address = text_at(drop, key);

	if (number_at(drop, port) == 0)
		table_cell(table, address);
	else if (strchr(address, ':'))
		table_cellf(table, "[%s]:%.0f", address, number_at(drop, port));
	else
		table_cellf(table, "%s:%.0f", address, number_at(drop, port));
}

static void drop_row(struct table *table, const cJSON *drop)
{
	const char *time = text_at(drop, "time"), *clock = strchr(time, 'T');
	const char *pod = text_at(drop, "pod"), *protocol = text_at(drop, "protocol");

	table_cellf(table, "%.12s", clock ? clock + 1 : time);
	table_cell(table, *pod ? pod : text_at(drop, "interface"));
	table_cell(table, text_at(drop, "hook"));
	table_cell(table, text_at(drop, "reason"));
	table_cell(table, *protocol ? protocol : text_at(drop, "ethertype"));
	address_cell(table, drop, "source", "sourcePort");
	address_cell(table, drop, "target", "targetPort");
	table_cellf(table, "%.0f", number_at(drop, "length"));
}

static void recent_print(const cJSON *json)
{
	CLEANUP(table_free) struct table *table = table_new(recent_headings);
	const cJSON *recent = child_at(json, "recent"), *drop;
	int skip = cJSON_GetArraySize(recent) - RECENT_SHOWN;

	if (!cJSON_GetArraySize(recent))
		return;
	cJSON_ArrayForEach(drop, recent)
		if (skip-- <= 0)
			drop_row(table, drop);
	puts("");
	table_print(table, terminal_width(), stdout);
}

/* A line is printed as it comes: its columns cannot know those of the next one. */
static void drop_line(const cJSON *drop, const struct options *options)
{
	CLEANUP(str_free) char *text = cJSON_PrintUnformatted(drop);
	static const char *const bare[] = { "", "", "", "", "", "", "", "", NULL };
	CLEANUP(table_free) struct table *table = table_new(bare);

	if (options->json) {
		puts(text ? text : "{}");
		return;
	}
	drop_row(table, drop);
	table_print_bare(table, stdout);
}

static int drops_follow(struct drop_source *source, const struct options *options,
			struct error *err)
{
	uint64_t since = 0;
	bool first = true;

	for (;;) {
		CLEANUP(json_free) cJSON *json = NULL;
		const cJSON *drop;
		int rc = drop_source_take(source, since, &json, err);

		if (rc)
			return rc;
		/* An agent that was started anew counts from the beginning again. */
		since = (uint64_t)number_at(json, "last");
		if (!first)
			cJSON_ArrayForEach(drop, child_at(json, "recent"))
				drop_line(drop, options);
		fflush(stdout);
		first = false;
		drop_source_wait(source);
	}
}

enum exit_status verb_drops(const struct options *options)
{
	CLEANUP(drop_source_free) struct drop_source *source = NULL;
	CLEANUP(json_free) cJSON *json = NULL;
	struct error err;

	if (drop_source_new(options, &source, &err))
		return verb_fail(options, &err);
	if (options->follow) {
		drops_follow(source, options, &err);
		return verb_fail(options, &err);
	}
	if (drop_source_take(source, 0, &json, &err))
		return verb_fail(options, &err);
	if (options->json) {
		json_print(json);
		return EXIT_FINE;
	}
	counts_print(json);
	recent_print(json);
	return EXIT_FINE;
}
