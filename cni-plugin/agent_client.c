/* SPDX-License-Identifier: Apache-2.0 */
/* agent_client - what the plugin asks the agent: to put a policy in place, and whether it is ready.
 */
#include "agent_client.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "cni_error.h"
#include "datapath/paths.h"
#include "datapath/record.h"

#define ANSWER_LIMIT 65536
#define TRY_EVERY_MS 20
#define READY_TIMEOUT_MS 1000

static unsigned int now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static int agent_connect(const char *run_dir, unsigned int timeout_ms, int *ret_fd,
			 struct error *err)
{
	struct timeval limit = { timeout_ms / 1000, (timeout_ms % 1000) * 1000 + 1 };
	struct byway_path path = path_below(run_dir, AGENT_SOCKET);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_set(err, -errno, "open a socket");
	if (strlen(path.text) >= sizeof(address.sun_path))
		return error_set(err, -ENAMETOOLONG, "runDir: '%s'", path.text);
	strcpy(address.sun_path, path.text);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_set(err, -errno, "byway-agent does not answer at '%s'", path.text);
	*ret_fd = fd_take(&fd);
	return 0;
}

/* HTTP/1.0: one request, an answer that ends with the connection. */
static int agent_ask(const char *run_dir, const char *request, unsigned int timeout_ms,
		     int *ret_status, char **ret_answer, struct error *err)
{
	CLEANUP(str_free) char *answer = NULL;
	CLEANUP(fd_close) int fd = -1;
	size_t len;
	int rc;

	if ((rc = agent_connect(run_dir, timeout_ms, &fd, err)))
		return rc;
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		return error_set(err, -errno, "ask byway-agent");
	if ((rc = fd_read_all(fd, ANSWER_LIMIT, "byway-agent's answer", &answer, &len, err)))
		return rc;
	if (sscanf(answer, "HTTP/1.%*1[01] %3d", ret_status) != 1)
		return error_say(err, -EBADMSG, "byway-agent's answer is no HTTP");
	*ret_answer = str_take(&answer);
	return 0;
}

/* The agent explains itself in {"error": "..."}. */
static void reason_copy(const char *answer, char *ret, size_t size)
{
	const char *body = strstr(answer, "\r\n\r\n");
	CLEANUP(json_free) cJSON *json = body ? cJSON_Parse(body + 4) : NULL;
	const cJSON *reason = json_field(json, "error");

	snprintf(ret, size, "%s", cJSON_IsString(reason) ? reason->valuestring : "no reason given");
}

static int confirm_once(const char *run_dir, const char *request, unsigned int timeout_ms,
			struct error *err)
{
	CLEANUP(str_free) char *answer = NULL;
	char reason[256];
	int status = 0;
	int rc = agent_ask(run_dir, request, timeout_ms, &status, &answer, err);

	if (rc || status == 200)
		return rc;
	reason_copy(answer, reason, sizeof(reason));
	return error_say(err, CNI_TRY_AGAIN, "byway-agent did not put the policy in place: %s",
			 reason);
}

/* An interface's name may hold what ends or splits a path in HTTP (RFC 3986 2.1). */
static void percent_encode(const char *text, char *ret, size_t size)
{
	size_t used = 0;

	for (; *text && used + 4 <= size; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			ret[used++] = *text;
		else
			used += (size_t)snprintf(ret + used, size - used, "%%%02X",
						 (unsigned char)*text);
	}
	ret[used] = '\0';
}

int agent_confirm(const char *run_dir, const char *container_id, const char *ifname,
		  unsigned int timeout_ms, struct error *err)
{
	struct timespec pause = { .tv_nsec = TRY_EVERY_MS * 1000000L };
	unsigned int began = now_ms(), spent;
	char request[512], name[3 * IFNAME_MAX + 1];

	percent_encode(ifname, name, sizeof(name));
	snprintf(request, sizeof(request),
		 "POST /v1/endpoints/%s/%s HTTP/1.0\r\nHost: byway\r\nContent-Length: 0\r\n\r\n",
		 container_id, name);
	while ((spent = now_ms() - began) < timeout_ms) {
		int rc = confirm_once(run_dir, request, timeout_ms - spent, err);

		if (rc == 0 || rc == CNI_TRY_AGAIN)
			return rc;
		nanosleep(&pause, NULL);
	}
	return err->code = CNI_TRY_AGAIN;
}

int agent_ready(const char *run_dir, struct error *err)
{
	CLEANUP(str_free) char *answer = NULL;
	char reason[256];
	int status = 0;

	if (agent_ask(run_dir, "GET /readyz HTTP/1.0\r\nHost: byway\r\n\r\n", READY_TIMEOUT_MS,
		      &status, &answer, err))
		return err->code = CNI_NOT_AVAILABLE;
	if (status == 200)
		return 0;
	reason_copy(answer, reason, sizeof(reason));
	return error_say(err, CNI_NOT_AVAILABLE, "byway-agent is not ready: %s", reason);
}
