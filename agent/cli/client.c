/* SPDX-License-Identifier: Apache-2.0 */
/* client - asks the agent for a document. */
#include "agent/cli/client.h"

#include <errno.h>

#include "base/json.h"
#include "datapath/agent_http.h"

#define TIMEOUT_MS 10000

int client_get(const char *run_dir, const char *path, cJSON **ret_json, struct error *err)
{
	CLEANUP(json_free) cJSON *body = NULL;
	int status = 0;
	int rc = agent_request(run_dir, "GET", path, TIMEOUT_MS, &status, &body, err);

	if (rc)
		return rc;
	if (status != 200)
		return error_say(err, -EIO, "the agent says: %s", agent_words(body));
	if (!body)
		return error_say(err, -EBADMSG, "the agent's answer is not valid JSON");
	*ret_json = json_take(&body);
	return 0;
}
