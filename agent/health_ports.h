/* SPDX-License-Identifier: Apache-2.0 */
/* health_ports - the ports on which load balancers ask for health: the node's, and services'. */
#pragma once

#include "agent/config.h"
#include "agent/reconcile.h"

struct event_base;
struct health_ports;

/*
 * health_ports_new - listen says where the node's own is (it may be off). listen and reconcile
 * outlive it. What cannot be bound is tried again at each update: another may be about to leave it.
 */
int health_ports_new(struct event_base *base, const struct config_listen *listen,
		     const struct reconcile *reconcile, struct health_ports **ret_ports,
		     struct error *err);
void health_ports_free(struct health_ports **ports);

/* health_ports_update - as the services have their healthCheckNodePort now. */
void health_ports_update(struct health_ports *ports);

/* health_ports_node_problem - why the node's own port is not served, or NULL. */
const char *health_ports_node_problem(const struct health_ports *ports);

/* health_ports_problem - why a service's port is not served, or NULL. key: "namespace/name". */
const char *health_ports_problem(const struct health_ports *ports, const char *key);
