/* SPDX-License-Identifier: Apache-2.0 */
/* agent - everything that a running agent holds, in one place. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/config.h"
#include "agent/endpoints.h"
#include "agent/events/drop_log.h"
#include "agent/serve/api.h"
#include "agent/views/view.h"
#include "datapath/maps.h"
#include "datapath/node_settings.h"

struct event_base;
struct event_consumer;
struct loop;
struct server;

struct agent {
	struct agent_config config;
	struct node_settings settings;
	uint64_t started_ns; /* CLOCK_MONOTONIC */
	int lock;	     /* run_lock: this is the one agent of its run directory */
	struct datapath_maps maps;
	struct endpoints endpoints;
	struct drop_log drops;
	struct agent_facts facts;
	struct node_view view;
	struct api api;
	struct loop *loop;
	struct server *server;
};
