/* SPDX-License-Identifier: Apache-2.0 */
/* check - CHECK: is what ADD promised still so. */
#include <errno.h>
#include <net/if.h>

#include "attachment.h"
#include "base/cleanup.h"
#include "cni_error.h"
#include "datapath/attach.h"
#include "delegate.h"
#include "interface.h"
#include "netns.h"
#include "result.h"
#include "verbs.h"

/* prevResult is what the whole chain made of ADD's result: our addresses must be in it. */
static int promise_check(const struct netconf *conf, const struct record *record, struct error *err)
{
	struct ip_addr promised[ADDRESSES_MAX];
	size_t count = 0;
	int rc;

	if (!conf->prev_result)
		return error_say(err, CNI_CONFIG, "prevResult: CHECK needs it");
	if ((rc = result_addresses(conf->prev_result, "prevResult", promised, &count, err)))
		return rc;
	for (size_t i = 0; i < record->address_count; i++) {
		size_t j = 0;

		while (j < count && !ip_addr_equal(&promised[j], &record->addresses[i]))
			j++;
		if (j == count)
			return error_say(err, CNI_MISMATCH,
					 "prevResult does not have %s, the pod does",
					 ip_addr_text(&record->addresses[i]).text);
	}
	return 0;
}

static int maps_check(const struct attachment *at, const struct record *record, struct error *err)
{
	struct endpoint_policy policy;
	struct endpoint ep;

	for (size_t i = 0; i < record->address_count; i++) {
		const struct ip_addr *addr = &record->addresses[i];

		if (endpoint_find(&at->maps, addr, &ep) || ep.owner != at->owner ||
		    ep.ifindex != record->ifindex)
			return error_say(err, CNI_MISMATCH,
					 "the endpoints map does not lead %s to %s",
					 ip_addr_text(addr).text, record->host_ifname);
	}
	if (!endpoint_policy_get(&at->maps, record->ifindex, &policy) ||
	    !(policy.flags & ENDPOINT_READY))
		return error_say(err, CNI_MISMATCH,
				 "the endpoint is pending: its policy is not in place");
	return 0;
}

static int host_check(const struct attachment *at, const struct record *record, struct error *err)
{
	enum attach_kind kind;

	if (if_nametoindex(record->host_ifname) != record->ifindex)
		return error_say(err, CNI_MISMATCH, "interface %s is gone from the node",
				 record->host_ifname);
	if (!attach_query(at->maps.bpf_dir, record->ifindex, record->host_ifname, &kind))
		return error_say(err, CNI_MISMATCH, "Byway's programs are not attached to %s",
				 record->host_ifname);
	return 0;
}

int verb_check(const struct environment *env, const struct netconf *conf, struct error *err)
{
	CLEANUP(attachment_close)
	struct attachment at = { .lock = -1, .maps = DATAPATH_MAPS_CLOSED };
	CLEANUP(fd_close) int netns = -1;
	struct record record;
	int rc;

	if ((rc = attachment_open(&at, env, conf, err, err)))
		return rc;
	if (!attachment_has_maps(&at))
		return err->code = CNI_NOT_AVAILABLE;
	rc = record_read(conf->run_dir, env->container_id, env->ifname, &record, err);
	if (rc)
		return rc == -ENOENT ?
			       error_say(err, CNI_UNKNOWN, "no attachment %s of container %s",
					 env->ifname, env->container_id) :
			       rc;
	if ((rc = promise_check(conf, &record, err)) || (rc = host_check(&at, &record, err)) ||
	    (rc = maps_check(&at, &record, err)))
		return rc;
	if ((rc = netns_open(env->netns, &netns, err)))
		return rc == -ENOENT ? err->code = CNI_UNKNOWN : rc;
	if ((rc = interface_check(netns, env->ifname, record.addresses, record.address_count, err)))
		return rc;
	return conf->delegate ? delegate_run(env, conf, "CHECK", NULL, err) : 0;
}
