/* SPDX-License-Identifier: Apache-2.0 */
/* start - from a configuration to an agent that is ready, step by step. */
#include "agent/start.h"

#include <errno.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/adopt.h"
#include "agent/clock.h"
#include "agent/config_dirs.h"
#include "agent/conflist.h"
#include "agent/follow.h"
#include "agent/loop.h"
#include "agent/mtu.h"
#include "agent/run_lock.h"
#include "agent/serve/server.h"
#include "agent/sockets.h"
#include "agent/sysctl.h"
#include "agent/uplink_events.h"
#include "base/file.h"
#include "base/log.h"
#include "datapath/attach.h"
#include "datapath/load.h"
#include "datapath/lock.h"

/*
 * The plugin holds the lock, shared, for one ADD or DEL; those take milliseconds, or a delegate's
 * time.
 */
#define LOCK_WAIT_MS 30000

/* One that was killed a moment ago may not be quite gone. */
#define SUCCESSION_MS 3000

static int say_what_is_unused(struct agent *agent, struct error *err)
{
	size_t cursor = 0;
	const char *key;

	(void)err;
	while ((key = config_unused_next(&agent->config, &cursor)))
		log_warning("%s: accepted, has no effect yet", key);
	if (agent->config.source == SOURCE_KUBERNETES)
		log_warning("source.kind kubernetes: not followed yet; services stay as they are");
	log_warning("network policies are not enforced yet: endpoints are ready at once");
	return 0;
}

static int dirs_make(struct agent *agent, struct error *err)
{
	const char *run_dir = agent->config.run_dir.text;
	struct stat st;
	int rc;

	if ((rc = config_dirs_check(&agent->config, err)))
		return rc;
	if ((rc = dir_make(run_dir, 0700, err)))
		return error_prefix(err, "runDir");
	if (stat(run_dir, &st) == 0 && st.st_mode & (S_IWGRP | S_IWOTH))
		log_warning("runDir: '%s' may be written by others than its owner", run_dir);
	if (!(rc = bpf_dir_ensure(agent->config.bpf_dir.text, err)))
		return 0;
	error_prefix(err, "bpfDir");
	return rc == -ENOTSUP ? -EINVAL : rc;
}

static int only_agent(struct agent *agent, struct error *err)
{
	int rc = run_lock_hold(agent->config.run_dir.text, RUN_LOCK_AGENT, SUCCESSION_MS,
			       &agent->lock, err);

	if (rc == -EBUSY)
		return error_say(err, rc, "another agent is running with runDir '%s'",
				 agent->config.run_dir.text);
	return rc;
}

static int attach_choose(struct agent *agent, struct error *err)
{
	int rc = attach_kind_resolve(agent->config.attach, &agent->settings.attach, err);

	return rc == -ENOTSUP ? -EINVAL : rc;
}

static struct map_sizes map_sizes_of(const struct agent_config *config)
{
	long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
	struct map_sizes sizes = config->sizes;

	map_sizes_by_memory(&sizes, pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes : 0);
	return sizes;
}

/* Under the lock no ADD and no DEL is half done, and none begins with programs about to go. */
static int datapath_take_over(struct agent *agent, struct error *err)
{
	const struct agent_config *config = &agent->config;
	struct load_settings settings = {
		.bpf_dir = config->bpf_dir.text,
		.drop_events = config->drop_events,
		.endpoints_max = config->endpoints_max,
		.sizes = map_sizes_of(config),
		.events_bytes = config->events_bytes,
		.masquerade = config->masquerade,
		.host_sockets_only = config->socket_services == SOCKET_SERVICES_HOST,
	};
	CLEANUP(fd_close) int lock = -1;
	struct adopt_report report;
	int rc;

	memcpy(settings.timeouts_s, config->timeouts_s, sizeof(settings.timeouts_s));
	if ((rc = lock_take(config->run_dir.text, LOCK_EXCLUSIVE, LOCK_WAIT_MS, &lock, err)) ||
	    (rc = datapath_load(&settings, NULL, err)) ||
	    (rc = datapath_maps_open(config->bpf_dir.text, &agent->maps, err)) ||
	    (rc = adopt(&agent->maps, config->run_dir.text, agent->settings.attach, &report, err)))
		return rc;
	malloc_trim(0); /* loading took megabytes that are not needed again */
	if (report.attached || report.restored || report.failed)
		log_info(
			"adopted: programs renewed on %zu interfaces, %zu addresses put back, %zu failed",
			report.attached, report.restored, report.failed);
	return 0;
}

static int sockets_begin(struct agent *agent, struct error *err)
{
	return sockets_take_over(&agent->config, err);
}

/* What the maps hold is learnt before anything can change it. */
static int services_learn(struct agent *agent, struct error *err)
{
	int rc = service_maps_open(agent->config.bpf_dir.text, &agent->service_maps, err);

	if (rc)
		return rc;
	return reconcile_init(&agent->reconcile, agent->config.node_name, &agent->service_maps,
			      &agent->maps.epoch, err);
}

static const char *health_problem(const void *ctx, const char *key)
{
	const struct agent *agent = ctx;

	return *key ? health_ports_problem(agent->health_ports, key) :
		      health_ports_node_problem(agent->health_ports);
}

static void services_facts_fill(struct agent *agent)
{
	agent->services = (struct services_facts){ .reconcile = &agent->reconcile,
						   .source = agent->source,
						   .health_problem = health_problem,
						   .health_ctx = agent };
	agent->view.service_maps = &agent->service_maps;
	agent->view.services = &agent->services;
}

static void facts_fill(struct agent *agent)
{
	agent->facts = (struct agent_facts){
		.node_name = agent->config.node_name,
		.source = source_kind_name(agent->config.source),
		.pid = getpid(),
		.started = time(NULL),
	};
	agent->view = (struct node_view){ .maps = &agent->maps,
					  .run_dir = agent->config.run_dir.text,
					  .drops = &agent->drops,
					  .agent = &agent->facts };
	agent->api = (struct api){ .view = &agent->view,
				   .endpoints = &agent->endpoints,
				   .ready = &agent->facts.ready };
}

/* The watch comes before the scan: a record that appears between them is seen twice, not never. */
static int endpoints_follow(struct agent *agent, struct error *err)
{
	struct error why;
	int rc;

	facts_fill(agent);
	endpoints_init(&agent->endpoints, &agent->maps, agent->config.run_dir.text,
		       agent->settings.attach);
	if ((rc = loop_new(agent, &agent->loop, err)) ||
	    (rc = health_ports_new(loop_base(agent->loop), &agent->config.health_listen,
				   &agent->reconcile, &agent->health_ports, err)) ||
	    (rc = follow_new(agent, loop_base(agent->loop), &agent->follow, err)))
		return rc;
	/*
	 * An endpoint that stays pending (a full map) must not keep the node's others from an
	 * agent.
	 */
	if (endpoints_scan(&agent->endpoints, &why))
		log_error("endpoints: %s", why.text);
	services_facts_fill(agent);
	follow_start(agent->follow);
	loop_facts_update(agent);
	return 0;
}

/* What comes in finds pods, services and routes in place. */
static int uplinks_follow(struct agent *agent, struct error *err)
{
	int rc = uplink_events_new(agent, loop_base(agent->loop), &agent->uplink_events, err);

	agent->view.uplinks = rc ? NULL : &agent->uplinks.facts;
	return rc;
}

static int settings_publish(struct agent *agent, struct error *err)
{
	struct node_settings *settings = &agent->settings;
	const struct config_ranges *ranges = &agent->config.pod_cidrs;

	settings->mtu = agent->config.mtu ? agent->config.mtu : mtu_of_uplinks();
	memcpy(settings->ranges, ranges->items, sizeof(settings->ranges));
	settings->range_count = ranges->count;
	return node_settings_write(agent->config.run_dir.text, settings, err);
}

void forwarding_ensure(const struct agent *agent, bool warn)
{
	bool v4 = false, v6 = false;

	for (size_t i = 0; i < agent->settings.range_count; i++) {
		bool is_v4 = ip_addr_is_v4(&agent->settings.ranges[i].addr);

		v4 |= is_v4;
		v6 |= !is_v4;
	}
	sysctl_forwarding(v4, v6, warn);
}

static int forwarding_enable(struct agent *agent, struct error *err)
{
	(void)err;
	forwarding_ensure(agent, true);
	return 0;
}

static int api_serve(struct agent *agent, struct error *err)
{
	agent->facts.ready = true;
	return server_new(loop_base(agent->loop), agent->config.run_dir.text, &agent->config.listen,
			  &agent->api, &agent->server, err);
}

/* Last: with it the runtime begins to run pods. */
static int conflist_publish(struct agent *agent, struct error *err)
{
	const struct agent_config *config = &agent->config;
	bool changed;
	int rc;

	if (!*config->cni_conf_dir.text)
		return 0;
	if (!config->pod_cidrs.count) {
		log_warning(
			"podCIDRs: none given, so no conflist is written: pods could get no address");
		return 0;
	}
	if ((rc = conflist_write(config, &changed, err)))
		return rc;
	log_info("conflist %s: %s/%s", changed ? "written" : "unchanged", config->cni_conf_dir.text,
		 config->cni_conf_name);
	return 0;
}

/* clang-format off */
static int (*const steps[])(struct agent *agent, struct error *err) = {
	say_what_is_unused,
	dirs_make,
	only_agent,
	attach_choose,
	datapath_take_over,
	sockets_begin,
	services_learn,
	endpoints_follow,
	uplinks_follow,
	settings_publish,
	forwarding_enable,
	api_serve,
	conflist_publish,
};
/* clang-format on */

int agent_start(struct agent *agent, struct error *err)
{
	int rc;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if ((rc = steps[i](agent, err)))
			return rc;
	agent->facts.start_ms = (uint32_t)((clock_ns() - agent->started_ns) / 1000000);
	log_info("ready in %u ms: node %s, mtu %u, attach %s, %zu ranges, %u endpoints",
		 agent->facts.start_ms, agent->config.node_name, agent->settings.mtu,
		 attach_kind_name(agent->settings.attach), agent->settings.range_count,
		 HASH_COUNT(agent->endpoints.known.by_key));
	return 0;
}

void agent_stop(struct agent *agent)
{
	server_free(&agent->server);
	uplink_events_free(&agent->uplink_events);
	follow_free(&agent->follow);
	health_ports_free(&agent->health_ports);
	loop_free(&agent->loop);
	endpoints_done(&agent->endpoints);
	local_pods_done(&agent->local_pods);
	reconcile_done(&agent->reconcile);
	service_maps_close(&agent->service_maps);
	route_maps_close(&agent->route_maps);
	datapath_maps_close(&agent->maps);
	fd_close(&agent->lock);
}
