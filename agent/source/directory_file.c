/* SPDX-License-Identifier: Apache-2.0 */
/* directory_file - one file of a directory source: read when it changed, with what is wrong with
 * it. */
#include "agent/source/directory_file.h"

#include <stdlib.h>
#include <string.h>

#include "agent/source/directory.h"
#include "base/file.h"

/* A file without end of writing, such as a pipe, must not stop the agent. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

struct directory_file *directory_file_new(const char *name)
{
	struct directory_file *file = calloc(1, sizeof(*file) + strlen(name) + 1);

	if (!file)
		return NULL;
	strcpy(file->name, name);
	file->claims.name = file->name;
	return file;
}

static void errors_drop(struct directory_file *file)
{
	for (size_t i = 0; i < file->error_count && i < MANIFEST_ERRORS_MAX; i++)
		free(file->errors[i].reason);
	free(file->errors);
	file->errors = NULL;
	file->error_count = 0;
}

static void failure_drop(struct directory_file *file)
{
	free(file->failure.reason);
	file->failure = (struct manifest_error){};
	file->failed = false;
}

void directory_file_free(struct directory_file *file)
{
	errors_drop(file);
	failure_drop(file);
	free(file);
}

bool directory_file_is_ours(const char *name)
{
	static const char *const endings[] = { ".yaml", ".yml", ".json" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t ending = strlen(endings[i]);

		if (len > ending && !strcmp(name + len - ending, endings[i]))
			return name[0] != '.';
	}
	return false;
}

static bool time_equal(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool directory_file_changed(const struct directory_file *file, int dir_fd)
{
	const struct stat *seen = &file->seen;
	struct stat now = {};

	if (fstatat(dir_fd, file->name, &now, 0) < 0)
		return !file->failed;
	return now.st_dev != seen->st_dev || now.st_ino != seen->st_ino ||
	       now.st_size != seen->st_size || !time_equal(now.st_mtim, seen->st_mtim) ||
	       !time_equal(now.st_ctim, seen->st_ctim);
}

static int content_read(struct directory_file *file, int dir_fd, char **ret_text, size_t *ret_len,
			struct error *err)
{
	CLEANUP(fd_close) int fd = openat(dir_fd, file->name, OPEN_FLAGS);

	if (fd < 0) {
		int rc = -errno;

		fstatat(dir_fd, file->name, &file->seen, 0); /* to see when it changes */
		return error_set(err, rc, "cannot be opened");
	}
	if (fstat(fd, &file->seen) < 0)
		return error_set(err, -errno, "cannot be read");
	if (S_ISDIR(file->seen.st_mode))
		return error_say(err, -EISDIR, "is a directory");
	if (!S_ISREG(file->seen.st_mode))
		return error_say(err, -EINVAL, "is not a regular file");
	if (file->seen.st_size > DIRECTORY_FILE_SIZE_MAX)
		return error_say(err, -EFBIG, "is larger than %d MiB",
				 DIRECTORY_FILE_SIZE_MAX / (1024 * 1024));
	return fd_read_all(fd, DIRECTORY_FILE_SIZE_MAX, "it", ret_text, ret_len, err);
}

/* A link that points nowhere is there, and cannot be read; a subdirectory is none of ours. */
static bool is_there(const struct directory_file *file, int dir_fd)
{
	struct stat now;

	return fstatat(dir_fd, file->name, &now, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(now.st_mode);
}

static enum file_state failed(struct directory_file *file, unsigned int line,
			      const struct error *why)
{
	failure_drop(file);
	file->failed = true;
	file->failure.line = line;
	file->failure.reason = strdup(why->text);
	return FILE_FAILED;
}

enum file_state directory_file_read(struct directory_file *file, int dir_fd,
				    struct manifest *ret_manifest)
{
	CLEANUP(str_free) char *text = NULL;
	unsigned int line = 0;
	struct error err = {};
	size_t len = 0;
	int rc;

	file->seen = (struct stat){};
	rc = content_read(file, dir_fd, &text, &len, &err);
	if ((rc == -EISDIR || rc == -ENOENT) && !is_there(file, dir_fd))
		return FILE_GONE;
	if (rc == 0)
		rc = manifest_parse(text, len, ret_manifest, &line, &err);
	return rc ? failed(file, line, &err) : FILE_READ;
}

static bool manifest_is_whole(const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		if (manifest->objects[i].broken)
			return false;
	return !manifest->unidentified;
}

void directory_file_learn(struct directory_file *file, struct manifest *manifest)
{
	file->whole |= manifest_is_whole(manifest);
	failure_drop(file);
	errors_drop(file);
	file->errors = manifest->errors;
	file->error_count = manifest->error_count;
	manifest->errors = NULL;
	manifest->error_count = 0;
}

/* A name may have any byte; who prints it must not suffer. */
struct printable {
	char text[256];
};

static struct printable printable(const char *name)
{
	struct printable out;

	snprintf(out.text, sizeof(out.text), "%s", name);
	for (char *c = out.text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return out;
}

struct waiting {
	const char *file;
	directory_file_error_fn *fn;
	void *ctx;
	size_t count;
};

static void waiting_tell(enum object_kind kind, const char *namespace, const char *name,
			 unsigned int line, const struct claim_file *winner, void *ctx)
{
	struct waiting *waiting = ctx;
	char reason[ERROR_TEXT_SIZE];

	if (waiting->count++ >= MANIFEST_ERRORS_MAX || !waiting->fn)
		return;
	snprintf(reason, sizeof(reason), "%s %.100s%s%.100s: not used, because %s has it too",
		 object_kind_name(kind), namespace, *namespace ? "/" : "", name,
		 printable(winner->name).text);
	waiting->fn(waiting->file, line, reason, waiting->ctx);
}

size_t directory_file_errors(const struct directory_file *file, bool doubles,
			     directory_file_error_fn *fn, void *ctx)
{
	struct printable name = printable(file->name);
	struct waiting waiting = { name.text, fn, ctx, 0 };
	size_t shown = MANIFEST_ERRORS_MAX, more;
	char reason[64];

	if (file->failed && fn)
		fn(name.text, file->failure.line,
		   file->failure.reason ? file->failure.reason : "cannot be read", ctx);
	if (file->failed)
		return 1;
	for (size_t i = 0; fn && i < file->error_count && i < shown; i++)
		fn(name.text, file->errors[i].line, file->errors[i].reason, ctx);
	if (doubles)
		claims_waiting(&file->claims, waiting_tell, &waiting);
	more = (file->error_count > shown ? file->error_count - shown : 0) +
	       (waiting.count > shown ? waiting.count - shown : 0);
	snprintf(reason, sizeof(reason), "and %zu more errors", more);
	if (more && fn)
		fn(name.text, 0, reason, ctx);
	return file->error_count + waiting.count;
}
