/* SPDX-License-Identifier: Apache-2.0 */
/* cleanup - what is owned by a scope is released by it. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * CLEANUP(x_free) runs x_free(&variable) when the variable leaves its scope. To hand ownership on,
 * return x_take(&variable).
 */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void str_free(char **str)
{
	free(*str);
	*str = NULL;
}

static inline char *str_take(char **str)
{
	char *taken = *str;

	*str = NULL;
	return taken;
}

static inline void file_close(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}
