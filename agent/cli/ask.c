/* SPDX-License-Identifier: Apache-2.0 */
/* ask - a view of the node: from the agent, or where none answers from the pinned maps. */
#include "agent/cli/ask.h"

#include <errno.h>

#include "agent/cli/client.h"
#include "base/cleanup.h"

int ask(const struct options *options, const char *path, view_fn *fn, cJSON **ret_json,
	bool *ret_agent, struct error *err)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	struct node_view view = { .maps = &maps, .run_dir = options->run_dir };
	int rc = client_get(options->run_dir, path, ret_json, err);

	if (ret_agent)
		*ret_agent = rc == 0;
	if (rc != -ECONNREFUSED)
		return rc;
	rc = datapath_maps_open(options->bpf_dir, &maps, err);
	return rc ? rc : fn(&view, ret_json, err);
}
