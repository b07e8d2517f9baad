/* SPDX-License-Identifier: Apache-2.0 */
/* records_watch - tells which records came and went, by inotify. */
#pragma once

#include "base/error.h"

/*
 * records_watch_open - runDir/endpoints, made if missing; *ret_fd becomes readable at each change.
 */
int records_watch_open(const char *run_dir, int *ret_fd, struct error *err);

typedef void record_changed_fn(const char *file, void *ctx);

/*
 * records_watch_take - everything that is there, without waiting. -EOVERFLOW when changes were lost
 * and all must be read again; -ESTALE when the directory itself is gone and must be opened again.
 */
int records_watch_take(int fd, record_changed_fn *fn, void *ctx);
