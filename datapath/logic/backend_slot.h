/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* backend_slot - from a hash, or a random number, to the slots to try. Pure. */
#pragma once

#include <linux/types.h>

/*
 * At least half of a choice's slots take new connections (byway/service.h), so that this many tries
 * all fail for at most one pick in 256; that one takes the slot that is sure.
 */
#define BACKEND_TRIES 8

/* hash_mix - every bit of the result depends on every bit of the value (MurmurHash3's end). */
static inline __u32 hash_mix(__u32 value)
{
	value = (value ^ (value >> 16)) * 0x85ebca6b;
	value = (value ^ (value >> 13)) * 0xc2b2ae35;
	return value ^ (value >> 16);
}

/*
 * backend_slot - the slot that the try with this number (0, 1, …) takes: the same for the same
 * hash, and as likely as any other. slots is not 0. (Lemire, 2019: a product instead of a
 * remainder.)
 */
static inline __u16 backend_slot(__u32 hash, __u32 number, __u16 slots)
{
	return (__u16)(((__u64)hash_mix(hash + number * 0x9e3779b9) * slots) >> 32);
}
