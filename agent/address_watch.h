/* SPDX-License-Identifier: Apache-2.0 */
/* address_watch - the addresses of this node's interfaces, and when they change, by rtnetlink. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "byway/ip_addr.h"

struct address_watch;

int address_watch_new(struct address_watch **ret_watch, struct error *err);
void address_watch_free(struct address_watch **watch);

/* address_watch_fd - becomes readable when an address came or went. */
int address_watch_fd(const struct address_watch *watch);

/* address_watch_take - swallow what has come; address_watch_list() tells what is true now. */
void address_watch_take(struct address_watch *watch);

typedef void address_fn(const struct ip_addr *addr, uint32_t ifindex, void *ctx);

/* address_watch_list - fn for each address of each interface, in no order. */
int address_watch_list(address_fn *fn, void *ctx, struct error *err);
