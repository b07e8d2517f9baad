/* SPDX-License-Identifier: Apache-2.0 */
/* agent_http - one request to the agent's local API: what the plugin and the command both do. */
#include "agent_http.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/file.h"
#include "base/json.h"
#include "paths.h"

#define REQUEST_SIZE 512
#define ANSWER_LIMIT (64 * 1024 * 1024) /* some thousand endpoints of a kilobyte each, and more */

static int agent_connect(const char *run_dir, unsigned int timeout_ms, int *ret_fd,
			 struct error *err)
{
	/* A limit of zero would mean none. */
	struct timeval limit = { timeout_ms / 1000, (timeout_ms % 1000) * 1000 + 1 };
	struct byway_path path = path_below(run_dir, AGENT_SOCKET);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_set(err, -errno, "make a Unix socket");
	if (strlen(path.text) >= sizeof(address.sun_path))
		return error_say(err, -ENAMETOOLONG, "runDir: '%s' is too long for a Unix socket",
				 path.text);
	strcpy(address.sun_path, path.text);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_set(err, errno == ENOENT ? -ECONNREFUSED : -errno,
				 "byway-agent does not answer at '%s'", path.text);
	*ret_fd = fd_take(&fd);
	return 0;
}

static int request_send(int fd, const char *method, const char *path, struct error *err)
{
	char request[REQUEST_SIZE];
	int len = snprintf(request, sizeof(request),
			   "%s %s HTTP/1.0\r\nHost: byway\r\nContent-Length: 0\r\n\r\n", method,
			   path);

	if ((size_t)len >= sizeof(request))
		return error_say(err, -ENAMETOOLONG, "ask byway-agent: the path is too long");
	/* So few bytes fit the empty buffer of a new socket whole. */
	if (send(fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		return error_set(err, -errno, "ask byway-agent");
	return 0;
}

static int answer_parse(const char *text, int *ret_status, cJSON **ret_body, struct error *err)
{
	const char *body = strstr(text, "\r\n\r\n");
	int status;

	if (!body || sscanf(text, "HTTP/1.%*1[01] %3d", &status) != 1)
		return error_say(err, -EBADMSG, "byway-agent's answer is no HTTP");
	*ret_status = status;
	*ret_body = cJSON_Parse(body + strlen("\r\n\r\n"));
	return 0;
}

int agent_request(const char *run_dir, const char *method, const char *path,
		  unsigned int timeout_ms, int *ret_status, cJSON **ret_body, struct error *err)
{
	CLEANUP(str_free) char *text = NULL;
	CLEANUP(fd_close) int fd = -1;
	int rc;

	if ((rc = agent_connect(run_dir, timeout_ms, &fd, err)) ||
	    (rc = request_send(fd, method, path, err)))
		return rc;
	rc = fd_read_all(fd, ANSWER_LIMIT, "byway-agent's answer", &text, NULL, err);
	if (rc == -EAGAIN)
		return error_say(err, -ETIMEDOUT, "byway-agent did not answer within %u ms",
				 timeout_ms);
	return rc ? rc : answer_parse(text, ret_status, ret_body, err);
}

const char *agent_words(const cJSON *body)
{
	const char *words = cJSON_GetStringValue(json_field(body, "error"));

	return words ? words : "no reason given";
}
