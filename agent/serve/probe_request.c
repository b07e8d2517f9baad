/* SPDX-License-Identifier: Apache-2.0 */
/* probe_request - which path a probe asks for, out of the first line of its request. Pure. */
#include "agent/serve/probe_request.h"

#include <stddef.h>
#include <string.h>

bool probe_request_parse(const char *text, struct probe_request *ret_request)
{
	size_t line_len = strcspn(text, "\r\n"), method_len = strcspn(text, " \r\n");
	const char *path = text + method_len + 1;
	struct probe_request request = {};
	size_t path_len;

	if (!method_len || method_len >= line_len || method_len >= sizeof(request.method))
		return false;
	path_len = strcspn(path, " ?#\r\n");
	if (path[0] != '/' || path_len >= sizeof(request.path))
		return false;
	memcpy(request.method, text, method_len);
	memcpy(request.path, path, path_len);
	*ret_request = request;
	return true;
}
