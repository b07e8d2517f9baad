/* SPDX-License-Identifier: Apache-2.0 */
/* directory - the source that reads objects from the files of a directory and follows changes. */
#pragma once

#include "agent/source/source.h"
#include "base/error.h"

#define DIRECTORY_FILE_SIZE_MAX (64 * 1024 * 1024)
#define DIRECTORY_FILES_MAX 10000
#define DIRECTORY_GATHER_MS 20	/* of silence end a burst of changes */
#define DIRECTORY_LONE_MS 2	/* suffice when one file changed once */
#define DIRECTORY_BURST_MS 200	/* and no burst is longer */
#define DIRECTORY_RETRY_MS 500	/* while the directory is not there */
#define DIRECTORY_CHECK_MS 3000 /* symlinks and the directory itself: what inotify cannot tell */

/*
 * *.yaml, *.yml and *.json of the directory itself; neither hidden files nor subdirectories. What
 * a file holds is told once it is whole: a file that cannot be read or parsed keeps what it
 * gave before, and so does a single object that cannot be decoded, while the others of its file are
 * used. Of an object that several files hold, the first file by name has it. Only what changed
 * is told. While the directory is missing, everything stays.
 */
struct directory_source;

/*
 * directory_source_new - nothing is told before the first _take(). The directory need not exist
 * yet. sink is copied.
 */
int directory_source_new(const char *path, const struct source_sink *sink,
			 struct directory_source **ret_source, struct error *err);

/* directory_source_free - NULL is fine; tells nothing more. */
void directory_source_free(struct directory_source **source);

/* directory_source_fd - readable when there is something to take; the same for the whole life. */
int directory_source_fd(const struct directory_source *source);

/* directory_source_wait_ms - call _take() after so many milliseconds at the latest; 0 = now. */
int directory_source_wait_ms(const struct directory_source *source);

/*
 * directory_source_take - what has come; calls the sink when a burst of changes is over, and at the
 * end of each such pass settled. The caller may want to malloc_trim(0) then.
 */
void directory_source_take(struct directory_source *source);

/*
 * directory_source_complete - everything that stood in the directory at the start has been told. It
 * is false after a first pass in which a file or an object could not be read, until it can: what
 * was not told so far may stand there, and is not to be taken for gone.
 */
bool directory_source_complete(const struct directory_source *source);

/* file is without the directory, and "" for the directory itself; line 0 = of the whole file. */
typedef void directory_error_fn(const char *file, unsigned int line, const char *reason, void *ctx);

/* directory_source_errors - fn for each error there is now, by file; returns how many. fn may be
 * NULL. */
size_t directory_source_errors(const struct directory_source *source, directory_error_fn *fn,
			       void *ctx);

/* directory_source_path, _object_count, _file_count - for status. */
const char *directory_source_path(const struct directory_source *source);
size_t directory_source_object_count(const struct directory_source *source);
size_t directory_source_file_count(const struct directory_source *source);
