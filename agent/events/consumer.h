/* SPDX-License-Identifier: Apache-2.0 */
/* consumer - takes the records out of the ring buffer, and hands on those of drops. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "byway/event.h"
#include "datapath/maps.h"

struct event_consumer;

/* event is a copy of the caller's ring, valid during the call. */
typedef void drop_fn(const struct drop_event *event, void *ctx);

/*
 * event_consumer_new - there can be one at a time: a second reader of the ring would take the first
 * one's records. run_dir/events.lock sees to it; -EBUSY when another process reads.
 */
int event_consumer_new(const struct datapath_maps *maps, const char *run_dir, drop_fn *fn,
		       void *ctx, struct event_consumer **ret_consumer, struct error *err);
void event_consumer_free(struct event_consumer **consumer);

/* event_consumer_fd - becomes readable when there are records (epoll). */
int event_consumer_fd(const struct event_consumer *consumer);

/*
 * event_consumer_take - everything that is there now; returns how many records, or a negative
 * errno.
 */
int event_consumer_take(struct event_consumer *consumer);
