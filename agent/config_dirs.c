/* SPDX-License-Identifier: Apache-2.0 */
/* config_dirs - are the directories and files that the configuration names there? */
#include "agent/config_dirs.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int dir_check(const char *key, const char *path, const char *advice, struct error *err)
{
	struct stat st;

	if (!*path)
		return 0;
	if (stat(path, &st) < 0)
		return error_say(err, -EINVAL, "%s: directory '%s' is missing (%s)%s", key, path,
				 strerror(errno), advice);
	if (!S_ISDIR(st.st_mode))
		return error_say(err, -EINVAL, "%s: '%s' is not a directory", key, path);
	return 0;
}

int config_dirs_check(const struct agent_config *config, struct error *err)
{
	int rc;

	if ((rc = dir_check("source.path", config->source_path.text, "", err)) ||
	    (rc = dir_check("cgroupDir", config->cgroup_dir.text, "", err)) ||
	    (rc = dir_check("cniConfDir", config->cni_conf_dir.text,
			    "; make it, or set cniConfDir to '' to write no conflist", err)))
		return rc;
	if (*config->source_kubeconfig.text && access(config->source_kubeconfig.text, R_OK) < 0)
		return error_say(err, -EINVAL, "source.kubeconfig: cannot read '%s' (%s)",
				 config->source_kubeconfig.text, strerror(errno));
	return 0;
}
