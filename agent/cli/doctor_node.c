/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_node - mounts, settings, the agent and the conflist: is the node as Byway needs it? */
#include "agent/cli/doctor.h"

#include <dirent.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <sys/vfs.h>

#include "agent/cli/client.h"
#include "agent/conflist.h"
#include "agent/sysctl.h"
#include "base/file.h"
#include "base/json.h"
#include "datapath/maps.h"
#include "datapath/node_settings.h"

#define CONFLIST_LIMIT (1024 * 1024)

/* The file system that dir is on, or will be when it is made. */
static bool on_bpffs(const char *dir)
{
	CLEANUP(str_free) char *path = strdup(dir);
	struct statfs fs;

	while (path && *path) {
		if (statfs(path, &fs) == 0)
			return fs.f_type == BPF_FS_MAGIC;
		*(strrchr(path, '/') ? strrchr(path, '/') : path) = '\0';
	}
	return false;
}

static void cgroup_check(struct doctor *doctor)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *mount = NULL;

	while (mounts && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			break;
	if (mount)
		finding_add(doctor, FINDING_OK, "cgroup2", NULL, "mounted at %s", mount->mnt_dir);
	else
		finding_add(doctor, FINDING_WARN, "cgroup2",
			    "mount -t cgroup2 none /sys/fs/cgroup (services will need it)",
			    "not mounted");
	if (mounts)
		endmntent(mounts);
}

void check_mounts(struct doctor *doctor)
{
	if (on_bpffs(doctor->options->bpf_dir))
		finding_add(doctor, FINDING_OK, "bpffs", NULL, "%s is on one",
			    doctor->options->bpf_dir);
	else
		finding_add(doctor, FINDING_FAIL, "bpffs",
			    "mount -t bpf bpf /sys/fs/bpf, and again at boot (systemd does)",
			    "%s is not on a bpffs", doctor->options->bpf_dir);
	cgroup_check(doctor);
}

static bool settings_look(struct doctor *doctor)
{
	struct node_settings settings;
	struct error ignored;

	if (node_settings_read(doctor->options->run_dir, &settings, &ignored))
		return false;
	doctor->managed = true;
	doctor->wants_v4 = !settings.range_count;
	for (size_t i = 0; i < settings.range_count; i++) {
		doctor->wants_v4 |= ip_addr_is_v4(&settings.ranges[i].addr);
		doctor->wants_v6 |= !ip_addr_is_v4(&settings.ranges[i].addr);
	}
	return true;
}

void check_agent(struct doctor *doctor)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	CLEANUP(json_free) cJSON *status = NULL;
	struct error err, why;
	bool published = settings_look(doctor);
	bool loaded = datapath_maps_open(doctor->options->bpf_dir, &maps, &why) == 0;
	const cJSON *agent;

	if (client_get(doctor->options->run_dir, "/v1/status", &status, &err) == 0) {
		agent = child_at(status, "agent");
		finding_add(doctor, FINDING_OK, "agent", NULL, "answers (version %s, pid %.0f)",
			    text_at(agent, "version"), number_at(agent, "pid"));
	} else if (published) {
		finding_add(doctor, FINDING_FAIL, "agent",
			    "start byway-agent; pods go on meanwhile, new ones wait", "%s",
			    err.text);
	} else if (loaded) {
		finding_add(doctor, FINDING_OK, "agent", NULL,
			    "none, and none has been here: standalone");
	} else {
		finding_add(doctor, FINDING_WARN, "agent",
			    "start byway-agent, or use a conflist with \"standalone\": true",
			    "none answers, and none has been here");
	}
	if (loaded)
		finding_add(doctor, FINDING_OK, "datapath", NULL, "loaded");
	else
		finding_add(doctor, published ? FINDING_FAIL : FINDING_WARN, "datapath",
			    "the agent loads it; standalone, the first ADD does", "%s", why.text);
}

/* Runtimes take the first by name of what ends so (libcni's list). */
static bool is_configuration(const char *name)
{
	const char *ending = strrchr(name, '.');

	return ending && (!strcmp(ending, ".conflist") || !strcmp(ending, ".conf") ||
			  !strcmp(ending, ".json"));
}

static bool file_is_ours(const struct options *options, const char *name)
{
	struct byway_path path = path_below(options->cni_conf_dir, name);
	CLEANUP(str_free) char *text = NULL;
	struct error ignored;

	return file_read(path.text, CONFLIST_LIMIT, &text, NULL, &ignored) == 0 &&
	       conflist_is_ours(text, options->run_dir);
}

void check_conflist(struct doctor *doctor)
{
	const struct options *options = doctor->options;
	struct dirent **items;
	const char *first = NULL, *ours = NULL;
	int count = scandir(options->cni_conf_dir, &items, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (items[i]->d_name[0] == '.' || !is_configuration(items[i]->d_name))
			continue;
		first = first ? first : items[i]->d_name;
		if (!ours && file_is_ours(options, items[i]->d_name))
			ours = items[i]->d_name;
	}
	if (ours && first == ours)
		finding_add(doctor, FINDING_OK, "conflist", NULL, "%s/%s", options->cni_conf_dir,
			    ours);
	else if (ours)
		finding_add(doctor, FINDING_WARN, "conflist",
			    "remove the other one, or give ours an earlier name (cniConfName)",
			    "'%s' comes before '%s': the runtime uses that", first, ours);
	else
		finding_add(doctor, FINDING_WARN, "conflist",
			    "none is needed where the configuration comes from elsewhere; else see "
			    "byway-agent's cniConfDir, and --cni-conf-dir of this command",
			    "no conflist of this agent's in %s", options->cni_conf_dir);
	for (int i = 0; i < count; i++)
		free(items[i]);
	if (count >= 0)
		free(items);
}

static void forwarding_check(struct doctor *doctor, const char *name, const char *advice)
{
	struct error err;
	long value;

	if (sysctl_get(name, &value, &err))
		finding_add(doctor, FINDING_WARN, "sysctl", "mount /proc", "%s", err.text);
	else if (value)
		finding_add(doctor, FINDING_OK, "sysctl", NULL, "net/%s = %ld", name, value);
	else
		finding_add(doctor, FINDING_FAIL, "sysctl", advice,
			    "net/%s = 0: pods reach only pods of this node", name);
}

/*
 * For what the node's own stack takes in: what goes to pods does not pass there. A new interface
 * begins with the default, and the stricter of its own value and that of all counts.
 */
static void strict_check(struct doctor *doctor)
{
	struct error ignored;
	long value, first;

	if (sysctl_get("ipv4/conf/all/rp_filter", &value, &ignored))
		return;
	if (value != 2 && sysctl_get("ipv4/conf/default/rp_filter", &first, &ignored) == 0 &&
	    (value == 1 || first == 1))
		finding_add(
			doctor, FINDING_WARN, "sysctl", "sysctl -w net.ipv4.conf.all.rp_filter=2",
			"rp_filter is strict on pods' interfaces: where the node's own processes use "
			"services by packets (socketServices off, raw sockets), answers are lost");
	if (value == 1)
		finding_add(
			doctor, FINDING_WARN, "sysctl",
			"sysctl -w net.ipv4.conf.all.rp_filter=2 where questions and answers may "
			"take different interfaces; with one uplink nothing need be done",
			"net/ipv4/conf/all/rp_filter = 1 (strict)");
	else
		finding_add(doctor, FINDING_OK, "sysctl", NULL, "net/ipv4/conf/all/rp_filter = %ld",
			    value);
}

void check_sysctls(struct doctor *doctor)
{
	struct error ignored;
	long value;

	if (doctor->wants_v4) {
		forwarding_check(doctor, "ipv4/ip_forward", "sysctl -w net.ipv4.ip_forward=1");
		strict_check(doctor);
	}
	if (!doctor->wants_v6)
		return;
	forwarding_check(doctor, "ipv6/conf/all/forwarding",
			 "sysctl -w net.ipv6.conf.all.forwarding=1");
	if (sysctl_get("ipv6/conf/default/disable_ipv6", &value, &ignored) == 0 && value)
		finding_add(doctor, FINDING_WARN, "sysctl",
			    "sysctl -w net.ipv6.conf.default.disable_ipv6=0",
			    "net/ipv6/conf/default/disable_ipv6 = 1: new interfaces have no IPv6");
}
