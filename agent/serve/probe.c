/* SPDX-License-Identifier: Apache-2.0 */
/* probe - one short GET a connection, over TCP: for those who ask whether a node is well. */
#include "agent/serve/probe.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "agent/serve/probe_request.h"
#include "base/cleanup.h"
#include "byway/ip_text.h"

#define BACKLOG 64

struct probe {
	TAILQ_ENTRY(probe) link; /* the one that waits longest comes first */
	struct probe_server *server;
	struct probe_listener *listener;
	struct bufferevent *stream;
};

struct probe_server {
	struct event_base *base;
	TAILQ_HEAD(probes, probe) probes;
	unsigned int count;
};

struct probe_listener {
	struct probe_server *server;
	struct evconnlistener *listener;
	probe_fn *fn;
	void *ctx;
};

static void probe_end(struct probe *probe)
{
	TAILQ_REMOVE(&probe->server->probes, probe, link);
	probe->server->count--;
	bufferevent_free(probe->stream);
	free(probe);
}

static const char *status_text(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	default:
		return "Service Unavailable";
	}
}

static void answer_send(struct probe *probe, const struct probe_answer *answer, bool body)
{
	struct evbuffer *out = bufferevent_get_output(probe->stream);

	evbuffer_add_printf(out,
			    "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
			    "X-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\n"
			    "Connection: close\r\n%s%s\r\n%s",
			    answer->status, status_text(answer->status), strlen(answer->body),
			    answer->header, *answer->header ? "\r\n" : "",
			    body ? answer->body : "");
	bufferevent_disable(probe->stream, EV_READ);
}

static void request_answer(struct probe *probe, const char *text)
{
	struct probe_answer answer = { .status = 404 };
	struct probe_request request;

	if (!probe_request_parse(text, &request)) {
		probe_end(probe);
		return;
	}
	if (strcmp(request.method, "GET") && strcmp(request.method, "HEAD"))
		answer.status = 405;
	else
		probe->listener->fn(request.path, probe->listener->ctx, &answer);
	answer_send(probe, &answer, request.method[0] == 'G');
}

static void on_read(struct bufferevent *stream, void *ctx)
{
	struct evbuffer *in = bufferevent_get_input(stream);
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	char request[PROBE_REQUEST_MAX + 1];
	ev_ssize_t len;

	if (end.pos < 0) {
		if (evbuffer_get_length(in) >= PROBE_REQUEST_MAX)
			probe_end(ctx);
		return;
	}
	len = evbuffer_copyout(in, request, PROBE_REQUEST_MAX);
	request[len > 0 ? len : 0] = '\0';
	request_answer(ctx, request);
}

/* All is written: the answer is out. */
static void on_written(struct bufferevent *stream, void *ctx)
{
	if (!(bufferevent_get_enabled(stream) & EV_READ))
		probe_end(ctx);
}

/* It went away, or it took too long. */
static void on_event(struct bufferevent *stream, short what, void *ctx)
{
	(void)stream, (void)what;
	probe_end(ctx);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
		      int len, void *ctx)
{
	static const struct timeval patience = { .tv_sec = PROBE_SECONDS };
	struct probe_listener *owner = ctx;
	struct probe_server *server = owner->server;
	struct probe *probe = calloc(1, sizeof(*probe));

	(void)listener, (void)address, (void)len;
	if (probe)
		probe->stream = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!probe || !probe->stream) {
		free(probe);
		close(fd);
		return;
	}
	if (server->count == PROBES_MAX)
		probe_end(TAILQ_FIRST(&server->probes));
	probe->server = server;
	probe->listener = owner;
	TAILQ_INSERT_TAIL(&server->probes, probe, link);
	server->count++;
	bufferevent_setcb(probe->stream, on_read, on_written, on_event, probe);
	bufferevent_setwatermark(probe->stream, EV_READ, 0, PROBE_REQUEST_MAX);
	bufferevent_set_timeouts(probe->stream, &patience, &patience);
	bufferevent_enable(probe->stream, EV_READ | EV_WRITE);
}

static struct evconnlistener *bind_to(struct probe_listener *owner, const struct ip_addr *addr,
				      uint16_t port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	bool is_v4 = ip_addr_is_v4(addr);
	void *name = is_v4 ? (void *)&v4 : (void *)&v6;
	unsigned int flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;

	v4.sin_addr.s_addr = ip_addr_v4(addr);
	memcpy(&v6.sin6_addr, addr->bytes, sizeof(v6.sin6_addr));
	return evconnlistener_new_bind(owner->server->base, on_accept, owner, flags, BACKLOG, name,
				       is_v4 ? sizeof(v4) : sizeof(v6));
}

/* [::] takes both families; a node without IPv6 has only the other. */
static struct evconnlistener *bind_to_all(struct probe_listener *owner, uint16_t port)
{
	struct ip_addr v4 = ip_addr_from_v4(0), v6 = {};
	struct evconnlistener *listener = bind_to(owner, &v6, port);

	if (listener || errno == EADDRINUSE)
		return listener;
	return bind_to(owner, &v4, port);
}

int probe_listen(struct probe_server *server, const struct ip_addr *addr, uint16_t port,
		 probe_fn *fn, void *ctx, struct probe_listener **ret_listener, struct error *err)
{
	struct probe_listener *owner = calloc(1, sizeof(*owner));
	int rc;

	if (!owner)
		return error_set(err, -ENOMEM, "listen on port %u", port);
	*owner = (struct probe_listener){ .server = server, .fn = fn, .ctx = ctx };
	owner->listener = addr ? bind_to(owner, addr, port) : bind_to_all(owner, port);
	if (!owner->listener) {
		rc = errno ? -errno : -EIO;
		free(owner);
		return error_set(err, rc, "listen on %s, port %u",
				 addr ? ip_addr_text(addr).text : "every address", port);
	}
	*ret_listener = owner;
	return 0;
}

void probe_listener_free(struct probe_listener **listener)
{
	struct probe *probe, *next;

	if (!*listener)
		return;
	for (probe = TAILQ_FIRST(&(*listener)->server->probes); probe; probe = next) {
		next = TAILQ_NEXT(probe, link);
		if (probe->listener == *listener)
			probe_end(probe);
	}
	evconnlistener_free((*listener)->listener);
	free(*listener);
	*listener = NULL;
}

int probe_server_new(struct event_base *base, struct probe_server **ret_server, struct error *err)
{
	struct probe_server *server = calloc(1, sizeof(*server));

	if (!server)
		return error_set(err, -ENOMEM, "answer health probes");
	server->base = base;
	TAILQ_INIT(&server->probes);
	*ret_server = server;
	return 0;
}

void probe_server_free(struct probe_server **server)
{
	if (!*server)
		return;
	while (!TAILQ_EMPTY(&(*server)->probes))
		probe_end(TAILQ_FIRST(&(*server)->probes));
	free(*server);
	*server = NULL;
}
