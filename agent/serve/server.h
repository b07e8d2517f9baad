/* SPDX-License-Identifier: Apache-2.0 */
/* server - HTTP on the run directory's Unix socket, and for metrics and health on TCP. */
#pragma once

#include "agent/config.h"
#include "agent/serve/api.h"

struct event_base;
struct server;

/*
 * server_new - answers api's requests from base's loop on. The socket is 0600 from its first
 * moment; one that a dead agent left is replaced: the caller holds agent.lock, so that no other is
 * alive. listen may be off. api, base and run_dir outlive the server.
 */
int server_new(struct event_base *base, const char *run_dir, const struct config_listen *listen,
	       const struct api *api, struct server **ret_server, struct error *err);

/* server_free - also takes the socket away. Accepts NULL. */
void server_free(struct server **server);
