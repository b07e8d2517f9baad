/* SPDX-License-Identifier: Apache-2.0 */
/* uplinks_facts - what only a living agent can tell of uplinks; the rest is in the maps. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct uplinks_facts {
	uint64_t repairs; /* programs attached again after somebody took them off */
	bool masquerade;
	const char *attach;	    /* how they are to sit there */
	const char *problem;	    /* of the last pass, or NULL */
	const char *routes_problem; /* why map routes is not as it should be, or NULL */
};
