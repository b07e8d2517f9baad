/* SPDX-License-Identifier: Apache-2.0 */
/* clock - the time that only goes on. */
#pragma once

#include <stdint.h>
#include <time.h>

/* clock_ns - CLOCK_MONOTONIC. */
static inline uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
