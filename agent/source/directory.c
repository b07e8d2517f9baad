/* SPDX-License-Identifier: Apache-2.0 */
/* directory - the source that reads objects from the files of a directory and follows changes. */
#include "agent/source/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "agent/clock.h"
#include "agent/source/directory_state.h"
#include "base/cleanup.h"

#define MS ((uint64_t)1000000)

int directory_source_new(const char *path, const struct source_sink *sink,
			 struct directory_source **ret_source, struct error *err)
{
	CLEANUP(directory_source_free)
	struct directory_source *source = calloc(1, sizeof(*source));

	if (!source)
		return error_set(err, -ENOMEM, "follow '%s'", path);
	source->watch.fd = -1;
	source->dir_fd = -1;
	source->sink = *sink;
	source->lost = true; /* until the first look */
	source->path = strdup(path);
	source->claims = claims_new();
	if (!source->path || !source->claims)
		return error_set(err, -ENOMEM, "follow '%s'", path);
	if (directory_watch_open(&source->watch, err))
		return err->code;
	*ret_source = source;
	source = NULL;
	return 0;
}

void directory_source_free(struct directory_source **source)
{
	struct directory_source *doomed = *source;
	struct directory_file *file, *next;

	*source = NULL;
	if (!doomed)
		return;
	claims_free(&doomed->claims);
	HASH_ITER(hh, doomed->files, file, next) {
		HASH_DEL(doomed->files, file);
		directory_file_free(file);
	}
	directory_watch_close(&doomed->watch);
	fd_close(&doomed->dir_fd);
	free(doomed->path);
	free(doomed);
}

int directory_source_fd(const struct directory_source *source)
{
	return source->watch.fd;
}

static void change_note(struct directory_source *source, enum directory_scan scan)
{
	source->latest = clock_ns();
	if (!source->first)
		source->first = source->latest;
	if (scan > source->scan)
		source->scan = scan;
}

/* What was told stays: a directory that is gone is more likely a mistake than a wish. */
static void directory_lose(struct directory_source *source, const struct error *why)
{
	source->lost = true;
	source->failure = *why;
	source->first = 0;
	source->check = clock_ns() + DIRECTORY_RETRY_MS * MS;
	fd_close(&source->dir_fd);
}

/* dir_open - for this turn. */
static int dir_open(struct directory_source *source, struct stat *ret_stat, struct error *err)
{
	fd_close(&source->dir_fd);
	source->dir_fd = open(source->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source->dir_fd < 0 || fstat(source->dir_fd, ret_stat) < 0)
		return error_set(err, -errno, "open directory '%s'", source->path);
	return 0;
}

/* If another directory takes its place between the two steps, the next turn sees that. */
static void directory_find(struct directory_source *source)
{
	struct error err;
	struct stat st = {};

	if (dir_open(source, &st, &err) ||
	    directory_watch_begin(&source->watch, source->path, &err)) {
		directory_lose(source, &err);
		return;
	}
	source->dev = st.st_dev;
	source->ino = st.st_ino;
	source->lost = false;
	source->failure.code = 0;
	source->check = clock_ns() + DIRECTORY_CHECK_MS * MS;
	change_note(source, SCAN_ALL);
}

/* The path may mean another directory than the one that is watched. */
static void directory_open(struct directory_source *source)
{
	struct error err;
	struct stat st = {};

	if (dir_open(source, &st, &err))
		directory_lose(source, &err);
	else if (st.st_dev != source->dev || st.st_ino != source->ino)
		directory_find(source);
}

/* Who writes a new file closes it, and that is told too; a link is whole from its beginning. */
static bool file_is_being_written(const struct directory_source *source, const char *name)
{
	struct stat st;

	return fstatat(source->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_nlink == 1;
}

static bool file_has_failed(const struct directory_source *source, const char *name)
{
	struct directory_file *file;

	HASH_FIND_STR(source->files, name, file);
	return file && file->failed;
}

/* "..data" is what a mounted ConfigMap exchanges, and its files are links through it. */
static void file_changed(const char *name, uint32_t mask, void *ctx)
{
	struct directory_source *source = ctx;

	if (!strncmp(name, "..", 2))
		change_note(source, SCAN_CHANGED);
	if (!directory_file_is_ours(name) ||
	    (mask & IN_CREATE && file_is_being_written(source, name)) ||
	    (mask & IN_ATTRIB && !file_has_failed(source, name)))
		return;
	directory_file_touch(source, name);
	source->dirty++;
	change_note(source, SCAN_NONE);
}

static void directory_check(struct directory_source *source)
{
	struct error err;
	bool any = false;

	source->check = clock_ns() + DIRECTORY_CHECK_MS * MS;
	if (directory_scan(source, SCAN_CHANGED, true, &any, &err))
		directory_lose(source, &err);
	else if (any)
		change_note(source, SCAN_NONE);
}

static void pass_run(struct directory_source *source)
{
	enum directory_scan scan = source->scan;
	struct error err;
	bool any;

	source->first = 0;
	source->dirty = 0;
	source->scan = SCAN_NONE;
	if (scan != SCAN_NONE && directory_scan(source, scan, false, &any, &err)) {
		directory_lose(source, &err);
		return;
	}
	directory_pass(source);
	source->settled = true;
	source->sink.settled(source->sink.ctx);
}

static uint64_t pass_due(const struct directory_source *source)
{
	bool lone = source->dirty == 1 && source->scan == SCAN_NONE;
	uint64_t quiet = source->latest + (lone ? DIRECTORY_LONE_MS : DIRECTORY_GATHER_MS) * MS;
	uint64_t bound = source->first + DIRECTORY_BURST_MS * MS;

	if (!source->settled)
		return source->first;
	return quiet < bound ? quiet : bound;
}

static uint64_t source_due(const struct directory_source *source)
{
	return source->first && !source->lost ? pass_due(source) : source->check;
}

int directory_source_wait_ms(const struct directory_source *source)
{
	uint64_t due = source_due(source), now = clock_ns();

	return due > now ? (int)((due - now + MS - 1) / MS) : 0;
}

static void events_take(struct directory_source *source)
{
	struct error err;
	int rc = directory_watch_take(&source->watch, file_changed, source);

	if (rc == -EOVERFLOW)
		change_note(source, SCAN_ALL);
	if (rc != -ESTALE || source->lost)
		return;
	error_say(&err, -ENOENT, "directory '%s' is gone", source->path);
	directory_lose(source, &err);
}

void directory_source_take(struct directory_source *source)
{
	if (!source->lost)
		directory_open(source);
	events_take(source);
	if (source->lost && clock_ns() >= source->check)
		directory_find(source);
	else if (!source->lost && !source->first && clock_ns() >= source->check)
		directory_check(source);
	if (source->first && !source->lost && clock_ns() >= pass_due(source))
		pass_run(source);
	fd_close(&source->dir_fd);
}

bool directory_source_complete(const struct directory_source *source)
{
	return source->complete;
}

size_t directory_source_errors(const struct directory_source *source, directory_error_fn *fn,
			       void *ctx)
{
	bool doubles = claims_double_count(source->claims) > 0;
	char reason[64];
	size_t count = 0;

	if (source->failure.code) {
		count++;
		if (fn)
			fn("", 0, source->failure.text, ctx);
	}
	if (source->too_many) {
		count++;
		snprintf(reason, sizeof(reason), "more than %d files; not all are read",
			 DIRECTORY_FILES_MAX);
		if (fn)
			fn("", 0, reason, ctx);
	}
	for (struct directory_file *file = source->files; file; file = file->hh.next)
		count += directory_file_errors(file, doubles, fn, ctx);
	return count;
}

const char *directory_source_path(const struct directory_source *source)
{
	return source->path;
}

size_t directory_source_object_count(const struct directory_source *source)
{
	return claims_count(source->claims);
}

size_t directory_source_file_count(const struct directory_source *source)
{
	return HASH_COUNT(source->files);
}
