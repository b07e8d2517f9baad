/* SPDX-License-Identifier: Apache-2.0 */
/* candidates - the endpoints that may stand behind one port of a service, and which of them do. */
#pragma once

#include "agent/compile/explain.h"
#include "agent/model/cluster.h"

enum candidate_flag {
	CANDIDATE_READY = 1 << 0,
	CANDIDATE_SERVING = 1 << 1,
	CANDIDATE_TERMINATING = 1 << 2,
	CANDIDATE_LOCAL = 1 << 3,
	CANDIDATE_HINT_NODES = 1 << 4,	   /* has hints for nodes */
	CANDIDATE_HINT_THIS_NODE = 1 << 5, /* and one of them is this node */
	CANDIDATE_HINT_ZONES = 1 << 6,	   /* has hints for zones */
	CANDIDATE_HINT_THIS_ZONE = 1 << 7, /* and one of them is this node's */
};

struct candidate {
	struct ip_addr addr;
	uint16_t port; /* host byte order; 0: it has none of that name and protocol */
	uint16_t flags;
	uint8_t use[2]; /* enum backend_use, by enum backend_set (candidates_judge) */
	const char *node, *zone;
};

/* Begin with {}, end with candidates_done(). */
struct candidates {
	struct candidate *items;
	size_t count, room;
};

void candidates_done(struct candidates *candidates);

/*
 * candidates_gather - of both families, each address and port once, ordered so. What is in two
 * slices: the one that is not terminating counts, then the one that is ready, that serves, that is
 * local.
 */
int candidates_gather(const struct cluster *cluster, const struct cluster_service *service,
		      const struct service_port *port, struct candidates *ret_candidates);

/* candidates_judge - decide each one's use in both sets; families don't see each other. */
void candidates_judge(const struct cluster_service *service, struct candidates *candidates);

static inline bool candidate_takes(const struct candidate *candidate, enum backend_set set)
{
	return candidate->use[set] == BACKEND_USE_USED ||
	       candidate->use[set] == BACKEND_USE_FALLBACK;
}
