/* SPDX-License-Identifier: Apache-2.0 */
/* verbs - one function for each verb of the spec. */
#pragma once

#include <cjson/cJSON.h>

#include "base/error.h"
#include "environment.h"
#include "netconf.h"

/* *ret_result is the document for stdout, freed by the caller; untouched on failure. */
int verb_add(const struct environment *env, const struct netconf *conf, cJSON **ret_result,
	     struct error *err);
int verb_del(const struct environment *env, const struct netconf *conf, struct error *err);
int verb_check(const struct environment *env, const struct netconf *conf, struct error *err);
int verb_status(const struct environment *env, const struct netconf *conf, struct error *err);
int verb_gc(const struct environment *env, const struct netconf *conf, struct error *err);
