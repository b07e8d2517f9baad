/* SPDX-License-Identifier: Apache-2.0 */
/* attachment - what every verb needs of one (container, interface), and how it is taken away. */
#include "attachment.h"

#include <errno.h>
#include <net/if.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cni_error.h"
#include "datapath/attach.h"
#include "datapath/lock.h"
#include "interface.h"
#include "lease.h"

/*
 * Long enough for an agent that replaces its programs, short enough for a DEL that must not hang.
 */
#define LOCK_TIMEOUT_MS 5000

int attachment_open(struct attachment *ret_at, const struct environment *env,
		    const struct netconf *conf, struct error *maps_err, struct error *err)
{
	struct error ignored;
	int rc;

	*ret_at = (struct attachment){
		.env = env, .conf = conf, .lock = -1, .maps = DATAPATH_MAPS_CLOSED
	};
	ret_at->owner = endpoint_owner(env->container_id, env->ifname);
	host_ifname_of(ret_at->owner, ret_at->host_ifname);
	if ((rc = dir_make(conf->run_dir, 0700, err)))
		return rc;
	rc = lock_take(conf->run_dir, env->verb == VERB_GC ? LOCK_EXCLUSIVE : LOCK_SHARED,
		       LOCK_TIMEOUT_MS, &ret_at->lock, err);
	if (rc)
		return rc == -ETIMEDOUT ? err->code = CNI_TRY_AGAIN : rc;
	datapath_maps_open(conf->bpf_dir, &ret_at->maps, maps_err ? maps_err : &ignored);
	return netlink_open(&ret_at->host, err);
}

void attachment_close(struct attachment *at)
{
	netlink_close(&at->host);
	datapath_maps_close(&at->maps);
	fd_close(&at->lock);
}

bool attachment_has_maps(const struct attachment *at)
{
	return at->maps.endpoints >= 0;
}

int attachment_clear(struct attachment *at, uint64_t owner, const struct record *record,
		     struct error *err)
{
	char host_ifname[IFNAME_MAX];
	uint32_t ifindex, leased;
	int rc;

	host_ifname_of(owner, host_ifname);
	ifindex = if_nametoindex(host_ifname);
	/*
	 * By name and through our socket: a failed ADD may have been left in the pod's namespace.
	 */
	rc = interface_delete(&at->host, host_ifname, err);
	/*
	 * The address is free only now: no other pod can have it while its route still points here.
	 */
	if (attachment_has_maps(at)) {
		leased = lease_release(&at->maps, owner, record);
		endpoint_policy_delete(&at->maps, ifindex ? ifindex :
						  record  ? record->ifindex :
							    leased);
	}
	attach_forget(at->conf->bpf_dir, host_ifname);
	return rc;
}
