/* SPDX-License-Identifier: Apache-2.0 */
/* records_watch - tells which records came and went, by inotify. */
#include "agent/records_watch.h"

#include <errno.h>
#include <sys/inotify.h>

#include "base/file.h"
#include "datapath/paths.h"

/*
 * Records are written by rename; a file that is being written has a dot in front and is no record.
 */
#define CHANGES (IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR)

int records_watch_open(const char *run_dir, int *ret_fd, struct error *err)
{
	struct byway_path dir = path_below(run_dir, "endpoints");
	CLEANUP(fd_close) int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	int rc;

	if (fd < 0)
		return error_set(err, -errno, "inotify (see fs.inotify.max_user_instances)");
	if ((rc = dir_make(dir.text, 0700, err)))
		return rc;
	if (inotify_add_watch(fd, dir.text, CHANGES) < 0)
		return error_set(err, -errno, "watch '%s' (see fs.inotify.max_user_watches)",
				 dir.text);
	*ret_fd = fd_take(&fd);
	return 0;
}

static int events_walk(const char *buffer, ssize_t len, record_changed_fn *fn, void *ctx)
{
	const struct inotify_event *event;
	int result = 0;

	for (const char *at = buffer; at < buffer + len; at += sizeof(*event) + event->len) {
		event = (const struct inotify_event *)at;
		if (event->mask & IN_IGNORED)
			return -ESTALE;
		if (event->mask & IN_Q_OVERFLOW)
			result = -EOVERFLOW;
		else if (event->len && event->name[0] != '.')
			fn(event->name, ctx);
	}
	return result;
}

int records_watch_take(int fd, record_changed_fn *fn, void *ctx)
{
	char buffer[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
	int result = 0;

	for (;;) {
		ssize_t got = read(fd, buffer, sizeof(buffer));
		int rc;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return result;
		rc = events_walk(buffer, got, fn, ctx);
		if (rc == -ESTALE)
			return rc;
		result = rc ? rc : result;
	}
}
