/* SPDX-License-Identifier: Apache-2.0 */
/* test_file - whole files: bounded when read, never half when written. */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>

#include "support/cases.h"

static char dir[] = "/tmp/byway-file-XXXXXX";
static char path[sizeof(dir) + 16];
static struct error err;

static size_t files_in_dir(void)
{
	DIR *stream = opendir(dir);
	size_t count = 0;

	while (readdir(stream))
		count++;
	closedir(stream);
	return count - 2;
}

static void what_was_written_is_read(void **state)
{
	CLEANUP(str_free) char *text = NULL;
	struct stat info;
	size_t len;

	(void)state;
	assert_int_equal(file_replace(path, "one", 0600, &err), 0);
	assert_int_equal(file_replace(path, "two words", 0640, &err), 0);
	assert_int_equal(file_read(path, 100, &text, &len, &err), 0);
	assert_string_equal(text, "two words");
	assert_int_equal(len, 9);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0640);
	assert_int_equal(files_in_dir(), 1);
}

static void a_file_may_be_as_large_as_the_limit(void **state)
{
	CLEANUP(str_free) char *large = malloc(10001);
	CLEANUP(str_free) char *text = NULL;
	size_t len;

	(void)state;
	memset(large, 'x', 10000);
	large[10000] = '\0';
	assert_int_equal(file_replace(path, large, 0600, &err), 0);
	assert_int_equal(file_read(path, 10000, &text, &len, &err), 0);
	assert_string_equal(text, large);
	str_free(&text);
	assert_int_equal(file_read(path, 9999, &text, &len, &err), -EFBIG);
	assert_null(text);
	assert_non_null(strstr(err.text, "larger than 9999 bytes"));
}

static void a_missing_file_says_its_name(void **state)
{
	CLEANUP(str_free) char *text = NULL;

	(void)state;
	assert_int_equal(file_read("/nowhere/x", 10, &text, NULL, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nowhere/x"));
}

static void a_failed_write_leaves_the_old(void **state)
{
	CLEANUP(str_free) char *text = NULL;
	char below[sizeof(path) + 8];

	(void)state;
	assert_int_equal(file_replace(path, "old", 0600, &err), 0);
	snprintf(below, sizeof(below), "%s/x", path);
	assert_int_equal(file_replace(below, "new", 0600, &err), -ENOTDIR);
	assert_int_equal(file_replace(dir, "new", 0600, &err), -EISDIR);
	assert_int_equal(file_read(path, 10, &text, NULL, &err), 0);
	assert_string_equal(text, "old");
	assert_int_equal(files_in_dir(), 1);
}

static void directories_are_made_with_their_parents(void **state)
{
	char deep[sizeof(path) + 8];

	(void)state;
	snprintf(deep, sizeof(deep), "%s/a/b", dir);
	assert_int_equal(dir_make(deep, 0700, &err), 0);
	assert_int_equal(dir_make(deep, 0700, &err), 0);
	assert_int_equal(rmdir(deep), 0);
	snprintf(deep, sizeof(deep), "%s/a", dir);
	assert_int_equal(rmdir(deep), 0);
	snprintf(deep, sizeof(deep), "%s/b", path);
	assert_int_equal(dir_make(deep, 0700, &err), -ENOTDIR);
}

static int folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	static struct cases cases;

	case_add(&cases, "what was written last is read, with its mode, and nothing beside it",
		 what_was_written_is_read, NULL);
	case_add(&cases, "a file may be as large as the limit, and no larger",
		 a_file_may_be_as_large_as_the_limit, NULL);
	case_add(&cases, "a missing file says its name", a_missing_file_says_its_name, NULL);
	case_add(&cases, "a write that fails leaves the old file and nothing beside it",
		 a_failed_write_leaves_the_old, NULL);
	case_add(&cases, "directories are made with their parents, and once is enough",
		 directories_are_made_with_their_parents, NULL);
	return cases_run("file", &cases, folder_make, folder_remove);
}
