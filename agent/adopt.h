/* SPDX-License-Identifier: Apache-2.0 */
/* adopt - at start, what lived on without an agent is taken over. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "datapath/attach_kind.h"
#include "datapath/maps.h"

struct adopt_report {
	size_t attached; /* interfaces whose programs are now those just loaded */
	size_t restored; /* addresses put back into the endpoints map */
	size_t failed;	 /* of either; each has its line in the log */
};

/*
 * adopt - the programs of maps onto every interface that the endpoints map or a record tells of and
 * that exists, and the map entries that records tell of and the map has not (its pin was removed).
 * The caller holds the exclusive lock. Fails only when it cannot look; what fails for one interface
 * is counted.
 */
int adopt(const struct datapath_maps *maps, const char *run_dir, enum attach_kind attach,
	  struct adopt_report *ret_report, struct error *err);
