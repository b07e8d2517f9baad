/* SPDX-License-Identifier: Apache-2.0 */
/* status - STATUS: could an ADD succeed now, and do running pods suffer. */
#include "agent_client.h"
#include "base/cleanup.h"
#include "cni_error.h"
#include "datapath/load.h"
#include "datapath/maps.h"
#include "datapath/record.h"
#include "delegate.h"
#include "verbs.h"

static int record_counted(const struct record *record, void *ctx)
{
	(void)record;
	++*(unsigned int *)ctx;
	return 0;
}

/* Pods without their maps and programs are cut off: that is more than "no new pods". */
static int not_loaded(const struct netconf *conf, struct error *err)
{
	unsigned int pods = 0;
	struct error ignored;

	record_for_each(conf->run_dir, record_counted, NULL, &pods, &ignored);
	/* Standalone, the first ADD loads it: it is enough that it could. */
	if (!pods && conf->standalone && !bpf_dir_ensure(conf->bpf_dir, err))
		return 0;
	if (!pods)
		return err->code = CNI_NOT_AVAILABLE;
	error_prefix(err, "%u pods have lost their datapath", pods);
	return err->code = CNI_IMPAIRED;
}

static int own_status(const struct netconf *conf, struct error *err)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	struct node_settings node;

	if (datapath_maps_open(conf->bpf_dir, &maps, err))
		return not_loaded(conf, err);
	if (conf->standalone)
		return 0;
	if (node_settings_read(conf->run_dir, &node, err))
		return err->code = CNI_NOT_AVAILABLE;
	if (!conf->delegate && !conf->range_count && !node.range_count)
		return error_say(err, CNI_NOT_AVAILABLE, "this node has no pod ranges yet");
	return agent_ready(conf->run_dir, err);
}

int verb_status(const struct environment *env, const struct netconf *conf, struct error *err)
{
	int rc = own_status(conf, err);

	return rc || !conf->delegate ? rc : delegate_run(env, conf, "STATUS", NULL, err);
}
