/* SPDX-License-Identifier: Apache-2.0 */
/* agent - everything that a running agent holds, in one place. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/config.h"
#include "agent/endpoints.h"
#include "agent/events/drop_log.h"
#include "agent/health_ports.h"
#include "agent/local_pods.h"
#include "agent/reconcile.h"
#include "agent/serve/api.h"
#include "agent/source/directory.h"
#include "agent/uplinks.h"
#include "agent/views/view.h"
#include "datapath/maps.h"
#include "datapath/node_settings.h"
#include "datapath/route_maps.h"
#include "datapath/service_maps.h"

struct event_base;
struct event_consumer;
struct follow;
struct loop;
struct server;
struct uplink_events;

struct agent {
	struct agent_config config;
	struct node_settings settings;
	uint64_t started_ns; /* CLOCK_MONOTONIC */
	int lock;	     /* run_lock: this is the one agent of its run directory */
	struct datapath_maps maps;
	struct service_maps service_maps;
	struct route_maps route_maps;
	struct endpoints endpoints;
	struct reconcile reconcile;
	struct local_pods local_pods;
	struct directory_source *source; /* NULL: another kind, or none */
	struct follow *follow;
	struct uplinks uplinks;
	struct uplink_events *uplink_events;
	struct health_ports *health_ports;
	struct drop_log drops;
	struct agent_facts facts;
	struct services_facts services;
	struct sweep_report sweep; /* the last */
	struct node_view view;
	struct api api;
	struct loop *loop;
	struct server *server;
};
