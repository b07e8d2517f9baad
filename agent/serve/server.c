/* SPDX-License-Identifier: Apache-2.0 */
/* server - HTTP on the run directory's Unix socket, and for metrics and health on TCP. */
#include "agent/serve/server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "datapath/paths.h"

#define HEADERS_MAX (8 * 1024)
#define BODY_MAX (64 * 1024)
#define IDLE_SECONDS 10
#define BACKLOG 256 /* ADDs come in bursts */
#define METHODS                                                                                    \
	(EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | \
	 EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH)

struct server {
	struct evhttp *local, *tcp;
	const struct api *api;
	struct byway_path socket; /* "" before it is there */
};

static const char *method_name(struct evhttp_request *http)
{
	switch (evhttp_request_get_command(http)) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_HEAD:
		return "HEAD";
	case EVHTTP_REQ_POST:
		return "POST";
	default:
		return "another";
	}
}

/* The strings belong to pairs, which the caller clears. */
static void query_take(const char *query, struct evkeyvalq *pairs, struct api_request *request)
{
	const char *since;

	TAILQ_INIT(pairs);
	if (!query || evhttp_parse_query_str(query, pairs) < 0)
		return;
	since = evhttp_find_header(pairs, "since");
	request->since = since ? strtoull(since, NULL, 10) : 0;
	request->name = evhttp_find_header(pairs, "name");
	request->after = evhttp_find_header(pairs, "after");
}

static void reply_send(struct evhttp_request *http, const struct api_reply *reply)
{
	struct evbuffer *body = evhttp_request_get_output_buffer(http);
	struct evkeyvalq *headers = evhttp_request_get_output_headers(http);

	if (!reply->body) {
		evhttp_send_error(http, 500, "out of memory");
		return;
	}
	evhttp_add_header(headers, "Content-Type", reply->type);
	/* libevent sends what is there, also where the client reads only the head. */
	if (evhttp_request_get_command(http) != EVHTTP_REQ_HEAD)
		evbuffer_add(body, reply->body, strlen(reply->body));
	evhttp_send_reply(http, reply->status, NULL, NULL);
}

static void request_answer(struct evhttp_request *http, const struct api *api, bool local)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(http);
	const char *path = evhttp_uri_get_path(uri);
	size_t len;
	CLEANUP(str_free) char *decoded = evhttp_uridecode(path ? path : "", 0, &len);
	struct api_request request = { .method = method_name(http),
				       .path = decoded ? decoded : "",
				       .local = local };
	struct evkeyvalq pairs;
	struct api_reply reply;

	/* A path with a zero byte in it would end early. */
	if (decoded && strlen(decoded) != len)
		request.path = "";
	query_take(evhttp_uri_get_query(uri), &pairs, &request);
	api_answer(api, &request, &reply);
	evhttp_clear_headers(&pairs);
	reply_send(http, &reply);
	free(reply.body);
}

static void local_request(struct evhttp_request *http, void *ctx)
{
	request_answer(http, ((struct server *)ctx)->api, true);
}

static void tcp_request(struct evhttp_request *http, void *ctx)
{
	request_answer(http, ((struct server *)ctx)->api, false);
}

static struct evhttp *http_new(struct event_base *base, void (*fn)(struct evhttp_request *, void *),
			       struct server *server)
{
	struct evhttp *http = evhttp_new(base);

	if (!http)
		return NULL;
	evhttp_set_allowed_methods(http, METHODS);
	evhttp_set_max_headers_size(http, HEADERS_MAX);
	evhttp_set_max_body_size(http, BODY_MAX);
	evhttp_set_timeout(http, IDLE_SECONDS);
	evhttp_set_gencb(http, fn, server);
	return http;
}

static int unix_listen(const char *path, int *ret_fd, struct error *err)
{
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	if (fd < 0)
		return error_set(err, -errno, "make a Unix socket");
	if (strlen(path) >= sizeof(address.sun_path))
		return error_say(err, -ENAMETOOLONG, "runDir: '%s' is too long for a Unix socket",
				 path);
	strcpy(address.sun_path, path);
	unlink(path);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	umask(mask);
	if (rc == 0 && listen(fd, BACKLOG) < 0)
		rc = -errno;
	if (rc)
		return error_set(err, rc, "listen on '%s'", path);
	*ret_fd = fd_take(&fd);
	return 0;
}

static int local_open(struct event_base *base, struct server *server, const char *run_dir,
		      struct error *err)
{
	struct byway_path path = path_below(run_dir, AGENT_SOCKET);
	struct evconnlistener *listener;
	int fd = -1, rc = unix_listen(path.text, &fd, err);

	if (rc)
		return rc;
	server->socket = path;
	listener = evconnlistener_new(base, NULL, NULL,
				      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	server->local = http_new(base, local_request, server);
	if (!listener || !server->local || !evhttp_bind_listener(server->local, listener))
		return error_set(err, -ENOMEM, "serve '%s'", path.text);
	return 0;
}

static int tcp_open(struct event_base *base, struct server *server,
		    const struct config_listen *listen_on, struct error *err)
{
	struct ip_text text = ip_addr_text(&listen_on->addr);

	server->tcp = http_new(base, tcp_request, server);
	if (!server->tcp)
		return error_set(err, -ENOMEM, "serve metrics");
	if (!evhttp_bind_socket_with_handle(server->tcp, text.text, listen_on->port))
		return error_set(err, -errno, "listen: %s, port %u", text.text, listen_on->port);
	return 0;
}

int server_new(struct event_base *base, const char *run_dir, const struct config_listen *listen_on,
	       const struct api *api, struct server **ret_server, struct error *err)
{
	CLEANUP(server_free) struct server *server = calloc(1, sizeof(*server));
	int rc;

	if (!server)
		return error_set(err, -ENOMEM, "serve");
	server->api = api;
	if ((rc = local_open(base, server, run_dir, err)) ||
	    (listen_on->on && (rc = tcp_open(base, server, listen_on, err))))
		return rc;
	*ret_server = server;
	server = NULL;
	return 0;
}

void server_free(struct server **server)
{
	if (!*server)
		return;
	if (*(*server)->socket.text)
		unlink((*server)->socket.text);
	if ((*server)->local)
		evhttp_free((*server)->local);
	if ((*server)->tcp)
		evhttp_free((*server)->tcp);
	free(*server);
	*server = NULL;
}
