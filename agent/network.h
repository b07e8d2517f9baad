/* SPDX-License-Identifier: Apache-2.0 */
/* network - this namespace's interfaces, addresses and routes as facts, now and when they change.
 */
#pragma once

#include "agent/uplink_pick.h"
#include "base/error.h"

/* network_read - everything there is now; free with network_done(). */
int network_read(struct uplink_facts *ret_facts, struct error *err);
void network_done(struct uplink_facts *facts);

/* What came, changed or went. */
struct network_sink {
	void (*link)(const struct link_fact *link, void *ctx);
	void (*address)(const struct address_fact *address, void *ctx);
	void (*route)(const struct route_fact *route, void *ctx);
	void (*filter)(uint32_t ifindex, void *ctx); /* a program or qdisc was taken off */
	void (*lost)(void *ctx); /* notifications were thrown away: it may have been anything */
	void *ctx;
};

struct network_watch;

int network_watch_new(const struct network_sink *sink, struct network_watch **ret_watch,
		      struct error *err);
void network_watch_free(struct network_watch **watch);

/* network_watch_fd - becomes readable when there is something to take. */
int network_watch_fd(const struct network_watch *watch);

/* network_watch_take - tell the sink of everything that is there, without waiting. */
void network_watch_take(struct network_watch *watch);
