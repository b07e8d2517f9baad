/* SPDX-License-Identifier: Apache-2.0 */
/* maglev - the table by which every node picks the same backend for a connection. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "agent/compile/rows.h"
#include "byway/service.h"

/* A backend that takes new connections, and its slot on this node. */
struct maglev_backend {
	struct ip_addr addr;
	__be16 port;
	uint16_t slot;
};

/*
 * maglev_fill - the table for these backends, which are ordered by address and port and at most
 * MAGLEV_SIZE; more are not looked at. Which backend stands where depends on all their addresses
 * and ports and on nothing else.
 */
void maglev_fill(const struct maglev_backend *backends, size_t count, struct maglev *ret_table);

/* maglev_of_rows - the table of a service's cluster set. -ENOMEM when there is no memory. */
int maglev_of_rows(const struct service_rows *rows, uint32_t service, struct maglev *ret_table);

/* maglev_digest - by which tables are compared; never 0. */
uint64_t maglev_digest(const struct maglev *table);

/* maglev_made_of - the same of what a table is made of. */
uint64_t maglev_made_of(const struct maglev_backend *backends, size_t count);
