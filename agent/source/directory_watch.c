/* SPDX-License-Identifier: Apache-2.0 */
/* directory_watch - which files of one directory changed, by inotify. */
#include "agent/source/directory_watch.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

#define CHANGES                                                                             \
	(IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | \
	 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define GONE (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)

int directory_watch_open(struct directory_watch *watch, struct error *err)
{
	watch->wd = -1;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0)
		return error_set(err, -errno, "inotify (see fs.inotify.max_user_instances)");
	return 0;
}

void directory_watch_close(struct directory_watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}

int directory_watch_begin(struct directory_watch *watch, const char *path, struct error *err)
{
	int before = watch->wd;

	watch->wd = inotify_add_watch(watch->fd, path, CHANGES);
	if (watch->wd < 0 && errno == ENOSPC)
		error_set(err, -ENOSPC, "watch '%s' (see fs.inotify.max_user_watches)", path);
	else if (watch->wd < 0)
		error_set(err, -errno, "watch '%s'", path);
	/* The same directory again has the same number. */
	if (before >= 0 && before != watch->wd)
		inotify_rm_watch(watch->fd, before);
	return watch->wd < 0 ? err->code : 0;
}

static int events_walk(struct directory_watch *watch, const char *buffer, ssize_t len,
		       directory_changed_fn *fn, void *ctx)
{
	const struct inotify_event *event;
	int result = 0;

	for (const char *at = buffer; at < buffer + len; at += sizeof(*event) + event->len) {
		event = (const struct inotify_event *)at;
		if (event->mask & IN_Q_OVERFLOW)
			result = result ? result : -EOVERFLOW;
		else if (event->wd != watch->wd)
			continue; /* of a watch that has ended */
		else if (event->mask & GONE)
			result = -ESTALE;
		else if (event->len)
			fn(event->name, event->mask, ctx);
	}
	return result;
}

int directory_watch_take(struct directory_watch *watch, directory_changed_fn *fn, void *ctx)
{
	char buffer[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
	int result = 0;

	for (;;) {
		ssize_t got = read(watch->fd, buffer, sizeof(buffer));
		int rc;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return result;
		rc = events_walk(watch, buffer, got, fn, ctx);
		if (rc == -ESTALE || result == 0)
			result = rc;
	}
}
