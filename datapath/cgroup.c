/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup - where the cgroup2 hierarchy is mounted, and by which number the kernel knows a cgroup.
 */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "mountinfo.h"

#define MOUNTINFO "/proc/self/mountinfo"
#define ROOT_ID 1 /* of the whole hierarchy */

int cgroup_id(int dir, uint64_t *ret_id)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + sizeof(*ret_id)]; /* kernfs gives 8 bytes */
	} handle = { .head.handle_bytes = sizeof(*ret_id) };
	struct statfs fs;
	int mount;

	if (fstatfs(dir, &fs) < 0)
		return -errno;
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return -ENOTSUP;
	if (name_to_handle_at(dir, "", &handle.head, &mount, AT_EMPTY_PATH) < 0)
		return -errno;
	memcpy(ret_id, handle.room + offsetof(struct file_handle, f_handle), sizeof(*ret_id));
	return 0;
}

/* Another mount may lie over it: what counts is what is seen there. */
static bool mount_look(const struct byway_path *path, bool *ret_whole)
{
	CLEANUP(fd_close) int dir = open(path->text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t id = 0;

	if (dir < 0 || cgroup_id(dir, &id))
		return false;
	*ret_whole = id == ROOT_ID;
	return true;
}

int cgroup_find(struct byway_path *ret_path, bool *ret_whole, struct error *err)
{
	CLEANUP(file_close) FILE *file = fopen(MOUNTINFO, "re");
	CLEANUP(str_free) char *line = NULL;
	bool found = false, whole = false;
	struct byway_path path;
	size_t room = 0;

	if (!file)
		return error_set(err, -errno, "open '%s'", MOUNTINFO);
	while (!whole && getline(&line, &room, file) > 0)
		if (cgroup_mount_parse(line, &path) && mount_look(&path, &whole) &&
		    (whole || !found)) {
			found = true;
			*ret_path = path;
		}
	if (!found)
		return error_say(err, -ENOENT, "no cgroup2 is mounted");
	*ret_whole = whole;
	return 0;
}
