/* SPDX-License-Identifier: Apache-2.0 */
/* loop - what the agent reacts to while it runs: records, interfaces, drops, time and signals. */
#include "agent/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/events/consumer.h"
#include "agent/link_watch.h"
#include "agent/records_watch.h"
#include "agent/start.h"
#include "base/cleanup.h"
#include "base/log.h"

/* Long enough that the notifications of one DEL are looked at together, once it is through. */
static const struct timeval settle_time = { .tv_usec = 50 * 1000 };
/* Removing a tcx link's pin and closing it is announced to nobody. */
static const struct timeval sweep_time = { .tv_sec = 30 };

struct loop {
	struct agent *agent;
	struct event_base *base;
	int records_fd;
	struct link_watch *links;
	struct event_consumer *consumer;
	struct event *records, *link, *drops, *settle, *sweep, *term, *interrupt;
	bool all_suspect;
	int signal;
};

struct event_base *loop_base(const struct loop *loop)
{
	return loop->base;
}

void loop_facts_update(struct agent *agent)
{
	agent->facts.adopted = agent->endpoints.adopted;
	agent->facts.repairs = agent->endpoints.repairs;
	agent->facts.broken = agent->endpoints.broken;
}

static void endpoints_bring_in_line(struct agent *agent, bool anew)
{
	struct error err;
	int rc = anew ? endpoints_scan(&agent->endpoints, &err) :
			endpoints_sync(&agent->endpoints, &err);

	if (rc)
		log_error("endpoints: %s; tried again at the next change", err.text);
	loop_facts_update(agent);
}

static void record_changed(const char *file, void *ctx)
{
	struct agent *agent = ctx;

	endpoints_look(&agent->endpoints, file);
}

static void on_records(evutil_socket_t fd, short what, void *ctx);

/*
 * Somebody removed runDir/endpoints: it is made again, for the plugin to find and for us to watch.
 */
static int records_open(struct loop *loop, struct error *err)
{
	int rc;

	if (loop->records)
		event_free(loop->records);
	loop->records = NULL;
	fd_close(&loop->records_fd);
	rc = records_watch_open(loop->agent->config.run_dir.text, &loop->records_fd, err);
	if (rc)
		return rc;
	loop->records =
		event_new(loop->base, loop->records_fd, EV_READ | EV_PERSIST, on_records, loop);
	if (!loop->records || event_add(loop->records, NULL) < 0)
		return error_set(err, -ENOMEM, "watch the records");
	return 0;
}

static void on_records(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *loop = ctx;
	struct error err;
	int rc = records_watch_take(fd, record_changed, loop->agent);

	(void)what;
	if (rc == -ESTALE && records_open(loop, &err))
		log_error("%s", err.text);
	endpoints_bring_in_line(loop->agent, rc != 0);
}

static void link_changed(uint32_t ifindex, void *ctx)
{
	struct loop *loop = ctx;
	struct known_endpoint *known =
		ifindex ? known_by_ifindex(&loop->agent->endpoints.known, ifindex) : NULL;

	if (ifindex && !known)
		return;
	if (known)
		known->suspect = true;
	else
		loop->all_suspect = true;
	if (!event_pending(loop->settle, EV_TIMEOUT, NULL))
		event_add(loop->settle, &settle_time);
}

static void on_link(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *loop = ctx;

	(void)fd, (void)what;
	link_watch_take(loop->links);
}

static void on_settle(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *loop = ctx;

	(void)fd, (void)what;
	endpoints_repair(&loop->agent->endpoints, loop->all_suspect);
	loop->all_suspect = false;
	endpoints_bring_in_line(loop->agent, false);
}

static void drop_seen(const struct drop_event *event, void *ctx)
{
	struct agent *agent = ctx;
	struct known_endpoint *known = known_by_ifindex(&agent->endpoints.known, event->ifindex);

	drop_log_add(&agent->drops, event, known ? known->label : NULL);
}

static void on_drops(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *loop = ctx;

	(void)fd, (void)what;
	event_consumer_take(loop->consumer);
}

/*
 * A `byway drops --follow` that runs without an agent may have the ring: it is asked for again
 * later.
 */
static void consumer_open(struct loop *loop)
{
	struct agent *agent = loop->agent;
	struct error err;
	int rc = event_consumer_new(&agent->maps, agent->config.run_dir.text, drop_seen, agent,
				    &loop->consumer, &err);

	if (rc) {
		log_warning("drop records are not read: %s; tried again later", err.text);
		return;
	}
	loop->drops = event_new(loop->base, event_consumer_fd(loop->consumer), EV_READ | EV_PERSIST,
				on_drops, loop);
	agent->facts.reads_events = loop->drops && event_add(loop->drops, NULL) == 0;
	event_consumer_take(loop->consumer);
}

static void on_sweep(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *loop = ctx;
	bool anew = !loop->records; /* opening it again failed */
	struct error err;

	(void)fd, (void)what;
	if (!loop->consumer)
		consumer_open(loop);
	if (anew && records_open(loop, &err))
		log_error("%s", err.text);
	forwarding_ensure(loop->agent, false);
	endpoints_repair(&loop->agent->endpoints, true);
	endpoints_bring_in_line(loop->agent, anew);
}

static void on_signal(evutil_socket_t number, short what, void *ctx)
{
	struct loop *loop = ctx;

	(void)what;
	loop->signal = number;
	event_base_loopbreak(loop->base);
}

static int events_add(struct loop *loop)
{
	loop->link = event_new(loop->base, link_watch_fd(loop->links), EV_READ | EV_PERSIST,
			       on_link, loop);
	loop->settle = evtimer_new(loop->base, on_settle, loop);
	loop->sweep = event_new(loop->base, -1, EV_PERSIST, on_sweep, loop);
	loop->term = evsignal_new(loop->base, SIGTERM, on_signal, loop);
	loop->interrupt = evsignal_new(loop->base, SIGINT, on_signal, loop);
	if (!loop->link || !loop->settle || !loop->sweep || !loop->term || !loop->interrupt)
		return -ENOMEM;
	if (event_add(loop->link, NULL) < 0 || event_add(loop->sweep, &sweep_time) < 0 ||
	    event_add(loop->term, NULL) < 0 || event_add(loop->interrupt, NULL) < 0)
		return -EIO;
	return 0;
}

int loop_new(struct agent *agent, struct loop **ret_loop, struct error *err)
{
	CLEANUP(loop_free) struct loop *loop = calloc(1, sizeof(*loop));
	int rc;

	if (!loop || !(loop->base = event_base_new()))
		return error_set(err, -ENOMEM, "make the event loop");
	loop->agent = agent;
	loop->records_fd = -1;
	if ((rc = link_watch_new(link_changed, loop, &loop->links, err)) ||
	    (rc = records_open(loop, err)))
		return rc;
	if ((rc = events_add(loop)))
		return error_set(err, rc, "make the event loop");
	consumer_open(loop);
	*ret_loop = loop;
	loop = NULL;
	return 0;
}

static void event_drop(struct event *event)
{
	if (event)
		event_free(event);
}

void loop_free(struct loop **ret_loop)
{
	struct loop *loop = *ret_loop;

	if (!loop)
		return;
	event_drop(loop->records);
	event_drop(loop->link);
	event_drop(loop->drops);
	event_drop(loop->settle);
	event_drop(loop->sweep);
	event_drop(loop->term);
	event_drop(loop->interrupt);
	event_consumer_free(&loop->consumer);
	link_watch_free(&loop->links);
	if (loop->records_fd >= 0)
		fd_close(&loop->records_fd);
	if (loop->base)
		event_base_free(loop->base);
	free(loop);
	*ret_loop = NULL;
}

int loop_run(struct loop *loop)
{
	event_base_dispatch(loop->base);
	return loop->signal;
}
