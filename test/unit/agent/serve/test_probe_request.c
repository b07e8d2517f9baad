/* SPDX-License-Identifier: Apache-2.0 */
/* test_probe_request - what anybody may send to a port for health checks. */
#include "support/cases.h"

#include <string.h>

#include "agent/serve/probe_request.h"

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct row {
	const char *sentence, *text, *method, *path; /* method NULL = refused */
} rows[] = {
	{ "a probe", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/healthz" },
	{ "the root", "GET / HTTP/1.0\r\n\r\n", "GET", "/" },
	{ "a query is not the path's", "GET /livez?verbose HTTP/1.1\r\n\r\n", "GET", "/livez" },
	{ "another method", "DELETE /x HTTP/1.1\r\n\r\n", "DELETE", "/x" },
	{ "without a version", "GET /x\r\n\r\n", "GET", "/x" },
	{ "nothing", "", NULL, NULL },
	{ "an empty line", "\r\n\r\n", NULL, NULL },
	{ "a method alone", "GET\r\n\r\n", NULL, NULL },
	{ "a method and a space", "GET \r\n\r\n", NULL, NULL },
	{ "the path on the next line", "GET\r\n/healthz\r\n\r\n", NULL, NULL },
	{ "no method", " /healthz\r\n\r\n", NULL, NULL },
	{ "a method longer than any", "GETGETGET / HTTP/1.1\r\n\r\n", NULL, NULL },
	{ "another host's path", "GET http://x/healthz HTTP/1.1\r\n\r\n", NULL, NULL },
	{ "a path longer than any", "GET /" HUNDRED HUNDRED HUNDRED " HTTP/1.1\r\n\r\n", NULL,
	  NULL },
	{ "TLS", "\x16\x03\x01\x02", NULL, NULL },
};

static void request_is_parsed(void **state)
{
	const struct row *row = *state;
	struct probe_request request;

	assert_int_equal(probe_request_parse(row->text, &request), row->method != NULL);
	if (!row->method)
		return;
	assert_string_equal(request.method, row->method);
	assert_string_equal(request.path, row->path);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, request_is_parsed);
	return cases_run("agent/serve/probe_request", &cases, NULL, NULL);
}
