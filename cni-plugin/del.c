/* SPDX-License-Identifier: Apache-2.0 */
/* del - DEL: everything of this attachment goes, whatever of it is still there. */
#include <errno.h>

#include "attachment.h"
#include "base/cleanup.h"
#include "delegate.h"
#include "verbs.h"

int verb_del(const struct environment *env, const struct netconf *conf, struct error *err)
{
	CLEANUP(attachment_close)
	struct attachment at = { .lock = -1, .maps = DATAPATH_MAPS_CLOSED };
	struct record record;
	struct error ignored;
	bool known;
	int rc;

	if ((rc = attachment_open(&at, env, conf, NULL, err)))
		return rc;
	/*
	 * Without a record, or with one that cannot be read, the owner's hash finds the same
	 * things.
	 */
	known = record_read(conf->run_dir, env->container_id, env->ifname, &record, &ignored) == 0;
	if ((rc = attachment_clear(&at, at.owner, known ? &record : NULL, err)))
		return rc;
	if (conf->delegate && (rc = delegate_run(env, conf, "DEL", NULL, err)))
		return rc;
	return record_remove(conf->run_dir, env->container_id, env->ifname, err);
}
