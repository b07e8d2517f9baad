/* SPDX-License-Identifier: Apache-2.0 */
/* sockets - the hooks on sockets as the configuration wants them, and sockets that need freeing. */
#include "agent/sockets.h"

#include <errno.h>

#include "agent/sock_destroy.h"
#include "base/log.h"
#include "datapath/cgroup.h"
#include "datapath/socket_attach.h"

static int per_packet(const struct error *why)
{
	log_warning("%s: services are translated per packet", why->text);
	return 0;
}

static int found_cgroup_attach(const char *bpf_dir)
{
	struct byway_path path;
	struct error why;
	bool whole;

	if (cgroup_find(&path, &whole, &why))
		return per_packet(&why);
	if (!whole)
		log_warning(
			"'%s' holds only the processes of a cgroup namespace: services that others "
			"use are translated per packet; mount the machine's cgroup2 and name it as "
			"cgroupDir",
			path.text);
	return socket_attach(bpf_dir, path.text, &why) ? per_packet(&why) : 0;
}

int sockets_take_over(const struct agent_config *config, struct error *err)
{
	const char *bpf_dir = config->bpf_dir.text;
	struct error why;
	int rc;

	if (config->socket_services == SOCKET_SERVICES_OFF) {
		socket_detach(bpf_dir);
		return 0;
	}
	if (!*config->cgroup_dir.text)
		return found_cgroup_attach(bpf_dir);
	rc = socket_attach(bpf_dir, config->cgroup_dir.text, &why);
	if (rc != -EINVAL)
		return rc ? per_packet(&why) : 0;
	*err = why;
	return error_prefix(err, "cgroupDir");
}

void sockets_free_stale(const struct agent_config *config)
{
	struct error err;
	size_t count;

	if (config->socket_services == SOCKET_SERVICES_OFF)
		return;
	if (sock_destroy_stale(config->bpf_dir.text, config->run_dir.text, &count, &err))
		log_error("%s", err.text);
	if (count)
		log_info("%zu connected UDP sockets freed: their backends are gone", count);
}
