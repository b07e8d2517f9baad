/* SPDX-License-Identifier: Apache-2.0 */
/* sysctl - the few settings of the node's network stack that Byway needs. */
#include "agent/sysctl.h"

#include <dirent.h>

#include "base/file.h"
#include "base/log.h"

#define SYSCTL_NET "/proc/sys/net"
#define ACCEPT_RA_UNLESS_FORWARDING 1
#define ACCEPT_RA_ALWAYS 2

struct sysctl_path {
	char text[512];
};

static struct sysctl_path sysctl_path(const char *name)
{
	struct sysctl_path path;

	snprintf(path.text, sizeof(path.text), SYSCTL_NET "/%s", name);
	return path;
}

int sysctl_get(const char *name, long *ret_value, struct error *err)
{
	CLEANUP(str_free) char *text = NULL;
	int rc = file_read(sysctl_path(name).text, 4096, &text, NULL, err);

	if (rc == 0)
		*ret_value = strtol(text, NULL, 10);
	return rc;
}

int sysctl_require(const char *name, long value, bool *ret_changed, struct error *err)
{
	struct sysctl_path path = sysctl_path(name);
	char text[24];
	long now;
	int rc;

	*ret_changed = false;
	if ((rc = sysctl_get(name, &now, err)) || now == value)
		return rc;

	CLEANUP(fd_close) int fd = open(path.text, O_WRONLY | O_CLOEXEC);

	snprintf(text, sizeof(text), "%ld", value);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return error_set(err, -errno, "set net/%s to %ld", name, value);
	*ret_changed = true;
	return 0;
}

static void require_and_say(const char *name, long value, bool warn)
{
	struct error err;
	bool changed;

	int rc = sysctl_require(name, value, &changed, &err);

	if (rc && warn)
		log_warning("sysctl: %s; do it by hand: sysctl -w net/%s=%ld", err.text, name,
			    value);
	if (rc == 0 && changed)
		log_info("sysctl: net/%s is now %ld", name, value);
}

static void advertisements_keep(const char *ifname, bool warn)
{
	char name[300];
	struct error ignored;
	long value;

	snprintf(name, sizeof(name), "ipv6/conf/%s/accept_ra", ifname);
	if (sysctl_get(name, &value, &ignored) == 0 && value == ACCEPT_RA_UNLESS_FORWARDING)
		require_and_say(name, ACCEPT_RA_ALWAYS, warn);
}

/* Before forwarding goes on, and of the interfaces that are there: later ones are their owner's. */
static void advertisements_keep_all(bool warn)
{
	DIR *dir = opendir(SYSCTL_NET "/ipv6/conf");
	struct dirent *item;

	if (!dir)
		return;
	while ((item = readdir(dir)))
		if (item->d_name[0] != '.' && strcmp(item->d_name, "all") &&
		    strcmp(item->d_name, "default") && strcmp(item->d_name, "lo") &&
		    strncmp(item->d_name, "veth", 4))
			advertisements_keep(item->d_name, warn);
	closedir(dir);
}

void sysctl_forwarding(bool v4, bool v6, bool warn)
{
	struct error ignored;
	long forwarding;

	if (v4)
		require_and_say("ipv4/ip_forward", 1, warn);
	if (!v6)
		return;
	if (sysctl_get("ipv6/conf/all/forwarding", &forwarding, &ignored) == 0 && !forwarding)
		advertisements_keep_all(warn);
	require_and_say("ipv6/conf/all/forwarding", 1, warn);
}
