/* SPDX-License-Identifier: Apache-2.0 */
/* test_mountinfo - which lines of /proc/self/mountinfo tell of a cgroup2. */
#include "datapath/mountinfo.h"

#include <string.h>

#include "support/cases.h"

#define HEAD "41 31 0:38 "
#define TAIL " rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"

struct mount_row {
	const char *sentence;
	const char *line;
	const char *path; /* NULL: none */
};

static const struct mount_row rows[] = {
	{ "the only hierarchy", HEAD "/ /sys/fs/cgroup" TAIL, "/sys/fs/cgroup" },
	{ "beside cgroup v1", HEAD "/ /sys/fs/cgroup/unified" TAIL, "/sys/fs/cgroup/unified" },
	{ "without optional fields", HEAD "/ /cgroup rw - cgroup2 none rw", "/cgroup" },
	{ "a name with a space", HEAD "/ /mnt/my\\040groups" TAIL, "/mnt/my groups" },
	{ "a name with a backslash", HEAD "/ /mnt/a\\134040" TAIL, "/mnt/a\\040" },
	{ "a backslash that begins nothing", HEAD "/ /mnt/a\\09" TAIL, "/mnt/a\\09" },
	{ "a backslash at the very end", HEAD "/ /mnt/a\\", NULL },
	{ "a part of the hierarchy", HEAD "/pods /sys/fs/cgroup" TAIL, NULL },
	{ "cgroup v1", HEAD "/ /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", NULL },
	{ "another type whose name begins like it", HEAD "/ /x rw - cgroup2fs none rw", NULL },
	{ "a mount point named like the type", HEAD "/ /-\\040cgroup2 rw - tmpfs none rw", NULL },
	{ "a source named like the type", HEAD "/ /x rw - tmpfs cgroup2 rw", NULL },
	{ "a line that ends too early", "41 31 0:38 /", NULL },
	{ "an empty mount point", HEAD "/  rw - cgroup2 none rw", NULL },
	{ "an empty line", "", NULL },
};

static void row_test(void **state)
{
	const struct mount_row *row = *state;
	struct byway_path path = { "untouched" };

	assert_int_equal(cgroup_mount_parse(row->line, &path), row->path != NULL);
	assert_string_equal(path.text, row->path ? row->path : "untouched");
}

static void a_path_that_is_too_long(void **state)
{
	static char line[2 * BYWAY_PATH_SIZE];
	struct byway_path path;
	size_t len = strlen(HEAD);

	(void)state;
	strcpy(line, HEAD);
	memset(line + len, '/', BYWAY_PATH_SIZE);
	line[len + 1] = ' ';
	strcpy(line + len + BYWAY_PATH_SIZE, TAIL);
	assert_false(cgroup_mount_parse(line, &path));
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	case_add(&cases, "a path that is too long is none", a_path_that_is_too_long, NULL);
	return cases_run("mountinfo", &cases, NULL, NULL);
}
