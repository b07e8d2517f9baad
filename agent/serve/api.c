/* SPDX-License-Identifier: Apache-2.0 */
/* api - what the agent answers to which request: from method and path to a status and a body. */
#include "agent/serve/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define TYPE_JSON "application/json"
#define TYPE_TEXT "text/plain; charset=utf-8"
#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"

typedef void answer_fn(const struct api *api, const struct api_request *request,
		       struct api_reply *reply);

static void reply_json(struct api_reply *reply, int status, const cJSON *json)
{
	*reply = (struct api_reply){ status, TYPE_JSON, cJSON_PrintUnformatted(json) };
}

static void reply_error(struct api_reply *reply, int status, const char *text)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "error", text);
	reply_json(reply, status, json);
}

static void reply_text(struct api_reply *reply, int status, const char *text)
{
	*reply = (struct api_reply){ status, TYPE_TEXT, strdup(text) };
}

/* What a view made; it is freed here. */
static void reply_view(struct api_reply *reply, int rc, cJSON *json, const struct error *err)
{
	if (rc)
		reply_error(reply, 500, err->text);
	else
		reply_json(reply, 200, json);
	cJSON_Delete(json);
}

static void answer_status(const struct api *api, const struct api_request *request,
			  struct api_reply *reply)
{
	struct error err;
	cJSON *json = NULL;
	int rc = view_status(api->view, &json, &err);

	(void)request;
	reply_view(reply, rc, json, &err);
}

static void answer_endpoints(const struct api *api, const struct api_request *request,
			     struct api_reply *reply)
{
	struct error err;
	cJSON *json = NULL;
	int rc = view_endpoints(api->view, &json, &err);

	(void)request;
	reply_view(reply, rc, json, &err);
}

static void answer_drops(const struct api *api, const struct api_request *request,
			 struct api_reply *reply)
{
	struct error err;
	cJSON *json = NULL;
	int rc = view_drops(api->view, request->since, &json, &err);

	reply_view(reply, rc, json, &err);
}

static void answer_services(const struct api *api, const struct api_request *request,
			    struct api_reply *reply)
{
	struct node_view view = *api->view;
	struct error err;
	cJSON *json = NULL;
	int rc;

	view.query = (struct view_query){ .name = request->name, .after = request->after };
	rc = view_services(&view, &json, &err);
	reply_view(reply, rc, json, &err);
}

static void answer_service_names(const struct api *api, const struct api_request *request,
				 struct api_reply *reply)
{
	struct error err;
	cJSON *json = NULL;
	int rc = view_service_names(api->view, &json, &err);

	(void)request;
	reply_view(reply, rc, json, &err);
}

static void answer_metrics(const struct api *api, const struct api_request *request,
			   struct api_reply *reply)
{
	struct error err;
	cJSON *json = NULL;
	int rc = view_metrics(api->view, &json, &err);

	(void)request;
	reply_view(reply, rc, json, &err);
}

static void answer_prometheus(const struct api *api, const struct api_request *request,
			      struct api_reply *reply)
{
	CLEANUP(json_free) cJSON *json = NULL;
	struct error err;

	(void)request;
	if (view_metrics(api->view, &json, &err))
		reply_error(reply, 500, err.text);
	else
		*reply = (struct api_reply){ 200, TYPE_METRICS, metrics_text(json) };
}

static void answer_healthz(const struct api *api, const struct api_request *request,
			   struct api_reply *reply)
{
	(void)api, (void)request;
	reply_text(reply, 200, "ok\n");
}

static void answer_readyz(const struct api *api, const struct api_request *request,
			  struct api_reply *reply)
{
	(void)request;
	if (*api->ready)
		reply_text(reply, 200, "ready\n");
	else
		reply_error(reply, 503, "the agent is starting");
}

/* "CONTAINERID/IFNAME" behind the route's prefix. */
static bool attachment_parse(const char *text, char ret_id[CONTAINER_ID_MAX + 1],
			     char ret_ifname[IFNAME_MAX])
{
	const char *slash = strchr(text, '/');

	if (!slash || (size_t)(slash - text) > CONTAINER_ID_MAX || strlen(slash + 1) >= IFNAME_MAX)
		return false;
	memcpy(ret_id, text, (size_t)(slash - text));
	ret_id[slash - text] = '\0';
	strcpy(ret_ifname, slash + 1);
	return container_id_is_valid(ret_id) && ifname_is_valid(ret_ifname);
}

#define ADMIT_PREFIX "/v1/endpoints/"

static void answer_admit(const struct api *api, const struct api_request *request,
			 struct api_reply *reply)
{
	char container_id[CONTAINER_ID_MAX + 1], ifname[IFNAME_MAX];
	struct error err;

	if (!attachment_parse(request->path + strlen(ADMIT_PREFIX), container_id, ifname)) {
		reply_error(reply, 400, "the path must be " ADMIT_PREFIX "CONTAINERID/IFNAME");
		return;
	}
	if (!*api->ready) {
		reply_error(reply, 503, "the agent is starting");
		return;
	}
	switch (endpoints_admit(api->endpoints, container_id, ifname, &err)) {
	case 0:
		*reply = (struct api_reply){ 200, TYPE_JSON, strdup("{}") };
		break;
	case -ENOENT:
		reply_error(reply, 404, "there is no record of this endpoint");
		break;
	case -ENODEV:
		reply_error(reply, 409, err.text);
		break;
	default:
		reply_error(reply, 500, err.text);
	}
}

enum reach { LOCAL_ONLY, ANYWHERE };

/* A path that ends in a slash is a prefix. */
static const struct route {
	const char *method, *path;
	enum reach reach;
	answer_fn *answer;
} routes[] = {
	{ "GET", "/v1/status", LOCAL_ONLY, answer_status },
	{ "GET", "/v1/endpoints", LOCAL_ONLY, answer_endpoints },
	{ "POST", ADMIT_PREFIX, LOCAL_ONLY, answer_admit },
	{ "GET", "/v1/services", LOCAL_ONLY, answer_services },
	{ "GET", "/v1/service-names", LOCAL_ONLY, answer_service_names },
	{ "GET", "/v1/drops", LOCAL_ONLY, answer_drops },
	{ "GET", "/v1/metrics", LOCAL_ONLY, answer_metrics },
	{ "GET", "/metrics", ANYWHERE, answer_prometheus },
	{ "GET", "/healthz", ANYWHERE, answer_healthz },
	{ "GET", "/readyz", ANYWHERE, answer_readyz },
};

static bool route_matches(const struct route *route, const struct api_request *request)
{
	size_t len = strlen(route->path);

	if (!request->local && route->reach == LOCAL_ONLY)
		return false;
	if (route->path[len - 1] == '/')
		return !strncmp(request->path, route->path, len);
	return !strcmp(request->path, route->path);
}

void api_answer(const struct api *api, const struct api_request *request,
		struct api_reply *ret_reply)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (!route_matches(&routes[i], request))
			continue;
		if (!strcmp(request->method, routes[i].method) ||
		    (!strcmp(request->method, "HEAD") && !strcmp(routes[i].method, "GET")))
			routes[i].answer(api, request, ret_reply);
		else
			reply_error(ret_reply, 405, "this path does not take this method");
		return;
	}
	reply_error(ret_reply, 404, "there is nothing at this path");
}
