/* SPDX-License-Identifier: Apache-2.0 */
/* connections - entries of map conntrack as connections: merged, filtered, in order. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "byway/conntrack.h"
#include "byway/service.h"

struct connection_entry {
	struct ct_key key;
	struct conntrack ct;
};

/* One connection, of one entry or of the two that a translated one has. */
struct connection {
	struct ct_tuple from_initiator; /* its packets as it sends them */
	struct ct_tuple to_responder; /* and as they arrive; the same where nothing is translated */
	uint32_t service;	      /* 0 = none */
	uint32_t opened, seen;	      /* ticks (byway/conntrack.h) */
	uint8_t protocol;
	uint8_t state; /* enum ct_state */
	uint8_t flags; /* enum ct_flag, of both entries */
};

/*
 * connections_merge - entries are put in another order; list has room for count. Returns how many
 * there are. An entry whose partner is gone is a connection too.
 */
size_t connections_merge(struct connection_entry *entries, size_t count, struct connection *list);

bool connection_is_translated(const struct connection *connection);

/* What somebody wants to see; each member may be off. All that are on must hold. */
struct connection_filter {
	const struct ip_addr *addrs; /* one end is one of these, as sent or as it arrives */
	size_t addr_count;
	bool by_addr;
	const uint32_t *services; /* goes through one of these */
	size_t service_count;
	struct service_key frontend; /* or was sent to this address; port 0 = any */
	bool by_service, by_frontend;
	int state, protocol; /* -1 = any */
};

bool connection_passes(const struct connection *connection, const struct connection_filter *filter);

enum connection_order {
	ORDER_IDLE,    /* the one that was seen last comes first */
	ORDER_AGE,     /* the oldest comes first */
	ORDER_SOURCE,  /* by the initiator's address and port */
	ORDER_TARGET,  /* by what it speaks to */
	ORDER_SERVICE, /* by id */
	ORDER_COUNT
};

/* connection_order_parse - "idle", "age", "source", "target", "service". */
bool connection_order_parse(const char *text, enum connection_order *ret_order);
void connections_sort(struct connection *list, size_t count, enum connection_order order);

/* connection_age_s - seconds between a tick and now (CLOCK_MONOTONIC); 0 for what is to come. */
uint64_t connection_age_s(uint32_t tick, uint64_t now_ns);

const char *ct_state_name(uint8_t state);
/* ct_state_parse - -1 when there is none of that name. */
int ct_state_parse(const char *text);
