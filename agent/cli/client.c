/* SPDX-License-Identifier: Apache-2.0 */
/* client - asks the agent over its Unix socket. */
#include "agent/cli/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/file.h"
#include "base/json.h"
#include "datapath/paths.h"

#define TIMEOUT_SECONDS 10
#define ANSWER_LIMIT (64 * 1024 * 1024) /* some thousand endpoints of a kilobyte each, and more */

static int agent_connect(const char *run_dir, int *ret_fd, struct error *err)
{
	struct byway_path path = path_below(run_dir, AGENT_SOCKET);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_set(err, -errno, "make a Unix socket");
	if (strlen(path.text) >= sizeof(address.sun_path))
		return error_say(err, -ENAMETOOLONG, "'%s' is too long for a Unix socket",
				 path.text);
	strcpy(address.sun_path, path.text);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int rc = errno == ENOENT ? -ECONNREFUSED : -errno;

		return error_set(err, rc, "ask the agent at '%s'", path.text);
	}
	*ret_fd = fd_take(&fd);
	return 0;
}

/* HTTP/1.0: one request, one answer, which ends where the connection does. */
static int request_send(int fd, const char *path, struct error *err)
{
	char request[512];
	int len = snprintf(request, sizeof(request),
			   "GET %s HTTP/1.0\r\nHost: byway\r\nConnection: close\r\n\r\n", path);
	int rc;

	if ((size_t)len >= sizeof(request))
		return error_say(err, -ENAMETOOLONG, "ask the agent: the path is too long");
	rc = fd_write_all(fd, request, (size_t)len);
	return rc ? error_set(err, rc, "ask the agent") : 0;
}

static int answer_parse(const char *text, size_t len, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	const char *body = strstr(text, "\r\n\r\n"), *why;
	const char *space = strchr(text, ' ');
	long status = space ? strtol(space, NULL, 10) : 0;
	int rc;

	if (strncmp(text, "HTTP/1.", 7) || !body || !status)
		return error_say(err, -EBADMSG, "the agent's answer is no HTTP");
	body += 4;
	if ((rc = json_parse(body, len - (size_t)(body - text), "the agent's answer", &json, err)))
		return rc;
	if (status != 200) {
		why = cJSON_GetStringValue(json_field(json, "error"));
		return error_say(err, -EIO, "the agent says: %s", why ? why : "(nothing)");
	}
	*ret_json = json_take(&json);
	return 0;
}

int client_get(const char *run_dir, const char *path, cJSON **ret_json, struct error *err)
{
	CLEANUP(fd_close) int fd = -1;
	CLEANUP(str_free) char *text = NULL;
	size_t len = 0;
	int rc;

	if ((rc = agent_connect(run_dir, &fd, err)) || (rc = request_send(fd, path, err)))
		return rc;
	rc = fd_read_all(fd, ANSWER_LIMIT, "the agent's answer", &text, &len, err);
	if (rc == -EAGAIN)
		return error_say(err, -ETIMEDOUT, "the agent did not answer within %d s",
				 TIMEOUT_SECONDS);
	return rc ? rc : answer_parse(text, len, ret_json, err);
}
