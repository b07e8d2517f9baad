/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints - byway endpoints: the pods of this node, one a row. */
#include <stdio.h>
#include <string.h>

#include "agent/cli/ask.h"
#include "agent/cli/table.h"
#include "agent/cli/verb.h"
#include "base/json.h"

static const char *const headings[] = { "POD",	  "ADDRESSES", "STATE", "INTERFACE",
					"ATTACH", "CONTAINER", NULL };

static void pod_cell(struct table *table, const cJSON *endpoint)
{
	const cJSON *pod = child_at(endpoint, "pod");

	if (!cJSON_IsTrue(child_at(endpoint, "recorded")))
		table_cell(table, "(no record)");
	else if (*text_at(pod, "name"))
		table_cellf(table, "%s/%s", text_at(pod, "namespace"), text_at(pod, "name"));
	else
		table_cell(table, "");
}

static void addresses_cell(struct table *table, const cJSON *endpoint)
{
	char text[512] = "";
	const cJSON *address;
	size_t used = 0;

	cJSON_ArrayForEach(address, child_at(endpoint, "addresses")) {
		const char *one = cJSON_GetStringValue(address);

		if (one && used + strlen(one) + 2 < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? "," : "", one);
	}
	table_cell(table, text);
}

static void endpoint_row(struct table *table, const cJSON *endpoint)
{
	pod_cell(table, endpoint);
	addresses_cell(table, endpoint);
	table_cell(table, text_at(endpoint, "state"));
	table_cell(table, text_at(endpoint, "hostInterface"));
	table_cell(table, text_at(endpoint, "attach"));
	table_cell(table, text_at(endpoint, "containerID"));
}

static bool endpoint_is_well(const cJSON *endpoint)
{
	return !strcmp(text_at(endpoint, "state"), "ready") &&
	       strcmp(text_at(endpoint, "attach"), "missing");
}

enum exit_status verb_endpoints(const struct options *options)
{
	CLEANUP(table_free) struct table *table = table_new(headings);
	CLEANUP(json_free) cJSON *json = NULL;
	enum exit_status status = EXIT_FINE;
	const cJSON *endpoint;
	struct error err;

	if (ask(options, "/v1/endpoints", view_endpoints, &json, NULL, &err))
		return verb_fail(options, &err);
	cJSON_ArrayForEach(endpoint, child_at(json, "endpoints")) {
		endpoint_row(table, endpoint);
		if (!endpoint_is_well(endpoint))
			status = EXIT_PROBLEM;
	}
	if (options->json)
		json_print(json);
	else if (cJSON_GetArraySize(child_at(json, "endpoints")))
		table_print(table, terminal_width(), stdout);
	else
		puts("no endpoints");
	return status;
}
