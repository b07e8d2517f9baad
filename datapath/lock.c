/* SPDX-License-Identifier: Apache-2.0 */
/* lock - runDir/lock: shared by who uses the pins, exclusive to who replaces them. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "base/cleanup.h"
#include "paths.h"

#define TRY_EVERY_MS 5

int lock_take(const char *run_dir, enum lock_kind kind, unsigned int timeout_ms, int *ret_fd,
	      struct error *err)
{
	struct byway_path path = path_below(run_dir, "lock");
	struct timespec pause = { .tv_nsec = TRY_EVERY_MS * 1000000L };
	int how = (kind == LOCK_SHARED ? LOCK_SH : LOCK_EX) | LOCK_NB;
	CLEANUP(fd_close) int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set(err, -errno, "open '%s'", path.text);
	/* flock() has no timeout of its own, and a signal would need a handler. */
	for (unsigned int waited = 0; flock(fd, how) < 0; waited += TRY_EVERY_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_set(err, -errno, "lock '%s'", path.text);
		if (waited >= timeout_ms)
			return error_set(err, -ETIMEDOUT, "lock '%s': somebody else holds it",
					 path.text);
		nanosleep(&pause, NULL);
	}
	*ret_fd = fd_take(&fd);
	return 0;
}
