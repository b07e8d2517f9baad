/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only OR Apache-2.0 */
/* abi - what crosses from user space to the datapath has one size on both sides. */
#pragma once

#include <linux/types.h>

/* Map keys are hashed byte by byte: structures are padded by hand and the padding is zero. */
#define ABI_SIZE(type, size) _Static_assert(sizeof(type) == (size), "the layout of " #type)
