/* SPDX-License-Identifier: Apache-2.0 */
/* probe_request - which path a probe asks for, out of the first line of its request. Pure. */
#pragma once

#include <stdbool.h>

#define PROBE_METHOD_SIZE 8
#define PROBE_PATH_SIZE 256

struct probe_request {
	char method[PROBE_METHOD_SIZE];
	char path[PROBE_PATH_SIZE]; /* without the query */
};

/* probe_request_parse - text as it came, terminated; false for what is no request for a path. */
bool probe_request_parse(const char *text, struct probe_request *ret_request);
