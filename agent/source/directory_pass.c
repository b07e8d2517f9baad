/* SPDX-License-Identifier: Apache-2.0 */
/* directory_pass - reads the files of a directory that changed, and tells what that means. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/source/directory_state.h"
#include "base/cleanup.h"

/* What one file's change may bring with it: other files that hold the same objects. */
#define ROUNDS_MAX 4

#define FRESH_S 2

static struct directory_file *file_find(const struct directory_source *source, const char *name)
{
	struct directory_file *file;

	HASH_FIND_STR(source->files, name, file);
	return file;
}

static struct directory_file *file_add(struct directory_source *source, const char *name)
{
	struct directory_file *file = file_find(source, name);

	if (file)
		return file;
	source->too_many = HASH_COUNT(source->files) >= DIRECTORY_FILES_MAX;
	if (source->too_many || !(file = directory_file_new(name)))
		return NULL;
	HASH_ADD_STR(source->files, name, file);
	source->sorted = false;
	return file;
}

void directory_file_touch(struct directory_source *source, const char *name)
{
	struct directory_file *file = file_add(source, name);

	if (file)
		file->dirty = true;
}

static bool file_is_fresh(const struct directory_file *file, int dir_fd)
{
	time_t now = time(NULL);
	struct stat st;

	return fstatat(dir_fd, file->name, &st, 0) == 0 && st.st_mtim.tv_sec <= now &&
	       st.st_mtim.tv_sec > now - FRESH_S;
}

static void entry_look(struct directory_source *source, const char *name, enum directory_scan scan,
		       bool leave_fresh)
{
	struct directory_file *file;

	if (!directory_file_is_ours(name) || !(file = file_add(source, name)))
		return;
	file->listed = true;
	if (scan == SCAN_ALL || (directory_file_changed(file, source->dir_fd) &&
				 !(leave_fresh && file_is_fresh(file, source->dir_fd))))
		file->dirty = true;
}

static void dir_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int entries_look(struct directory_source *source, enum directory_scan scan, bool leave_fresh,
			struct error *err)
{
	CLEANUP(fd_close)
	int fd = openat(source->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(dir_close) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir)
		return error_set(err, -errno, "read directory '%s'", source->path);
	fd_take(&fd);
	while ((errno = 0, entry = readdir(dir)))
		if (entry->d_type != DT_DIR)
			entry_look(source, entry->d_name, scan, leave_fresh);
	return errno ? error_set(err, -errno, "read directory '%s'", source->path) : 0;
}

int directory_scan(struct directory_source *source, enum directory_scan scan, bool leave_fresh,
		   bool *ret_any, struct error *err)
{
	bool any = false;
	int rc;

	source->too_many = false;
	for (struct directory_file *file = source->files; file; file = file->hh.next)
		file->listed = false;
	if ((rc = entries_look(source, scan, leave_fresh, err)))
		return rc;
	for (struct directory_file *file = source->files; file; file = file->hh.next) {
		file->dirty |= !file->listed;
		any |= file->dirty;
	}
	*ret_any = any;
	return 0;
}

static void object_twice(struct manifest *manifest, const struct manifest_object *item)
{
	char reason[ERROR_TEXT_SIZE];

	snprintf(reason, sizeof(reason), "%s %.200s%s%.200s: stands in this file already",
		 object_kind_name(item->object->kind), item->object->namespace,
		 *item->object->namespace ? "/" : "", item->object->name);
	manifest_error_add(manifest, item->line, reason);
}

static void object_put(struct directory_source *source, struct directory_file *file,
		       struct manifest *manifest, struct manifest_object *item)
{
	if (item->broken) {
		claims_keep(source->claims, &file->claims, item->object);
		return;
	}
	switch (claims_put(source->claims, &file->claims, item->object, item->line)) {
	case CLAIM_TELL:
		source->sink.put(object_take(&item->object), source->sink.ctx);
		break;
	case CLAIM_TWICE:
		object_twice(manifest, item);
		break;
	case CLAIM_NO_MEMORY:
		manifest->unidentified = true;
		manifest_error_add(manifest, item->line, "there is no memory for all objects");
		break;
	case CLAIM_SAME:
	case CLAIM_WAITS:
		break;
	}
}

/* Whether what the file had and has no more is to go. */
static bool file_read(struct directory_source *source, struct directory_file *file)
{
	struct manifest manifest = {};
	enum file_state state = directory_file_read(file, source->dir_fd, &manifest);

	if (state == FILE_GONE) {
		claims_begin(&file->claims);
		file->removed = true;
		return true;
	}
	if (state == FILE_FAILED)
		return false;
	claims_begin(&file->claims);
	for (size_t i = 0; i < manifest.count; i++)
		object_put(source, file, &manifest, &manifest.objects[i]);
	if (manifest.unidentified)
		claims_keep_all(&file->claims);
	directory_file_learn(file, &manifest);
	manifest_done(&manifest);
	return true;
}

static void object_gone(enum object_kind kind, const char *namespace, const char *name, void *ctx)
{
	struct directory_source *source = ctx;

	source->sink.gone(kind, namespace, name, source->sink.ctx);
}

static void heir_touch(struct claim_file *claims, void *ctx)
{
	char *file = (char *)claims - offsetof(struct directory_file, claims);

	(void)ctx;
	((struct directory_file *)(void *)file)->dirty = true;
}

static void file_end(struct directory_source *source, struct directory_file *file)
{
	struct claims_end_fn fn = { object_gone, heir_touch, source };

	file->ending = false;
	claims_end(source->claims, &file->claims, &fn);
	if (!file->removed)
		return;
	HASH_DEL(source->files, file);
	directory_file_free(file);
}

/*
 * All is read before anything goes: an object that moves from one file to another is not gone in
 * between. Returns whether there was anything to read.
 */
static bool round_run(struct directory_source *source)
{
	struct directory_file *file, *next;
	bool any = false;

	for (file = source->files; file; file = file->hh.next) {
		if (!file->dirty)
			continue;
		any = true;
		file->dirty = false;
		file->ending = file_read(source, file);
	}
	HASH_ITER(hh, source->files, file, next) {
		if (file->ending)
			file_end(source, file);
	}
	return any;
}

static int file_compare(const struct directory_file *a, const struct directory_file *b)
{
	return strcmp(a->name, b->name);
}

void directory_pass(struct directory_source *source)
{
	bool whole = true;

	if (!source->sorted)
		HASH_SORT(source->files, file_compare);
	source->sorted = true;
	for (int i = 0; i < ROUNDS_MAX && round_run(source); i++)
		;
	for (struct directory_file *file = source->files; file; file = file->hh.next)
		whole &= file->whole;
	source->complete |= whole && !source->too_many;
}
