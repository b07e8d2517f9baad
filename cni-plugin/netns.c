/* SPDX-License-Identifier: Apache-2.0 */
/* netns - network namespaces: opened, compared, entered for a moment. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "cni_error.h"

#define OWN_NETNS "/proc/thread-self/ns/net"

int netns_open(const char *path, int *ret_fd, struct error *err)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return error_set(err, -errno, "CNI_NETNS: open network namespace '%s'", path);
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return error_say(err, CNI_ENVIRONMENT, "CNI_NETNS: '%s' is no network namespace",
				 path);
	*ret_fd = fd_take(&fd);
	return 0;
}

int netns_is_own(int netns, bool *ret_own, struct error *err)
{
	struct stat own, other;

	if (stat(OWN_NETNS, &own) < 0 || fstat(netns, &other) < 0)
		return error_set(err, -errno, "look at the network namespace");
	*ret_own = own.st_dev == other.st_dev && own.st_ino == other.st_ino;
	return 0;
}

int netns_run(int netns, netns_fn *fn, void *ctx, struct error *err)
{
	CLEANUP(fd_close) int own = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	int rc;

	if (own < 0)
		return error_set(err, -errno, "open our own network namespace");
	if (setns(netns, CLONE_NEWNET) < 0)
		return error_set(err, -errno, "enter the pod's network namespace");
	rc = fn(ctx, err);
	if (setns(own, CLONE_NEWNET) < 0)
		return error_set(err, -errno, "come back from the pod's network namespace");
	return rc;
}
