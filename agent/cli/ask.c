/* SPDX-License-Identifier: Apache-2.0 */
/* ask - a view of the node: from the agent, or where none answers from the pinned maps. */
#include "agent/cli/ask.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/cli/client.h"
#include "base/cleanup.h"

void ask_path(char ret_path[ASK_PATH_SIZE], const char *path, const char *key, const char *value)
{
	size_t used = (size_t)snprintf(ret_path, ASK_PATH_SIZE, "%s?%s=", path, key);

	for (; *value && used + 4 <= ASK_PATH_SIZE; value++) {
		if (isalnum((unsigned char)*value) || strchr("-._~/", *value))
			ret_path[used++] = *value;
		else
			used += (size_t)snprintf(ret_path + used, ASK_PATH_SIZE - used, "%%%02X",
						 (unsigned char)*value);
	}
	ret_path[used] = '\0';
}

int ask(const struct options *options, const char *path, view_fn *fn, cJSON **ret_json,
	bool *ret_agent, struct error *err)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	CLEANUP(service_maps_close) struct service_maps service_maps = SERVICE_MAPS_CLOSED;
	struct node_view view = { .maps = &maps,
				  .run_dir = options->run_dir,
				  .query = { .name = options->name } };
	struct error ignored;
	int rc = client_get(options->run_dir, path, ret_json, err);

	if (ret_agent)
		*ret_agent = rc == 0;
	if (rc != -ECONNREFUSED)
		return rc;
	rc = datapath_maps_open(options->bpf_dir, &maps, err);
	if (rc)
		return rc;
	if (service_maps_open(options->bpf_dir, &service_maps, &ignored) == 0)
		view.service_maps = &service_maps;
	return fn(&view, ret_json, err);
}
