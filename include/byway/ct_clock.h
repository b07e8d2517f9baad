/* SPDX-License-Identifier: Apache-2.0 */
/* ct_clock - conntrack's ticks, for user space. */
#pragma once

#include <stdint.h>
#include <time.h>

#include "byway/conntrack.h"

/* The resolution of the coarse clock is one jiffy. */
static inline uint64_t jiffy_ns(void)
{
	struct timespec resolution = {};

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) || !resolution.tv_nsec)
		return 4000000;
	return (uint64_t)resolution.tv_nsec;
}

static inline uint32_t ct_ticks_of_seconds(uint32_t seconds)
{
	return (uint32_t)(((uint64_t)seconds * 1000000000 / jiffy_ns()) >> CT_TICK_SHIFT);
}

/*
 * ct_tick_of - the tick at a time of CLOCK_MONOTONIC. The kernel's jiffies begin 300 s before their
 * lower 32 bits are used up (INITIAL_JIFFIES).
 */
static inline uint32_t ct_tick_of(uint64_t monotonic_ns)
{
	uint64_t first = (1ULL << 32) - 300ULL * 1000000000 / jiffy_ns();

	return (uint32_t)((first + monotonic_ns / jiffy_ns()) >> CT_TICK_SHIFT);
}

/* ct_seconds_between - 0 when now is not later. */
static inline uint32_t ct_seconds_between(uint32_t tick, uint32_t now)
{
	int32_t ticks = (int32_t)(now - tick);

	return ticks <= 0 ?
		       0 :
		       (uint32_t)((((uint64_t)ticks << CT_TICK_SHIFT) * jiffy_ns()) / 1000000000);
}
