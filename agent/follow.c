/* SPDX-License-Identifier: Apache-2.0 */
/* follow - services while the agent runs: changes, passes, checks, addresses, sweeps. */
#include "agent/follow.h"

#include <errno.h>
#include <event2/event.h>
#include <malloc.h>
#include <stdlib.h>

#include "agent/address_events.h"
#include "agent/clock.h"
#include "agent/sockets.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "datapath/sweep.h"

#define RETRY_FIRST_S 1
#define RETRY_MAX_S 30
#define CHECK_S 60
/* A check of large maps takes long: it may have this share of the agent's time. */
#define CHECK_SHARE 200
#define SWEEP_S 10

/* Ports for health checks need not be there within the burst. */
static const struct timeval health_time = { .tv_usec = 200 * 1000 };

struct follow {
	struct agent *agent;
	struct event_base *base;
	struct address_events *addresses;
	struct event *source, *source_timer, *retry, *check, *sweep, *health, *sockets;
	time_t retry_s;
	bool records_known, records_changed, sweep_failed;
};

/* Until the records have been read, host ports of pods that still run would seem to be stale. */
static bool is_complete(const struct follow *follow)
{
	const struct agent *agent = follow->agent;

	if (!follow->records_known || agent->config.source == SOURCE_KUBERNETES)
		return false;
	return !agent->source || directory_source_complete(agent->source);
}

static void retry_arm(struct follow *follow)
{
	struct timeval wait = { .tv_sec = follow->retry_s };

	if (!reconcile_is_behind(&follow->agent->reconcile)) {
		follow->retry_s = RETRY_FIRST_S;
		return;
	}
	if (evtimer_pending(follow->retry, NULL))
		return;
	evtimer_add(follow->retry, &wait);
	follow->retry_s = follow->retry_s * 2 > RETRY_MAX_S ? RETRY_MAX_S : follow->retry_s * 2;
}

/* After the pass, which must not wait for it. */
static void sockets_arm(struct follow *follow)
{
	static const struct timeval at_once = { 0 };

	evtimer_add(follow->sockets, &at_once);
}

static void on_sockets(evutil_socket_t fd, short what, void *ctx)
{
	struct follow *follow = ctx;

	(void)fd, (void)what;
	sockets_free_stale(&follow->agent->config);
}

static void pass(struct follow *follow)
{
	if (reconcile_pass(&follow->agent->reconcile, is_complete(follow)))
		sockets_arm(follow);
	if (!evtimer_pending(follow->health, NULL))
		evtimer_add(follow->health, &health_time);
	retry_arm(follow);
}

static void on_retry(evutil_socket_t fd, short what, void *ctx)
{
	struct follow *follow = ctx;

	(void)fd, (void)what;
	if (reconcile_retry(&follow->agent->reconcile))
		sockets_arm(follow);
	retry_arm(follow);
}

static void check_arm(struct follow *follow, uint64_t took_ns)
{
	time_t wait_s = (time_t)(took_ns * CHECK_SHARE / 1000000000);
	struct timeval wait = { .tv_sec = wait_s > CHECK_S ? wait_s : CHECK_S };

	evtimer_add(follow->check, &wait);
}

static void on_check(evutil_socket_t fd, short what, void *ctx)
{
	struct follow *follow = ctx;
	uint64_t began_ns = clock_ns();

	(void)fd, (void)what;
	reconcile_check(&follow->agent->reconcile);
	retry_arm(follow);
	check_arm(follow, clock_ns() - began_ns);
}

static void on_health(evutil_socket_t fd, short what, void *ctx)
{
	struct follow *follow = ctx;

	(void)fd, (void)what;
	health_ports_update(follow->agent->health_ports);
}

/* --- the source ------------------------------------------------------------------------------- */

static void source_put(struct object *object, void *ctx)
{
	struct follow *follow = ctx;
	struct error err;

	if (cluster_put(follow->agent->reconcile.cluster, object, &err))
		log_error("%s", err.text);
}

static void source_gone(enum object_kind kind, const char *namespace, const char *name, void *ctx)
{
	struct follow *follow = ctx;

	cluster_gone(follow->agent->reconcile.cluster, kind, namespace, name);
}

static void source_settled(void *ctx)
{
	pass(ctx);
}

static void source_timer_arm(struct follow *follow)
{
	int wait_ms = directory_source_wait_ms(follow->agent->source);
	struct timeval wait = { .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 };

	evtimer_add(follow->source_timer, &wait);
}

static void on_source(evutil_socket_t fd, short what, void *ctx)
{
	struct follow *follow = ctx;

	(void)fd, (void)what;
	directory_source_take(follow->agent->source);
	source_timer_arm(follow);
}

static int source_open(struct follow *follow, struct error *err)
{
	struct agent *agent = follow->agent;
	const struct source_sink sink = { source_put, source_gone, source_settled, follow };
	int rc;

	if (agent->config.source != SOURCE_DIRECTORY)
		return 0;
	rc = directory_source_new(agent->config.source_path.text, &sink, &agent->source, err);
	if (rc)
		return error_prefix(err, "source.path");
	follow->source = event_new(follow->base, directory_source_fd(agent->source),
				   EV_READ | EV_PERSIST, on_source, follow);
	follow->source_timer = evtimer_new(follow->base, on_source, follow);
	if (!follow->source || !follow->source_timer || event_add(follow->source, NULL) < 0)
		return error_set(err, -ENOMEM, "follow the source");
	return 0;
}

/* --- records ---------------------------------------------------------------------------------- */

static void record_put(const struct record *record, void *ctx)
{
	struct follow *follow = ctx;
	struct error err;

	follow->records_changed = true;
	if (local_pods_put(&follow->agent->local_pods, record, &err))
		log_error("%s", err.text);
}

static void record_gone(const char *key, void *ctx)
{
	struct follow *follow = ctx;

	follow->records_changed = true;
	local_pods_gone(&follow->agent->local_pods, key);
}

static void records_scan_begin(void *ctx)
{
	local_pods_scan_begin(&((struct follow *)ctx)->agent->local_pods);
}

static void records_scan_end(void *ctx)
{
	struct follow *follow = ctx;

	follow->records_changed = true;
	follow->records_known = true;
	local_pods_scan_end(&follow->agent->local_pods);
}

static void records_settled(void *ctx)
{
	struct follow *follow = ctx;

	if (!follow->records_changed)
		return;
	follow->records_changed = false;
	pass(follow);
}

/* --- begin and end ---------------------------------------------------------------------------- */

/* In the kernel. The addresses are looked at again as well: nothing tells of a foreign change. */
static void on_sweep(evutil_socket_t fd, short what, void *ctx)
{
	struct follow *follow = ctx;
	struct agent *agent = follow->agent;
	struct error err;
	int rc = sweep_run(agent->config.bpf_dir.text, &agent->sweep, &err);

	(void)fd, (void)what;
	if (rc == 0)
		agent->services.sweep = &agent->sweep;
	else if (!follow->sweep_failed)
		log_error("connections are not swept: %s", err.text);
	follow->sweep_failed = rc != 0;
	address_events_look(follow->addresses);
	sockets_arm(follow); /* one that was connected while a pass ran */
}

static int timers_make(struct follow *follow, struct error *err)
{
	static const struct timeval sweep_time = { .tv_sec = SWEEP_S };

	follow->retry_s = RETRY_FIRST_S;
	follow->retry = evtimer_new(follow->base, on_retry, follow);
	follow->check = evtimer_new(follow->base, on_check, follow);
	follow->health = evtimer_new(follow->base, on_health, follow);
	follow->sockets = evtimer_new(follow->base, on_sockets, follow);
	follow->sweep = event_new(follow->base, -1, EV_PERSIST, on_sweep, follow);
	if (!follow->retry || !follow->check || !follow->health || !follow->sockets ||
	    !follow->sweep || event_add(follow->sweep, &sweep_time) < 0)
		return error_set(err, -ENOMEM, "make the event loop");
	check_arm(follow, 0);
	return 0;
}

int follow_new(struct agent *agent, struct event_base *base, struct follow **ret_follow,
	       struct error *err)
{
	CLEANUP(follow_free) struct follow *follow = calloc(1, sizeof(*follow));
	int rc;

	if (!follow)
		return error_set(err, -ENOMEM, "follow services");
	follow->agent = agent;
	follow->base = base;
	agent->local_pods.cluster = agent->reconcile.cluster;
	agent->endpoints.sink = (struct endpoints_sink){ record_put,	     record_gone,
							 records_scan_begin, records_scan_end,
							 records_settled,    follow };
	if ((rc = timers_make(follow, err)) || (rc = source_open(follow, err)) ||
	    (rc = address_events_new(agent, base, &follow->addresses, err)))
		return rc;
	*ret_follow = follow;
	follow = NULL;
	return 0;
}

void follow_start(struct follow *follow)
{
	address_events_look(follow->addresses);
	if (follow->agent->source)
		on_source(-1, 0, follow);
	malloc_trim(0);
}

static void event_drop(struct event *event)
{
	if (event)
		event_free(event);
}

void follow_free(struct follow **ret_follow)
{
	struct follow *follow = *ret_follow;

	if (!follow)
		return;
	follow->agent->endpoints.sink = (struct endpoints_sink){};
	event_drop(follow->source);
	event_drop(follow->source_timer);
	event_drop(follow->retry);
	event_drop(follow->check);
	event_drop(follow->sweep);
	event_drop(follow->health);
	event_drop(follow->sockets);
	address_events_free(&follow->addresses);
	directory_source_free(&follow->agent->source);
	free(follow);
	*ret_follow = NULL;
}
