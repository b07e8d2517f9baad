/* SPDX-License-Identifier: Apache-2.0 */
/* agent_http - one request to the agent's local API: what the plugin and the command both do. */
#pragma once

#include <cjson/cJSON.h>

#include "base/error.h"

/*
 * agent_request - METHOD PATH over runDir/agent.sock (HTTP/1.0, one request a connection).
 * *ret_status is HTTP's; *ret_body the JSON document, which the caller frees, or NULL where the
 * body is none. -ECONNREFUSED when no agent listens, also when there is no socket; -ETIMEDOUT when
 * it is silent for timeout_ms.
 */
int agent_request(const char *run_dir, const char *method, const char *path,
		  unsigned int timeout_ms, int *ret_status, cJSON **ret_body, struct error *err);

/* agent_words - how the agent explains a status other than 200: {"error": "..."}. Never NULL. */
const char *agent_words(const cJSON *body);
