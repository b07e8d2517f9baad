/* SPDX-License-Identifier: Apache-2.0 */
/* standalone - without an agent the plugin loads the programs itself, once, at the first ADD. */
#include "standalone.h"

#include <errno.h>
#include <fcntl.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "byway/config.h"
#include "cni_error.h"
#include "datapath/load.h"
#include "datapath/lock.h"
#include "datapath/maps.h"

#define LOAD_TIMEOUT_MS 10000
#define LOOK_EVERY_MS 50

static bool is_loaded(const struct netconf *conf, struct error *err)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;

	return datapath_maps_open(conf->bpf_dir, &maps, err) == 0;
}

/* Of a foreign IPAM plugin's addresses nothing is known yet: then both families. */
static bool family_is_served(const struct netconf *conf, bool v4)
{
	for (size_t i = 0; i < conf->range_count; i++)
		if (ip_addr_is_v4(&conf->ranges[i].addr) == v4)
			return true;
	return conf->delegate;
}

/*
 * As every CNI plugin that routes does; where /proc/sys is read-only the node's owner has done it.
 */
static void forwarding_enable(const struct netconf *conf)
{
	static const char *const switches[] = { "/proc/sys/net/ipv6/conf/all/forwarding",
						"/proc/sys/net/ipv4/ip_forward" };

	for (size_t v4 = 0; v4 < 2; v4++) {
		if (!family_is_served(conf, v4))
			continue;

		CLEANUP(fd_close) int fd = open(switches[v4], O_WRONLY | O_CLOEXEC);

		if (fd >= 0)
			fd_write_all(fd, "1", 1);
	}
}

/*
 * The lock, unless somebody else has loaded meanwhile (*ret_fd stays -1): then pods are being added
 * under the shared lock, and whoever insisted on the exclusive one could wait for long.
 */
static int load_lock(const struct netconf *conf, int *ret_fd, struct error *err)
{
	struct error ignored;

	for (unsigned int waited = 0;; waited += LOOK_EVERY_MS) {
		int rc = lock_take(conf->run_dir, LOCK_EXCLUSIVE, LOOK_EVERY_MS, ret_fd, err);

		if (is_loaded(conf, &ignored)) {
			fd_close(ret_fd);
			return 0;
		}
		if (rc != -ETIMEDOUT)
			return rc;
		if (waited >= LOAD_TIMEOUT_MS)
			return err->code = CNI_TRY_AGAIN;
	}
}

int standalone_ensure(const struct netconf *conf, struct error *err)
{
	const struct load_settings settings = {
		.bpf_dir = conf->bpf_dir,
		.drop_events = DROP_EVENTS_DEFAULT,
	};
	CLEANUP(fd_close) int lock = -1;
	int rc;

	if (is_loaded(conf, err))
		return 0;
	if ((rc = dir_make(conf->run_dir, 0700, err)) || (rc = load_lock(conf, &lock, err)))
		return rc;
	if (lock < 0)
		return 0; /* somebody else was first */
	forwarding_enable(conf);
	return datapath_load(&settings, NULL, err);
}
