/* SPDX-License-Identifier: Apache-2.0 */
/* health_ports - the ports on which load balancers ask for health: the node's, and services'. */
#include "agent/health_ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "agent/clock.h"
#include "agent/compile/explain.h"
#include "agent/health.h"
#include "agent/serve/probe.h"
#include "base/cleanup.h"
#include "base/log.h"

struct health_port {
	UT_hash_handle hh;
	struct health_ports *owner;
	struct probe_listener *listener; /* NULL: problem says why */
	char *problem;
	uint16_t port;
	bool wanted;
	char key[]; /* the service's: "namespace/name" */
};

struct health_ports {
	struct probe_server *server;
	const struct config_listen *listen;
	struct probe_listener *node; /* NULL: node_problem says why, or it is off */
	char *node_problem;
	const struct reconcile *reconcile;
	struct health_port *by_key;
};

static struct health_facts facts_now(const struct health_ports *ports)
{
	const struct reconcile_facts *facts = &ports->reconcile->facts;
	const struct cluster *cluster = ports->reconcile->cluster;
	const struct object *node =
		cluster_object_find(cluster, OBJECT_NODE, "", cluster_node(cluster));

	return (struct health_facts){
		.now = time(NULL),
		.last_updated = facts->last_pass,
		.pending_ns = facts->pending_since_ns ? clock_ns() - facts->pending_since_ns : 0,
		.deleting = node && node->node.deleting,
	};
}

static void node_answer(const char *path, void *ctx, struct probe_answer *ret_answer)
{
	struct health_facts facts = facts_now(ctx);
	bool live = !strcmp(path, "/livez");

	if (!live && strcmp(path, "/healthz"))
		return;
	ret_answer->status = health_status(&facts, live);
	health_body(&facts, ret_answer->body, sizeof(ret_answer->body));
}

static size_t local_ready(const struct cluster *cluster, const struct cluster_service *service)
{
	size_t count[2] = {};

	if (service_local_ready(cluster, service, count))
		return 0;
	return count[0] > count[1] ? count[0] : count[1];
}

static void service_answer(const char *path, void *ctx, struct probe_answer *ret_answer)
{
	const struct health_port *port = ctx;
	const struct cluster *cluster = port->owner->reconcile->cluster;
	const struct cluster_service *service = cluster_service_find(cluster, port->key);
	struct health_facts facts = facts_now(port->owner);
	struct service_health health = { .proxy_healthy = health_is_fresh(&facts) };

	(void)path; /* as kube-proxy's: whatever they ask for */
	if (!service || !service->object)
		return;
	health.namespace = service->object->namespace;
	health.name = service->object->name;
	health.local_ready = local_ready(cluster, service);
	ret_answer->status = service_health_status(&health);
	snprintf(ret_answer->header, sizeof(ret_answer->header),
		 "X-Load-Balancing-Endpoint-Weight: %zu", health.local_ready);
	service_health_body(&health, ret_answer->body, sizeof(ret_answer->body));
}

static void port_remove(struct health_ports *ports, struct health_port *port)
{
	HASH_DEL(ports->by_key, port);
	probe_listener_free(&port->listener);
	free(port->problem);
	free(port);
}

static void port_open(struct health_port *port)
{
	struct error err;

	if (probe_listen(port->owner->server, NULL, port->port, service_answer, port,
			 &port->listener, &err) == 0) {
		free(port->problem);
		port->problem = NULL;
		return;
	}
	if (!port->problem)
		log_warning("service %s: healthCheckNodePort: %s; tried again", port->key,
			    err.text);
	free(port->problem);
	port->problem = strdup(err.text);
}

static void port_add(struct health_ports *ports, const char *key, uint16_t number)
{
	struct health_port *port = calloc(1, sizeof(*port) + strlen(key) + 1);

	if (!port)
		return;
	strcpy(port->key, key);
	port->owner = ports;
	port->port = number;
	port->wanted = true;
	HASH_ADD_STR(ports->by_key, key, port);
	port_open(port);
}

static struct health_port *port_find(const struct health_ports *ports, const char *key)
{
	struct health_port *port;

	HASH_FIND_STR(ports->by_key, key, port);
	return port;
}

static uint16_t number_wanted(const struct cluster_service *service)
{
	if (!service->object || service->host_port || service->object->service.ignored ||
	    !service->object->service.external_local)
		return 0;
	return service->object->service.health_check_port;
}

static void service_look(struct health_ports *ports, const struct cluster_service *service)
{
	uint16_t number = number_wanted(service);
	struct health_port *port = number ? port_find(ports, service->key) : NULL;

	if (port && port->port == number)
		port->wanted = true;
	else if (port)
		port_remove(ports, port), port = NULL;
	if (number && !port)
		port_add(ports, service->key, number);
	else if (port && !port->listener)
		port_open(port);
}

static void node_open(struct health_ports *ports)
{
	const struct config_listen *listen = ports->listen;
	struct error err;
	int rc;

	if (ports->node || !listen->on)
		return;
	rc = probe_listen(ports->server, &listen->addr, listen->port, node_answer, ports,
			  &ports->node, &err);
	if (rc && !ports->node_problem)
		log_warning("healthListen: %s; tried again", err.text);
	free(ports->node_problem);
	ports->node_problem = rc ? strdup(err.text) : NULL;
}

void health_ports_update(struct health_ports *ports)
{
	const struct cluster *cluster = ports->reconcile->cluster;
	struct cluster_service *service;
	struct health_port *port, *next;

	node_open(ports);
	for (port = ports->by_key; port; port = port->hh.next)
		port->wanted = false;
	for (service = cluster_services(cluster); service; service = service->hh.next)
		service_look(ports, service);
	HASH_ITER(hh, ports->by_key, port, next) {
		if (!port->wanted)
			port_remove(ports, port);
	}
}

const char *health_ports_problem(const struct health_ports *ports, const char *key)
{
	const struct health_port *port = port_find(ports, key);

	return port ? port->problem : NULL;
}

const char *health_ports_node_problem(const struct health_ports *ports)
{
	return ports->node_problem;
}

int health_ports_new(struct event_base *base, const struct config_listen *listen,
		     const struct reconcile *reconcile, struct health_ports **ret_ports,
		     struct error *err)
{
	CLEANUP(health_ports_free) struct health_ports *ports = calloc(1, sizeof(*ports));
	int rc;

	if (!ports)
		return error_set(err, -ENOMEM, "answer health probes");
	ports->reconcile = reconcile;
	ports->listen = listen;
	if ((rc = probe_server_new(base, &ports->server, err)))
		return rc;
	node_open(ports);
	*ret_ports = ports;
	ports = NULL;
	return 0;
}

void health_ports_free(struct health_ports **ret_ports)
{
	struct health_ports *ports = *ret_ports;
	struct health_port *port, *next;

	if (!ports)
		return;
	HASH_ITER(hh, ports->by_key, port, next) {
		port_remove(ports, port);
	}
	probe_listener_free(&ports->node);
	free(ports->node_problem);
	probe_server_free(&ports->server);
	free(ports);
	*ret_ports = NULL;
}
