/* SPDX-License-Identifier: Apache-2.0 */
/* services - byway services: frontends in brief, or one service with each of its endpoints. */
#include <stdio.h>
#include <string.h>

#include "agent/cli/ask.h"
#include "agent/cli/client.h"
#include "agent/cli/table.h"
#include "agent/cli/verb.h"
#include "base/json.h"

static const char *const brief_headings[] = { "SERVICE",  "TYPE",    "FRONTEND", "USABLE",
					      "AFFINITY", "PROBLEM", NULL };
static const char *const frontend_headings[] = { "TYPE",    "FRONTEND", "ID",	 "INSIDE",
						 "OUTSIDE", "AFFINITY", "FLAGS", NULL };
static const char *const backend_headings[] = { "BACKEND", "ID",    "SET", "SLOT",
						"STATE",   "LOCAL", NULL };
static const char *const endpoint_headings[] = { "ENDPOINT", "PORT", "NODE", "SLOT",
						 "USE",	     "WHY",  NULL };

static void service_name(const cJSON *service, char *ret, size_t size)
{
	if (*text_at(service, "name"))
		snprintf(ret, size, "%s%s%s", text_at(service, "namespace"),
			 *text_at(service, "namespace") ? "/" : "", text_at(service, "name"));
	else
		snprintf(ret, size, "#%.0f", number_at(service, "id"));
}

/* "10.96.0.1:80/TCP"; the unspecified address, which a node port has, is every one of the node's.
 */
static void frontend_cell(struct table *table, const cJSON *frontend)
{
	const char *address = text_at(frontend, "address");
	bool v6 = strchr(address, ':') != NULL;

	if (!strcmp(address, "0.0.0.0") || !strcmp(address, "::"))
		table_cellf(table, "%s:%.0f/%s", v6 ? "[*]" : "*", number_at(frontend, "port"),
			    text_at(frontend, "protocol"));
	else
		table_cellf(table, v6 ? "[%s]:%.0f/%s" : "%s:%.0f/%s", address,
			    number_at(frontend, "port"), text_at(frontend, "protocol"));
}

static void affinity_cell(struct table *table, const cJSON *frontend)
{
	if (number_at(frontend, "affinitySeconds") > 0)
		table_cellf(table, "%.0fs", number_at(frontend, "affinitySeconds"));
	else
		table_cell(table, "");
}

/* How many a client may be sent to: inside and outside, when they differ. */
static void usable_cell(struct table *table, const cJSON *frontend)
{
	double inside = number_at(child_at(frontend, "inside"), "usable");
	double outside = number_at(child_at(frontend, "outside"), "usable");

	if (inside == outside)
		table_cellf(table, "%.0f", inside);
	else
		table_cellf(table, "%.0f, outside %.0f", inside, outside);
}

static void brief_rows(struct table *table, const cJSON *service)
{
	const char *problem = text_at(service, "problem");
	const cJSON *frontend;
	char name[600];

	service_name(service, name, sizeof(name));
	if (!cJSON_GetArraySize(child_at(service, "frontends")) && *problem) {
		table_cell(table, name);
		for (int i = 0; i < 4; i++)
			table_cell(table, "");
		table_cell(table, problem);
	}
	cJSON_ArrayForEach(frontend, child_at(service, "frontends")) {
		table_cell(table, name);
		table_cell(table, text_at(frontend, "type"));
		frontend_cell(table, frontend);
		usable_cell(table, frontend);
		affinity_cell(table, frontend);
		table_cell(table, problem);
		problem = ""; /* once is enough */
	}
}

static void choice_cell(struct table *table, const cJSON *choice)
{
	if (number_at(choice, "slots") > 0)
		table_cellf(table, "%.0f of %s, %.0f slots", number_at(choice, "usable"),
			    text_at(choice, "set"), number_at(choice, "slots"));
	else
		table_cellf(table, "none: %s", text_at(choice, "otherwise"));
}

static void flags_cell(struct table *table, const cJSON *frontend)
{
	table_cellf(table, "%s%s%s", cJSON_IsTrue(child_at(frontend, "maglev")) ? "maglev " : "",
		    cJSON_IsTrue(child_at(frontend, "keepSource")) ? "keeps-source " : "",
		    cJSON_IsTrue(child_at(frontend, "sourceRanges")) ? "source-ranges" : "");
}

static void frontends_print(const cJSON *service)
{
	CLEANUP(table_free) struct table *table = table_new(frontend_headings);
	const cJSON *frontend;

	cJSON_ArrayForEach(frontend, child_at(service, "frontends")) {
		table_cell(table, text_at(frontend, "type"));
		frontend_cell(table, frontend);
		table_cellf(table, "%.0f", number_at(frontend, "id"));
		choice_cell(table, child_at(frontend, "inside"));
		choice_cell(table, child_at(frontend, "outside"));
		affinity_cell(table, frontend);
		flags_cell(table, frontend);
	}
	table_print(table, terminal_width(), stdout);
}

static void address_cell(struct table *table, const cJSON *place)
{
	const char *address = text_at(place, "address");

	table_cellf(table, strchr(address, ':') ? "[%s]:%.0f" : "%s:%.0f", address,
		    number_at(place, "port"));
}

static void backends_print(const cJSON *service)
{
	CLEANUP(table_free) struct table *table = table_new(backend_headings);
	const cJSON *backend;

	if (!cJSON_GetArraySize(child_at(service, "backends")))
		return;
	cJSON_ArrayForEach(backend, child_at(service, "backends")) {
		address_cell(table, backend);
		table_cellf(table, "%.0f", number_at(backend, "id"));
		table_cell(table, text_at(backend, "set"));
		table_cellf(table, "%.0f", number_at(backend, "slot"));
		table_cell(table, text_at(backend, "state"));
		table_cell(table, cJSON_IsTrue(child_at(backend, "local")) ? "yes" : "no");
	}
	puts("");
	table_print(table, terminal_width(), stdout);
}

static void endpoint_row(struct table *table, const cJSON *endpoint)
{
	const cJSON *inside = child_at(endpoint, "inside"),
		    *outside = child_at(endpoint, "outside");
	bool same = !strcmp(text_at(inside, "use"), text_at(outside, "use"));

	address_cell(table, endpoint);
	if (*text_at(endpoint, "portName"))
		table_cell(table, text_at(endpoint, "portName"));
	else
		table_cellf(table, "%.0f/%s", number_at(endpoint, "servicePort"),
			    text_at(endpoint, "protocol"));
	table_cell(table, text_at(endpoint, "node"));
	if (child_at(endpoint, "slot"))
		table_cellf(table, "%.0f", number_at(endpoint, "slot"));
	else
		table_cell(table, "");
	if (same)
		table_cell(table, text_at(inside, "use"));
	else
		table_cellf(table, "%s, outside %s", text_at(inside, "use"),
			    text_at(outside, "use"));
	table_cell(table, strcmp(text_at(inside, "use"), "used") ? text_at(inside, "text") :
								   text_at(outside, "text"));
}

static void endpoints_print(const cJSON *service)
{
	CLEANUP(table_free) struct table *table = table_new(endpoint_headings);
	const cJSON *endpoint;

	puts("");
	if (!cJSON_GetArraySize(child_at(service, "explained"))) {
		puts("no endpoints");
		return;
	}
	cJSON_ArrayForEach(endpoint, child_at(service, "explained"))
		endpoint_row(table, endpoint);
	table_print(table, terminal_width(), stdout);
}

static void detail_print(const cJSON *service)
{
	const cJSON *range;
	char name[600];

	service_name(service, name, sizeof(name));
	printf("%s\n", name);
	if (*text_at(service, "problem"))
		printf("problem: %s\n", text_at(service, "problem"));
	if (cJSON_IsTrue(child_at(service, "ignored")))
		puts("not served here: headless, ExternalName, or another proxy's");
	if (*text_at(service, "internalTrafficPolicy"))
		printf("traffic policy: internal %s, external %s\n",
		       text_at(service, "internalTrafficPolicy"),
		       text_at(service, "externalTrafficPolicy"));
	if (number_at(service, "healthCheckNodePort") > 0)
		printf("health-check node port: %.0f\n", number_at(service, "healthCheckNodePort"));
	cJSON_ArrayForEach(range, child_at(service, "sourceRanges"))
		printf("source range: %s\n", cJSON_GetStringValue(range));
	puts("");
	frontends_print(service);
	if (child_at(service, "explained"))
		endpoints_print(service);
	else
		backends_print(service);
}

static void brief_print(const cJSON *services)
{
	CLEANUP(table_free) struct table *table = table_new(brief_headings);
	const cJSON *service;

	if (!cJSON_GetArraySize(services)) {
		puts("no services");
		return;
	}
	cJSON_ArrayForEach(service, services)
		brief_rows(table, service);
	table_print(table, terminal_width(), stdout);
}

static void services_print(const cJSON *json, const char *name)
{
	const cJSON *service, *services = child_at(json, "services");
	bool first = true;

	if (!name) {
		brief_print(services);
		return;
	}
	cJSON_ArrayForEach(service, services) {
		if (!first)
			puts("");
		first = false;
		detail_print(service);
	}
}

/* The agent gives so many at a time; they become one document. */
static int rest_fetch(const struct options *options, cJSON *json, struct error *err)
{
	char path[ASK_PATH_SIZE];

	while (*text_at(json, "next")) {
		CLEANUP(json_free) cJSON *page = NULL;
		cJSON *service;
		int rc;

		ask_path(path, "/v1/services", "after", text_at(json, "next"));
		if ((rc = client_get(options->run_dir, path, &page, err)))
			return rc;
		while ((service = cJSON_DetachItemFromArray(
				cJSON_GetObjectItemCaseSensitive(page, "services"), 0)))
			cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(json, "services"),
					     service);
		cJSON_DeleteItemFromObjectCaseSensitive(json, "next");
		if (*text_at(page, "next"))
			cJSON_AddStringToObject(json, "next", text_at(page, "next"));
	}
	return 0;
}

static enum exit_status services_judge(const cJSON *json, const struct options *options)
{
	const cJSON *service, *services = child_at(json, "services");

	if (options->name && !cJSON_GetArraySize(services))
		return EXIT_PROBLEM;
	cJSON_ArrayForEach(service, services) {
		if (*text_at(service, "problem"))
			return EXIT_PROBLEM;
	}
	return EXIT_FINE;
}

enum exit_status verb_services(const struct options *options)
{
	char path[ASK_PATH_SIZE] = "/v1/services";
	CLEANUP(json_free) cJSON *json = NULL;
	struct error err;

	if (options->name)
		ask_path(path, "/v1/services", "name", options->name);
	if (ask(options, path, view_services, &json, NULL, &err) || rest_fetch(options, json, &err))
		return verb_fail(options, &err);
	if (options->json)
		json_print(json);
	else if (options->name && !cJSON_GetArraySize(child_at(json, "services")))
		printf("no service '%s'%s\n", options->name,
		       cJSON_IsTrue(child_at(json, "agent")) ?
			       "" :
			       " (no agent answers: only an address can be looked for)");
	else
		services_print(json, options->name);
	return services_judge(json, options);
}
