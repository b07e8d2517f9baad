/* SPDX-License-Identifier: Apache-2.0 */
/* source - what the status tells of the cluster: what is known, how it got into place. */
#include "agent/views/source.h"

#include "agent/views/tables.h"
#include "datapath/socket_attach.h"

/* A directory full of broken files must not make a document without end. */
#define ERRORS_SHOWN 100
#define PROBLEMS_SHOWN 100

static void error_add(const char *file, unsigned int line, const char *reason, void *ctx)
{
	cJSON *list = ctx, *json;

	if (cJSON_GetArraySize(list) >= ERRORS_SHOWN)
		return;
	json = cJSON_CreateObject();
	cJSON_AddItemToArray(list, json);
	cJSON_AddStringToObject(json, "file", file);
	cJSON_AddNumberToObject(json, "line", line);
	cJSON_AddStringToObject(json, "reason", reason);
}

static void directory_add(cJSON *json, const struct directory_source *source)
{
	cJSON *errors;

	if (!source)
		return;
	cJSON_AddStringToObject(json, "path", directory_source_path(source));
	cJSON_AddNumberToObject(json, "files", (double)directory_source_file_count(source));
	errors = cJSON_AddArrayToObject(json, "errors");
	cJSON_AddNumberToObject(json, "errorCount",
				(double)directory_source_errors(source, error_add, errors));
}

static void objects_add(cJSON *json, const struct cluster *cluster)
{
	cJSON *objects = cJSON_AddObjectToObject(json, "objects");

	for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
		cJSON_AddNumberToObject(objects, object_kind_name((enum object_kind)kind),
					(double)cluster_count(cluster, (enum object_kind)kind));
	cJSON_AddNumberToObject(objects, "endpoints", (double)cluster_endpoint_count(cluster));
}

static void source_add(cJSON *json, const struct node_view *view)
{
	cJSON *object = cJSON_AddObjectToObject(json, "source");

	cJSON_AddStringToObject(object, "kind", view->agent->source);
	cJSON_AddBoolToObject(object, "complete", view->services->reconcile->facts.complete);
	directory_add(object, view->services->source);
	objects_add(object, view->services->reconcile->cluster);
}

static void time_add(cJSON *json, const char *name, time_t time)
{
	char text[32] = "";
	struct tm tm;

	gmtime_r(&time, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	cJSON_AddStringToObject(json, name, time ? text : "");
}

static void problem_add(const char *service, const char *sentence, void *ctx)
{
	cJSON *list = ctx, *json;

	if (cJSON_GetArraySize(list) >= PROBLEMS_SHOWN)
		return;
	json = cJSON_CreateObject();
	cJSON_AddItemToArray(list, json);
	cJSON_AddStringToObject(json, "service", service);
	cJSON_AddStringToObject(json, "text", sentence);
}

static void sync_add(cJSON *json, const struct services_facts *services)
{
	const struct reconcile *reconcile = services->reconcile;
	const struct reconcile_facts *facts = &reconcile->facts;
	struct compiler_counts counts = compiler_count(reconcile->compiler);
	cJSON *object = cJSON_AddObjectToObject(json, "sync");
	const char *health = services->health_problem(services->health_ctx, "");

	cJSON_AddNumberToObject(object, "services", (double)counts.services);
	cJSON_AddNumberToObject(object, "frontends", (double)counts.frontends);
	cJSON_AddNumberToObject(object, "backends", (double)counts.backends);
	time_add(object, "lastAt", facts->last_pass);
	cJSON_AddNumberToObject(object, "lastMicroseconds", facts->last_us);
	cJSON_AddNumberToObject(object, "lastWrites", (double)facts->last_writes);
	cJSON_AddNumberToObject(object, "passes", (double)facts->passes);
	cJSON_AddNumberToObject(object, "writes", (double)sync_write_count(&reconcile->sync));
	cJSON_AddNumberToObject(object, "healed", (double)facts->healed);
	cJSON_AddNumberToObject(object, "errors", (double)reconcile->sync.errors);
	cJSON_AddNumberToObject(object, "waiting", (double)counts.failed);
	time_add(object, "lastErrorAt", reconcile->sync.last_error_time);
	cJSON_AddStringToObject(object, "lastError", reconcile->sync.last_error.text);
	if (health)
		cJSON_AddStringToObject(object, "healthListenProblem", health);
	compiler_problems(reconcile->compiler, problem_add,
			  cJSON_AddArrayToObject(object, "problems"));
}

static void maps_add(cJSON *json, const struct node_view *view)
{
	cJSON *list = cJSON_AddArrayToObject(json, "maps");
	struct table_fills fills;

	tables_look(view, &fills);
	for (size_t i = 0; i < fills.count; i++) {
		cJSON *map = cJSON_CreateObject();

		cJSON_AddItemToArray(list, map);
		cJSON_AddStringToObject(map, "name", fills.list[i].name);
		cJSON_AddNumberToObject(map, "entries", fills.list[i].entries);
		cJSON_AddNumberToObject(map, "capacity", fills.list[i].capacity);
	}
}

void services_status_add(cJSON *json, const struct node_view *view)
{
	cJSON *sockets = cJSON_AddObjectToObject(json, "sockets");

	cJSON_AddNumberToObject(sockets, "attached", socket_attached(view->maps->bpf_dir));
	cJSON_AddNumberToObject(sockets, "hooks", SOCKET_HOOK_COUNT);
	maps_add(json, view);
	if (!view->services)
		return;
	source_add(json, view);
	sync_add(json, view->services);
}
