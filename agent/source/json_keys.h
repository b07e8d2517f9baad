/* SPDX-License-Identifier: Apache-2.0 */
/* json_keys - no object of a document may have a key twice: readers would disagree about it. */
#pragma once

#include "base/json.h"

/* json_keys_unique - of all objects below root; -EBADMSG names the key. Recursive as root is deep.
 */
int json_keys_unique(const cJSON *root, struct error *err);
