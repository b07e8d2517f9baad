/* SPDX-License-Identifier: Apache-2.0 */
/* run_lock - who is the one agent of a run directory, and who the one reader of its records. */
#include "agent/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/cleanup.h"
#include "datapath/paths.h"

#define TRY_EVERY_MS 5

/* Locks of the open file, unlike flock(), can be asked about without being taken. */
int run_lock_hold(const char *run_dir, const char *name, unsigned int timeout_ms, int *ret_fd,
		  struct error *err)
{
	struct byway_path path = path_below(run_dir, name);
	struct timespec pause = { .tv_nsec = TRY_EVERY_MS * 1000000L };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	CLEANUP(fd_close) int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set(err, -errno, "open '%s'", path.text);
	/* The kernel's own waiting has no timeout. */
	for (unsigned int waited = 0; fcntl(fd, F_OFD_SETLK, &whole) < 0; waited += TRY_EVERY_MS) {
		if (errno != EAGAIN && errno != EACCES)
			return error_set(err, -errno, "lock '%s'", path.text);
		if (waited >= timeout_ms)
			return error_say(err, -EBUSY, "another process holds '%s'", path.text);
		nanosleep(&pause, NULL);
	}
	*ret_fd = fd_take(&fd);
	return 0;
}

bool run_lock_is_held(const char *run_dir, const char *name)
{
	struct byway_path path = path_below(run_dir, name);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	CLEANUP(fd_close) int fd = open(path.text, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}
