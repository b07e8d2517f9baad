/* SPDX-License-Identifier: Apache-2.0 */
/* mountinfo - a line of /proc/self/mountinfo, which tells where a cgroup2 is mounted. Pure. */
#include "mountinfo.h"

#include <string.h>

/* proc(5). The fields behind these are of varying number, up to a lone dash and the type. */
#define FIELD_ROOT 3
#define FIELD_POINT 4

/* The nth field, from 0; NULL when there are not so many. */
static const char *field_find(const char *line, unsigned int number)
{
	while (number-- && line)
		if ((line = strchr(line, ' ')))
			line++;
	return line;
}

static bool is_octal(const char *text)
{
	return text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
	       text[2] >= '0' && text[2] <= '7';
}

/* proc(5): white space and backslashes are written as \ooo. */
static bool field_unescape(const char *field, struct byway_path *ret_path)
{
	size_t len = 0;

	while (*field && *field != ' ') {
		if (len == BYWAY_DIR_MAX)
			return false;
		if (*field == '\\' && is_octal(field + 1)) {
			ret_path->text[len++] = (char)((field[1] - '0') * 64 +
						       (field[2] - '0') * 8 + field[3] - '0');
			field += 4;
		} else {
			ret_path->text[len++] = *field++;
		}
	}
	ret_path->text[len] = '\0';
	return len > 0;
}

bool cgroup_mount_parse(const char *line, struct byway_path *ret_path)
{
	const char *root = field_find(line, FIELD_ROOT), *point = field_find(line, FIELD_POINT);
	const char *type = strstr(line, " - ");
	struct byway_path path;

	if (!root || !point || !type || point > type || strncmp(root, "/ ", 2) ||
	    strncmp(type, " - cgroup2 ", strlen(" - cgroup2 ")) || !field_unescape(point, &path))
		return false;
	*ret_path = path;
	return true;
}
