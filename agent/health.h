/* SPDX-License-Identifier: Apache-2.0 */
/* health - is this node fit to serve? What /healthz and /livez say, and why. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Writes that wait longer than this make the node unfit. */
#define HEALTH_STALE_S 60

struct health_facts {
	time_t now, last_updated; /* wall clock */
	uint64_t pending_ns;	  /* how long the oldest write has been waiting; 0 = none waits */
	bool deleting;		  /* the node is about to go: no new traffic, please */
};

/* health_is_fresh - nothing waits for too long. */
bool health_is_fresh(const struct health_facts *facts);

/* health_status - 200 or 503. live: a node that is about to go still lives. */
int health_status(const struct health_facts *facts, bool live);

/* health_body - {"lastUpdated": …, "currentTime": …, "nodeEligible": …}. */
void health_body(const struct health_facts *facts, char *ret_body, size_t size);

/* What a health-check node port says. */
struct service_health {
	const char *namespace, *name;
	size_t local_ready;
	bool proxy_healthy;
};

int service_health_status(const struct service_health *health);
/* service_health_body - false: it does not fit. Names are escaped. */
bool service_health_body(const struct service_health *health, char *ret_body, size_t size);
