/* SPDX-License-Identifier: Apache-2.0 */
/* services - the view of services: their frontends, their backends, and why one is not used. */
#include "agent/views/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/views/problem_table.h"
#include "agent/views/service_rows.h"
#include "base/cleanup.h"
#include "base/json.h"

/* In brief, so many at a time: the document is in memory until it is sent. */
#define PAGE_SERVICES 500

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* --- which ------------------------------------------------------------------------------------ */

static bool name_fits(const struct cluster_service *service, const char *name)
{
	const char *slash = strchr(service->key, '/');

	return !strcmp(service->key, name) || (slash && !strcmp(slash + 1, name));
}

static bool address_fits(const struct service_rows *rows, const struct service_key *wanted)
{
	for (size_t i = 0; rows && i < rows->frontend_count; i++) {
		const struct service_key *key = &rows->frontends[i].key;

		if (ip_addr_equal(&key->addr, &wanted->addr) &&
		    (!wanted->port || wanted->port == key->port))
			return true;
	}
	return false;
}

static int key_compare(const void *a, const void *b)
{
	const struct cluster_service *const *left = a, *const *right = b;

	return strcmp((*left)->key, (*right)->key);
}

struct selection {
	const struct cluster_service **list;
	size_t count;
};

static bool is_selected(const struct node_view *view, const struct cluster_service *service)
{
	const char *name = or_empty(view->query.name), *after = or_empty(view->query.after);
	struct service_key address;

	if (!service->object)
		return false;
	if (!*name)
		return strcmp(service->key, after) > 0;
	if (frontend_parse(name, &address))
		return address_fits(
			compiler_rows(view->services->reconcile->compiler, service->key), &address);
	return name_fits(service, name);
}

/* By key; the caller frees the list. */
static int services_select(const struct node_view *view, struct selection *ret_selection,
			   struct error *err)
{
	const struct cluster *cluster = view->services->reconcile->cluster;
	struct selection selection = {};
	size_t room = 0;

	for (const struct cluster_service *service = cluster_services(cluster); service;
	     service = service->hh.next) {
		if (!is_selected(view, service))
			continue;
		if (selection.count == room) {
			size_t more = room ? room * 2 : 64;
			void *larger = realloc(selection.list, more * sizeof(*selection.list));

			if (!larger) {
				free(selection.list);
				return error_set(err, -ENOMEM, "look at the services");
			}
			selection.list = larger;
			room = more;
		}
		selection.list[selection.count++] = service;
	}
	if (selection.count)
		qsort(selection.list, selection.count, sizeof(*selection.list), key_compare);
	*ret_selection = selection;
	return 0;
}

/* --- one service ------------------------------------------------------------------------------ */

/* What one document is made of. */
struct making {
	const struct node_view *view;
	struct problem_table problems;
	bool brief;
};

static void problem_add(cJSON *json, const struct making *making, const char *key)
{
	const struct services_facts *facts = making->view->services;
	const char *problem = problem_table_find(&making->problems, key);

	if (!problem)
		problem = facts->health_problem(facts->health_ctx, key);
	if (problem)
		cJSON_AddStringToObject(json, "problem", problem);
}

static void name_add(cJSON *json, const struct cluster_service *service)
{
	const struct object *object = service->object;

	cJSON_AddStringToObject(json, "namespace", object->namespace);
	cJSON_AddStringToObject(json, "name", object->name);
	if (service->host_port)
		cJSON_AddBoolToObject(json, "hostPort", true);
	if (object->service.ignored)
		cJSON_AddBoolToObject(json, "ignored", true);
}

static size_t endpoints_of(const struct cluster_service *service)
{
	size_t count = 0;

	for (const struct cluster_slice *slice = service->slices; slice; slice = slice->next)
		count += slice->endpoint_count;
	return count;
}

static void policy_add(cJSON *json, const struct service_object *service)
{
	cJSON_AddNumberToObject(json, "affinitySeconds", service->affinity_s);
	cJSON_AddStringToObject(json, "internalTrafficPolicy",
				service->internal_local ? "Local" : "Cluster");
	cJSON_AddStringToObject(json, "externalTrafficPolicy",
				service->external_local ? "Local" : "Cluster");
	if (service->health_check_port)
		cJSON_AddNumberToObject(json, "healthCheckNodePort", service->health_check_port);
}

static void details_add(cJSON *json, const struct node_view *view,
			const struct cluster_service *service, const struct service_rows *rows)
{
	const struct cluster *cluster = view->services->reconcile->cluster;

	policy_add(json, &service->object->service);
	backends_add(json, rows);
	ranges_add(json, rows);
	explained_add(json, cluster, service, rows);
}

static cJSON *service_json(const struct making *making, const struct cluster_service *service)
{
	const struct compiler *compiler = making->view->services->reconcile->compiler;
	const struct service_rows *rows = compiler_rows(compiler, service->key);
	cJSON *json = cJSON_CreateObject();

	name_add(json, service);
	frontends_add(json, rows, service);
	cJSON_AddNumberToObject(json, "endpoints", (double)endpoints_of(service));
	problem_add(json, making, service->key);
	if (!making->brief)
		details_add(json, making->view, service, rows);
	return json;
}

/* --- the document ----------------------------------------------------------------------------- */

static void making_done(struct making *making)
{
	problem_table_done(&making->problems);
}

static int services_of_agent(const struct node_view *view, cJSON *json, struct error *err)
{
	CLEANUP(making_done)
	struct making making = { .view = view, .brief = !*or_empty(view->query.name) };
	cJSON *list = cJSON_AddArrayToObject(json, "services");
	struct selection selection = {};
	int rc = services_select(view, &selection, err);

	if (rc)
		return rc;
	problem_table_fill(&making.problems, view->services->reconcile->compiler);
	for (size_t i = 0; i < selection.count; i++) {
		if (making.brief && i == PAGE_SERVICES) {
			cJSON_AddStringToObject(json, "next", selection.list[i - 1]->key);
			break;
		}
		cJSON_AddItemToArray(list, service_json(&making, selection.list[i]));
	}
	free(selection.list);
	return 0;
}

int view_services(const struct node_view *view, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	int rc;

	cJSON_AddBoolToObject(json, "agent", view->services != NULL);
	rc = view->services ? services_of_agent(view, json, err) :
			      services_of_maps(view, json, err);
	if (rc)
		return rc;
	*ret_json = json_take(&json);
	return 0;
}

int view_service_names(const struct node_view *view, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *names = cJSON_AddObjectToObject(json, "services");
	const struct cluster_service *service;

	if (!names)
		return error_set(err, -ENOMEM, "name the services");
	service = view->services ? cluster_services(view->services->reconcile->cluster) : NULL;
	for (; service; service = service->hh.next) {
		const struct service_rows *rows =
			compiler_rows(view->services->reconcile->compiler, service->key);

		service_ids_add(names, rows, service);
	}
	*ret_json = json_take(&json);
	return 0;
}
