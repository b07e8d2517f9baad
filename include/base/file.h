/* SPDX-License-Identifier: Apache-2.0 */
/* file - whole files: read with a bound, written by rename so that no reader sees half of one. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/*
 * fd_read_all - everything fd gives, as a terminated string that the caller frees. More than
 * limit bytes is -EFBIG. what names the source in errors.
 */
static inline int fd_read_all(int fd, size_t limit, const char *what, char **ret_text,
			      size_t *ret_len, struct error *err)
{
	size_t len = 0, room = 4096;
	CLEANUP(str_free) char *text = malloc(room + 1);

	if (!text)
		return error_set(err, -ENOMEM, "read %s", what);
	for (;;) {
		ssize_t got = read(fd, text + len, room - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(err, -errno, "read %s", what);
		if (got == 0)
			break;
		len += (size_t)got;
		if (len > limit)
			return error_say(err, -EFBIG, "%s is larger than %zu bytes", what, limit);
		if (len == room) {
			char *larger = realloc(text, room * 2 + 1);

			if (!larger)
				return error_set(err, -ENOMEM, "read %s", what);
			text = larger;
			room *= 2;
		}
	}
	text[len] = '\0';
	*ret_text = str_take(&text);
	if (ret_len)
		*ret_len = len;
	return 0;
}

/* file_read - the whole of path, at most limit bytes, as a terminated string the caller frees. */
static inline int file_read(const char *path, size_t limit, char **ret_text, size_t *ret_len,
			    struct error *err)
{
	CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, -errno, "open '%s'", path);
	return fd_read_all(fd, limit, path, ret_text, ret_len, err);
}

static inline int fd_write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t put = write(fd, text, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		text += put;
		len -= (size_t)put;
	}
	return 0;
}

/* file_beside - "dir/.name.new": where a file's next content is while it is being written. */
static inline bool file_beside(const char *path, char ret_path[4096])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	return snprintf(ret_path, 4096, "%.*s.%s.new", (int)(base - path), path, base) < 4096;
}

/*
 * file_replace - make path hold text: written beside it under a name that begins with a dot, then
 * renamed over it. On failure path is what it was and nothing is left beside it. One writer a file:
 * who is killed leaves one file beside it at the most, and file_remove() finds it.
 */
static inline int file_replace(const char *path, const char *text, mode_t mode, struct error *err)
{
	char beside[4096];
	int rc;

	if (!file_beside(path, beside))
		return error_set(err, -ENAMETOOLONG, "write '%s'", path);

	CLEANUP(fd_close)
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return error_set(err, -errno, "create '%s'", beside);
	rc = fd_write_all(fd, text, strlen(text));
	if (rc == 0 && rename(beside, path) < 0)
		rc = -errno;
	if (rc < 0) {
		unlink(beside);
		return error_set(err, rc, "write '%s'", path);
	}
	return 0;
}

/*
 * file_remove - path, and what a killed file_replace() left beside it; success when there is none.
 */
static inline int file_remove(const char *path, struct error *err)
{
	char beside[4096];

	if (file_beside(path, beside))
		unlink(beside);
	if (unlink(path) < 0 && errno != ENOENT)
		return error_set(err, -errno, "remove '%s'", path);
	return 0;
}

/* dir_make - make path and its missing parents, each with mode. What is there already is fine. */
static inline int dir_make(const char *path, mode_t mode, struct error *err)
{
	char part[4096];

	if (strlen(path) >= sizeof(part))
		return error_set(err, -ENAMETOOLONG, "make directory '%s'", path);
	for (size_t i = 1;; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return error_set(err, -errno, "make directory '%s'", part);
		if (path[i] == '\0')
			return 0;
	}
}
