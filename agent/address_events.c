/* SPDX-License-Identifier: Apache-2.0 */
/* address_events - the node's addresses while the agent runs, and map node_addresses with them. */
#include "agent/address_events.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "agent/address_watch.h"
#include "agent/node_addresses.h"
#include "base/cleanup.h"
#include "base/log.h"

#define NODE_ADDRESSES_MAX 1024 /* as bpf/maps.h has it */

/* The addresses of an interface come and go together. */
static const struct timeval settle_time = { .tv_usec = 50 * 1000 };

struct address_events {
	struct agent *agent;
	struct address_watch *watch;
	struct event *change, *settle;
	bool over_full;
};

struct gathering {
	const struct agent *agent;
	struct node_address *list;
	size_t count;
	bool over_full;
};

static void address_gather(const struct ip_addr *addr, uint32_t ifindex, void *ctx)
{
	struct gathering *gathering = ctx;
	const struct agent *agent = gathering->agent;
	struct node_address address;

	if (known_by_ifindex(&agent->endpoints.known, ifindex) ||
	    !node_address_judge(addr, &agent->config.node_port_addresses, &address))
		return;
	gathering->over_full = gathering->count == NODE_ADDRESSES_MAX;
	if (!gathering->over_full)
		gathering->list[gathering->count++] = address;
}

static void over_full_say(struct address_events *events, bool over_full)
{
	if (over_full && !events->over_full)
		log_error("the node has more than %d addresses: node ports are not served on the "
			  "others",
			  NODE_ADDRESSES_MAX);
	events->over_full = over_full;
}

void address_events_look(struct address_events *events)
{
	struct agent *agent = events->agent;
	struct gathering gathering = { .agent = agent };
	struct error err;
	size_t writes = 0;
	int rc;

	gathering.list = calloc(NODE_ADDRESSES_MAX, sizeof(*gathering.list));
	if (!gathering.list)
		return;
	rc = address_watch_list(address_gather, &gathering, &err);
	if (rc == 0)
		rc = sync_node_addresses(&agent->reconcile.sync, gathering.list, gathering.count,
					 &writes, &err);
	if (writes)
		epoch_advance(&agent->maps.epoch);
	if (rc)
		log_error("%s", err.text);
	over_full_say(events, gathering.over_full);
	free(gathering.list);
}

static void on_change(evutil_socket_t fd, short what, void *ctx)
{
	struct address_events *events = ctx;

	(void)fd, (void)what;
	address_watch_take(events->watch);
	if (!evtimer_pending(events->settle, NULL))
		evtimer_add(events->settle, &settle_time);
}

static void on_settle(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	address_events_look(ctx);
}

int address_events_new(struct agent *agent, struct event_base *base,
		       struct address_events **ret_events, struct error *err)
{
	CLEANUP(address_events_free) struct address_events *events = calloc(1, sizeof(*events));
	int rc;

	if (!events)
		return error_set(err, -ENOMEM, "watch the node's addresses");
	events->agent = agent;
	if ((rc = address_watch_new(&events->watch, err)))
		return rc;
	events->change = event_new(base, address_watch_fd(events->watch), EV_READ | EV_PERSIST,
				   on_change, events);
	events->settle = evtimer_new(base, on_settle, events);
	if (!events->change || !events->settle || event_add(events->change, NULL) < 0)
		return error_set(err, -ENOMEM, "watch the node's addresses");
	*ret_events = events;
	events = NULL;
	return 0;
}

static void event_drop(struct event *event)
{
	if (event)
		event_free(event);
}

void address_events_free(struct address_events **ret_events)
{
	struct address_events *events = *ret_events;

	if (!events)
		return;
	event_drop(events->change);
	event_drop(events->settle);
	address_watch_free(&events->watch);
	free(events);
	*ret_events = NULL;
}
