/* SPDX-License-Identifier: Apache-2.0 */
/* agent_client - what the plugin asks the agent: a policy in place, and whether it is ready. */
#include "agent_client.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cni_error.h"
#include "datapath/agent_http.h"
#include "datapath/record.h"

#define TRY_EVERY_MS 20
#define READY_TIMEOUT_MS 1000

static unsigned int now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static int confirm_once(const char *run_dir, const char *path, unsigned int timeout_ms,
			struct error *err)
{
	CLEANUP(json_free) cJSON *body = NULL;
	int status = 0;
	int rc = agent_request(run_dir, "POST", path, timeout_ms, &status, &body, err);

	if (rc || status == 200)
		return rc;
	return error_say(err, CNI_TRY_AGAIN, "byway-agent did not put the policy in place: %s",
			 agent_words(body));
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
	char path[CONTAINER_ID_MAX + 128], name[3 * IFNAME_MAX + 1];

	percent_encode(ifname, name, sizeof(name));
	snprintf(path, sizeof(path), "/v1/endpoints/%s/%s", container_id, name);
	while ((spent = now_ms() - began) < timeout_ms) {
		int rc = confirm_once(run_dir, path, timeout_ms - spent, err);

		if (rc == 0 || rc == CNI_TRY_AGAIN)
			return rc;
		nanosleep(&pause, NULL);
	}
	return err->code = CNI_TRY_AGAIN;
}

int agent_ready(const char *run_dir, struct error *err)
{
	CLEANUP(json_free) cJSON *body = NULL;
	int status = 0;

	if (agent_request(run_dir, "GET", "/readyz", READY_TIMEOUT_MS, &status, &body, err))
		return err->code = CNI_NOT_AVAILABLE;
	if (status == 200)
		return 0;
	return error_say(err, CNI_NOT_AVAILABLE, "byway-agent is not ready: %s", agent_words(body));
}
