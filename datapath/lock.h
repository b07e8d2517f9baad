/* SPDX-License-Identifier: Apache-2.0 */
/* lock - runDir/lock: shared by who uses the pins, exclusive to who replaces them. */
#pragma once

#include "base/error.h"

enum lock_kind { LOCK_SHARED, LOCK_EXCLUSIVE };

/*
 * lock_take - an flock on runDir/lock, waited for at most timeout_ms. Closing *ret_fd gives it up,
 * and so does the death of the process. -ETIMEDOUT when somebody else keeps it.
 */
int lock_take(const char *run_dir, enum lock_kind kind, unsigned int timeout_ms, int *ret_fd,
	      struct error *err);
