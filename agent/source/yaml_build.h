/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_build - libyaml's events become JSON documents. */
#pragma once

#include "agent/source/yaml.h"

/* As yaml_parse(), by libyaml in any case. */
int yaml_build(const char *text, size_t len, const struct yaml_limits *limits, yaml_document_fn *fn,
	       void *ctx, unsigned int *ret_line, struct error *err);
