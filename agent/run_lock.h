/* SPDX-License-Identifier: Apache-2.0 */
/* run_lock - who is the one agent of a run directory, and who the one reader of its records. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

#define RUN_LOCK_AGENT "agent.lock"
#define RUN_LOCK_EVENTS "events.lock"

/*
 * run_lock_hold - hold run_dir/name until *ret_fd is closed or the process is gone, however it
 * ends. -EBUSY when another process still holds it after timeout_ms.
 */
int run_lock_hold(const char *run_dir, const char *name, unsigned int timeout_ms, int *ret_fd,
		  struct error *err);

/* run_lock_is_held - by any other process; asking does not disturb who is about to take it. */
bool run_lock_is_held(const char *run_dir, const char *name);
