/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_probe_request - whatever anybody sends to a port for health checks. */
#include "fuzz_target.h"

#include <string.h>

#include "agent/serve/probe_request.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(str_free) char *text = strndup((const char *)data, size);
	struct probe_request request;

	if (!text)
		abort();
	if (!probe_request_parse(text, &request))
		return 0;
	fuzz_check(request.path[0] == '/', "a path begins with a slash");
	fuzz_check(!strpbrk(request.path, " \r\n"), "a path is in one piece");
	fuzz_check(request.method[0] != '\0', "a method is there");
	return 0;
}
