/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_events - uplinks and routes while the agent runs: what the kernel tells, and time. */
#include "agent/uplink_events.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "agent/network.h"
#include "agent/routes.h"
#include "base/cleanup.h"
#include "base/log.h"

/* An interface that is set up tells of itself, its addresses and its routes one by one. */
static const struct timeval settle_time = { .tv_usec = 50 * 1000 };
/* Detaching a tcx link is announced to nobody. */
static const struct timeval sweep_time = { .tv_sec = 30 };

struct uplink_events {
	struct agent *agent;
	struct network_watch *watch;
	struct event *network, *settle, *sweep;
	enum uplinks_why why;
	struct error routes_problem;
};

static void look_soon(struct uplink_events *events, enum uplinks_why why)
{
	if (why < events->why)
		events->why = why;
	if (!evtimer_pending(events->settle, NULL))
		evtimer_add(events->settle, &settle_time);
}

static void link_changed(const struct link_fact *link, void *ctx)
{
	struct uplink_events *events = ctx;

	if (uplinks_want_link(&events->agent->uplinks, link))
		look_soon(events, UPLINKS_MOVED);
}

static void address_changed(const struct address_fact *address, void *ctx)
{
	struct uplink_events *events = ctx;

	if (uplinks_want_address(&events->agent->uplinks, address))
		look_soon(events, UPLINKS_MOVED);
}

static void route_changed(const struct route_fact *route, void *ctx)
{
	struct uplink_events *events = ctx;

	if (uplinks_want_route(&events->agent->uplinks, route))
		look_soon(events, UPLINKS_MOVED);
}

static void filter_gone(uint32_t ifindex, void *ctx)
{
	struct uplink_events *events = ctx;

	if (uplink_find(&events->agent->uplinks.list, ifindex))
		look_soon(events, UPLINKS_CHECK);
}

static void notifications_lost(void *ctx)
{
	look_soon(ctx, UPLINKS_MOVED);
}

static void on_network(evutil_socket_t fd, short what, void *ctx)
{
	struct uplink_events *events = ctx;

	(void)fd, (void)what;
	network_watch_take(events->watch);
}

static void on_settle(evutil_socket_t fd, short what, void *ctx)
{
	struct uplink_events *events = ctx;
	enum uplinks_why why = events->why;

	(void)fd, (void)what;
	events->why = UPLINKS_CHECK;
	uplinks_bring_in_line(&events->agent->uplinks, why);
}

static void routes_bring_in_line(struct uplink_events *events)
{
	struct agent *agent = events->agent;
	struct error err;
	int rc = routes_sync(&agent->route_maps, &agent->maps.epoch, &agent->config, &err);

	if (rc && strcmp(err.text, events->routes_problem.text))
		log_error("%s", err.text);
	events->routes_problem = rc ? err : (struct error){};
	agent->uplinks.facts.routes_problem = rc ? events->routes_problem.text : NULL;
}

static void on_sweep(evutil_socket_t fd, short what, void *ctx)
{
	struct uplink_events *events = ctx;

	(void)fd, (void)what;
	routes_bring_in_line(events);
	uplinks_bring_in_line(&events->agent->uplinks, UPLINKS_CHECK);
}

static int events_add(struct uplink_events *events, struct event_base *base)
{
	events->network = event_new(base, network_watch_fd(events->watch), EV_READ | EV_PERSIST,
				    on_network, events);
	events->settle = evtimer_new(base, on_settle, events);
	events->sweep = event_new(base, -1, EV_PERSIST, on_sweep, events);
	if (!events->network || !events->settle || !events->sweep)
		return -ENOMEM;
	if (event_add(events->network, NULL) < 0 || event_add(events->sweep, &sweep_time) < 0)
		return -EIO;
	return 0;
}

int uplink_events_new(struct agent *agent, struct event_base *base, struct uplink_events **ret,
		      struct error *err)
{
	CLEANUP(uplink_events_free) struct uplink_events *events = calloc(1, sizeof(*events));
	const struct network_sink sink = { link_changed, address_changed,    route_changed,
					   filter_gone,	 notifications_lost, events };
	int rc;

	if (!events)
		return error_set(err, -ENOMEM, "watch the uplinks");
	events->agent = agent;
	events->why = UPLINKS_CHECK;
	if ((rc = route_maps_open(agent->config.bpf_dir.text, &agent->route_maps, err)) ||
	    (rc = network_watch_new(&sink, &events->watch, err)))
		return rc;
	if ((rc = events_add(events, base)))
		return error_set(err, rc, "watch the uplinks");
	uplinks_init(&agent->uplinks, &agent->config.uplinks, agent->config.bpf_dir.text,
		     &agent->route_maps, &agent->maps.epoch, agent->config.attach);
	agent->uplinks.facts.masquerade = agent->config.masquerade;
	routes_bring_in_line(events);
	uplinks_bring_in_line(&agent->uplinks, UPLINKS_RENEW);
	*ret = events;
	events = NULL;
	return 0;
}

static void event_drop(struct event *event)
{
	if (event)
		event_free(event);
}

void uplink_events_free(struct uplink_events **ret_events)
{
	struct uplink_events *events = *ret_events;

	if (!events)
		return;
	event_drop(events->network);
	event_drop(events->settle);
	event_drop(events->sweep);
	network_watch_free(&events->watch);
	free(events);
	*ret_events = NULL;
}
