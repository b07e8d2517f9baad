/* SPDX-License-Identifier: Apache-2.0 */
/* probe - one short GET a connection, over TCP: for those who ask whether a node is well. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "byway/ip_addr.h"

/* Anybody can reach these ports: so many at a time, and the one that waits longest gives way. */
#define PROBES_MAX 64
#define PROBE_REQUEST_MAX 4096
#define PROBE_SECONDS 5
#define PROBE_BODY_SIZE 1024

struct event_base;
struct probe_server;
struct probe_listener;

struct probe_answer {
	int status;		    /* 200, 404, 503 */
	char header[128];	    /* one more "Name: value", or "" */
	char body[PROBE_BODY_SIZE]; /* JSON */
};

/* Answers what is at path; ctx is the listener's. */
typedef void probe_fn(const char *path, void *ctx, struct probe_answer *ret_answer);

int probe_server_new(struct event_base *base, struct probe_server **ret_server, struct error *err);
/* probe_server_free - with its connections; its listeners have been freed before. NULL is fine. */
void probe_server_free(struct probe_server **server);

/* probe_listen - addr NULL: every address of both families. */
int probe_listen(struct probe_server *server, const struct ip_addr *addr, uint16_t port,
		 probe_fn *fn, void *ctx, struct probe_listener **ret_listener, struct error *err);
void probe_listener_free(struct probe_listener **listener);
