/* SPDX-License-Identifier: Apache-2.0 */
/* directory_watch - which files of one directory changed, by inotify. */
#pragma once

#include <stdint.h>

#include "base/error.h"

/* One descriptor for the whole life; wd is -1 while the directory is not there. */
struct directory_watch {
	int fd;
	int wd;
};

int directory_watch_open(struct directory_watch *watch, struct error *err);
void directory_watch_close(struct directory_watch *watch);

/* directory_watch_begin - watch what path is now; what was watched before is not any more. */
int directory_watch_begin(struct directory_watch *watch, const char *path, struct error *err);

/* mask is inotify's. */
typedef void directory_changed_fn(const char *file, uint32_t mask, void *ctx);

/*
 * directory_watch_take - fn for everything that is there, without waiting. -EOVERFLOW: changes were
 * lost, look at everything; -ESTALE: the directory is gone or is somewhere else, begin again.
 */
int directory_watch_take(struct directory_watch *watch, directory_changed_fn *fn, void *ctx);
