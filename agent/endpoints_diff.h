/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints_diff - which policy entries come and go, by what is known of interfaces. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is known about one ifindex. Facts about the same one may come from several places. A record
 * whose interface is gone, or whose ifindex another interface has by now, makes it forgotten.
 */
struct endpoint_facts {
	uint32_t ifindex;
	bool record;	/* a record tells of the interface that has it */
	bool forgotten; /* a record told of an interface that had it */
	bool link;	/* some interface has it */
	bool policy;	/* endpoint_policy has an entry for it */
	bool ready;	/* ... with ENDPOINT_READY */
};

enum endpoint_step { ENDPOINT_KEEP, ENDPOINT_PUT, ENDPOINT_DELETE };

/*
 * endpoint_decide - a policy is put where a record and its interface are; it is taken away when the
 * interface is gone or what the record told of has ended. An entry whose interface lives and of
 * which no record has ever told is another's (an ADD on its way, a standalone plugin): it stays.
 */
enum endpoint_step endpoint_decide(const struct endpoint_facts *facts);

/*
 * endpoints_merge - sort by ifindex and make one of those with the same; returns how many remain.
 */
size_t endpoints_merge(struct endpoint_facts *facts, size_t count);
