/* SPDX-License-Identifier: Apache-2.0 */
/* stamp - which object with which settings was loaded last, so that the same need not be again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* stamp_add - FNV-1a (64 bit) over what is loaded, piece by piece; begin with STAMP_BEGIN. */
#define STAMP_BEGIN 0xcbf29ce484222325ULL
uint64_t stamp_add(uint64_t stamp, const void *data, size_t size);

/* stamp_is - the pins below bpf_dir were made with this stamp, and completely. */
bool stamp_is(const char *bpf_dir, uint64_t stamp);

/* stamp_is_there - the last load came to its end. */
bool stamp_is_there(const char *bpf_dir);

/* stamp_write - after the last pin; stamp_clear before the first. */
int stamp_write(const char *bpf_dir, uint64_t stamp, struct error *err);
void stamp_clear(const char *bpf_dir);
