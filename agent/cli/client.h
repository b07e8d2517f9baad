/* SPDX-License-Identifier: Apache-2.0 */
/* client - asks the agent over its Unix socket. */
#pragma once

#include <cjson/cJSON.h>

#include "base/error.h"

/*
 * client_get - the JSON document at path; the caller frees it. -ECONNREFUSED when no agent listens
 * (also when the socket is not there), -ETIMEDOUT when it does not answer in time. What it answers
 * with another status than 200 is -EIO with the agent's own words.
 */
int client_get(const char *run_dir, const char *path, cJSON **ret_json, struct error *err);
