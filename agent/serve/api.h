/* SPDX-License-Identifier: Apache-2.0 */
/* api - what the agent answers to which request: from method and path to a status and a body. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/endpoints.h"
#include "agent/views/view.h"

struct api {
	const struct node_view *view;
	struct endpoints *endpoints;
	const bool *ready;
};

struct api_request {
	const char *method; /* "GET" */
	const char *path;   /* decoded, without the query */
	uint64_t since;	    /* the query's since=N, of GET /v1/drops */
	const char *name;   /* name=TEXT and after=TEXT, of GET /v1/services; or NULL */
	const char *after;
	bool local; /* came over the Unix socket; else only metrics and health are told */
};

struct api_reply {
	int status;
	const char *type;
	char *body; /* the caller frees it */
};

/* api_answer - always gives an answer; body is NULL only when there is no memory. */
void api_answer(const struct api *api, const struct api_request *request,
		struct api_reply *ret_reply);
