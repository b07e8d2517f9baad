/* SPDX-License-Identifier: Apache-2.0 */
/* service_maps - the pinned maps of services and connections, for the agent and the command. */
#include "service_maps.h"

#include <bpf/bpf.h>
#include <errno.h>

#include "base/cleanup.h"
#include "paths.h"

static int map_open(const char *bpf_dir, const char *name, int *ret_fd, struct error *err)
{
	struct byway_path path = map_path(bpf_dir, name);

	*ret_fd = bpf_obj_get(path.text);
	if (*ret_fd >= 0)
		return 0;
	if (errno == ENOENT)
		return error_say(err, -ENOENT, "the datapath is not loaded ('%s' is missing)",
				 path.text);
	return error_set(err, -errno, "open '%s'", path.text);
}

int service_maps_open(const char *bpf_dir, struct service_maps *ret_maps, struct error *err)
{
	struct service_maps maps = SERVICE_MAPS_CLOSED;
	int rc = 0;

#define X(name) rc = rc ? rc : map_open(bpf_dir, #name, &maps.name, err);
	SERVICE_MAPS(X)
#undef X
	if (rc) {
		service_maps_close(&maps);
		return rc;
	}
	*ret_maps = maps;
	return 0;
}

void service_maps_close(struct service_maps *maps)
{
#define X(name) fd_close(&maps->name);
	SERVICE_MAPS(X)
#undef X
}
