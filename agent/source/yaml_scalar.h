/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_scalar - what a plain scalar means: null, a boolean, a number or a string. */
#pragma once

#include "base/json.h"

/* yaml_scalar - yaml.h has the rules. NULL when there is no memory. */
cJSON *yaml_scalar(const char *text);
