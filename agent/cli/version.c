/* SPDX-License-Identifier: Apache-2.0 */
/* version - byway version: of this command, and of the agent where one answers. */
#include <stdio.h>

#include "agent/cli/client.h"
#include "agent/cli/verb.h"
#include "base/json.h"

enum exit_status verb_version(const struct options *options)
{
	CLEANUP(json_free) cJSON *status = NULL, *json = cJSON_CreateObject();
	struct error ignored;
	const char *agent;

	client_get(options->run_dir, "/v1/status", &status, &ignored);
	agent = text_at(child_at(status, "agent"), "version");
	if (options->json) {
		cJSON_AddStringToObject(json, "version", BYWAY_VERSION);
		if (*agent)
			cJSON_AddStringToObject(json, "agentVersion", agent);
		json_print(json);
		return EXIT_FINE;
	}
	puts("byway " BYWAY_VERSION);
	if (*agent)
		printf("byway-agent %s\n", agent);
	return EXIT_FINE;
}
