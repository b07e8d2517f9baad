/* SPDX-License-Identifier: Apache-2.0 */
/* result - the result document in each spec version, and what a foreign IPAM answered (pure). */
#pragma once

#include <cjson/cJSON.h>

#include "base/error.h"
#include "datapath/record.h"
#include "netconf.h"

/* What ADD promises; the record holds all but the DNS. */
struct result {
	const struct record *record;
	const cJSON *dns; /* copied; NULL = none */
};

/*
 * result_format - our part appended to what prev_result (or NULL) holds, in the version asked for.
 * The caller frees it. Spec 0.3.x and 0.4.0 carry "version" in each address; 1.1.0 the interfaces'
 * and routes' mtu.
 */
cJSON *result_format(const struct result *result, const cJSON *prev_result, enum spec_version spec);

/* result_addresses - the addresses of a result of any version: a delegate's, or prevResult. */
int result_addresses(const cJSON *result, const char *what,
		     struct ip_addr ret_addresses[ADDRESSES_MAX], size_t *ret_count,
		     struct error *err);

/* error_format - CNI's error document; details may be "". The caller frees it. */
cJSON *error_format(enum spec_version spec, const struct error *err);
