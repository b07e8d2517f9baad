/* SPDX-License-Identifier: Apache-2.0 */
/* object_hash - one number for the whole content of an object. */
#pragma once

#include "agent/model/objects.h"

/*
 * object_hash - equal objects have equal hashes; others have not, but for 1 in 2^64. The order of
 * lists counts.
 */
uint64_t object_hash(const struct object *object);
