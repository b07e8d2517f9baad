/* SPDX-License-Identifier: Apache-2.0 */
/* consumer - takes the records out of the ring buffer, and hands on those of drops. */
#include "agent/events/consumer.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/run_lock.h"
#include "base/cleanup.h"

struct event_consumer {
	struct ring_buffer *ring;
	drop_fn *fn;
	void *ctx;
	int lock;
};

/* A record of a kind that this release does not know, or of another size, is passed over. */
static int record_take(void *ctx, void *data, size_t size)
{
	struct event_consumer *consumer = ctx;
	struct drop_event event;

	if (size < sizeof(event))
		return 0;
	memcpy(&event, data, sizeof(event));
	if (event.kind == EVENT_DROP)
		consumer->fn(&event, consumer->ctx);
	return 0;
}

int event_consumer_new(const struct datapath_maps *maps, const char *run_dir, drop_fn *fn,
		       void *ctx, struct event_consumer **ret_consumer, struct error *err)
{
	CLEANUP(event_consumer_free) struct event_consumer *consumer = calloc(1, sizeof(*consumer));
	int rc;

	if (!consumer)
		return error_set(err, -ENOMEM, "read the ring of records");
	consumer->fn = fn;
	consumer->ctx = ctx;
	consumer->lock = -1;
	if ((rc = run_lock_hold(run_dir, RUN_LOCK_EVENTS, 0, &consumer->lock, err)))
		return rc;
	consumer->ring = ring_buffer__new(maps->events, record_take, consumer, NULL);
	if (!consumer->ring)
		return error_set(err, -errno, "open the ring of records");
	*ret_consumer = consumer;
	consumer = NULL;
	return 0;
}

void event_consumer_free(struct event_consumer **consumer)
{
	if (!*consumer)
		return;
	ring_buffer__free((*consumer)->ring);
	fd_close(&(*consumer)->lock);
	free(*consumer);
	*consumer = NULL;
}

int event_consumer_fd(const struct event_consumer *consumer)
{
	return ring_buffer__epoll_fd(consumer->ring);
}

int event_consumer_take(struct event_consumer *consumer)
{
	return ring_buffer__consume(consumer->ring);
}
