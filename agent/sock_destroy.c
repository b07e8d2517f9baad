/* SPDX-License-Identifier: Apache-2.0 */
/* sock_destroy - frees connected UDP sockets from backends that are gone. */
#include "agent/sock_destroy.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "datapath/netns_cookie.h"
#include "datapath/record.h"
#include "datapath/socket_stale.h"

#define OWN_NETNS "/proc/thread-self/ns/net"
#define STATE_ESTABLISHED (1 << 1) /* TCP_ESTABLISHED, which connected UDP sockets are in too */

struct search {
	struct socket_peer *stale;
	size_t stale_count;
	size_t left; /* of these, not looked for yet */
	size_t destroyed;
	int own_netns;
	int rc; /* the first failure, in *err */
	struct error *err;
};

/* What one namespace's sockets are compared with, and which of them are meant. */
struct visit {
	const struct search *search;
	uint64_t netns;
	struct inet_diag_msg *found;
	size_t count;
};

static void failed(struct search *search, int rc, const struct error *why)
{
	if (!search->rc)
		*search->err = *why;
	search->rc = search->rc ? search->rc : rc;
}

static uint64_t cookie_of(const struct inet_diag_msg *sock)
{
	return (uint64_t)sock->id.idiag_cookie[1] << 32 | sock->id.idiag_cookie[0];
}

/* IPv4 stands in the first word, or is mapped, by the socket's family. */
static struct ip_addr peer_of(const struct inet_diag_msg *sock)
{
	struct ip_addr addr;

	if (sock->idiag_family == AF_INET)
		return ip_addr_from_v4(sock->id.idiag_dst[0]);
	memcpy(&addr, sock->id.idiag_dst, sizeof(addr));
	return addr;
}

/* The socket may have been connected elsewhere in the meantime. */
static bool is_stale(const struct visit *visit, const struct inet_diag_msg *sock)
{
	struct ip_addr addr = peer_of(sock);

	for (size_t i = 0; i < visit->search->stale_count; i++) {
		const struct socket_peer *peer = &visit->search->stale[i];

		if (peer->netns == visit->netns && peer->socket == cookie_of(sock))
			return peer->flow.backend_port == sock->id.idiag_dport &&
			       ip_addr_equal(&peer->flow.backend, &addr);
	}
	return false;
}

static int sock_look(const struct nlmsghdr *nlh, void *ctx)
{
	const struct inet_diag_msg *sock = mnl_nlmsg_get_payload(nlh);
	struct visit *visit = ctx;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*sock) &&
	    visit->count < visit->search->stale_count && is_stale(visit, sock))
		visit->found[visit->count++] = *sock;
	return MNL_CB_OK;
}

static void socket_close(struct mnl_socket **socket)
{
	if (*socket)
		mnl_socket_close(*socket);
}

/* One request and all of its answer. -errno. */
static int diag_ask(struct mnl_socket *socket, uint16_t type, uint16_t flags,
		    const struct inet_diag_req_v2 *request, mnl_cb_t fn, void *ctx)
{
	char buffer[16 * 1024];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	int rc = MNL_CB_OK;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(*request)), request, sizeof(*request));
	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (rc > MNL_CB_STOP) {
		ssize_t got = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		if (got < 0)
			return -errno;
		rc = mnl_cb_run(buffer, (size_t)got, 0, 0, fn, ctx);
	}
	return rc < 0 ? -errno : 0;
}

static int socks_find(struct mnl_socket *socket, struct visit *visit, struct error *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < sizeof(families); i++) {
		const struct inet_diag_req_v2 request = { .sdiag_family = families[i],
							  .sdiag_protocol = IPPROTO_UDP,
							  .idiag_states = STATE_ESTABLISHED };
		int rc = diag_ask(socket, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &request, sock_look,
				  visit);

		if (rc)
			return error_set(err, rc, "list UDP sockets (CONFIG_INET_UDP_DIAG)");
	}
	return 0;
}

/* One that has gone by itself meanwhile is no failure (-ENOENT). */
static void socks_destroy(struct mnl_socket *socket, const struct visit *visit,
			  struct search *search)
{
	for (size_t i = 0; i < visit->count; i++) {
		const struct inet_diag_msg *sock = &visit->found[i];
		const struct inet_diag_req_v2 request = { .sdiag_family = sock->idiag_family,
							  .sdiag_protocol = IPPROTO_UDP,
							  .idiag_states = STATE_ESTABLISHED,
							  .id = sock->id };
		int rc = diag_ask(socket, SOCK_DESTROY, NLM_F_ACK, &request, NULL, NULL);
		struct error why;

		search->destroyed += rc == 0;
		if (rc && rc != -ENOENT)
			failed(search,
			       error_set(&why, rc, "free a UDP socket (CONFIG_INET_DIAG_DESTROY)"),
			       &why);
	}
}

static void visit_done(struct visit *visit)
{
	free(visit->found);
}

/* fd is a socket of that namespace, for NETLINK_SOCK_DIAG. */
static int netns_search(struct search *search, int fd, uint64_t netns, struct error *err)
{
	CLEANUP(socket_close) struct mnl_socket *socket = mnl_socket_fdopen(fd);
	CLEANUP(visit_done) struct visit visit = { .search = search, .netns = netns };
	int rc;

	visit.found = calloc(search->stale_count, sizeof(*visit.found));
	if (!socket || !visit.found || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return error_set(err, -ENOMEM, "ask for UDP sockets");
	if ((rc = socks_find(socket, &visit, err)))
		return rc;
	socks_destroy(socket, &visit, search);
	return 0;
}

static size_t stale_in(const struct search *search, uint64_t netns)
{
	size_t count = 0;

	for (size_t i = 0; i < search->stale_count; i++)
		count += search->stale[i].netns == netns;
	return count;
}

/* In the namespace that the caller is in. */
static int netns_visit(struct search *search, struct error *err)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	uint64_t netns;
	size_t count;
	int rc;

	if (fd < 0)
		return error_set(err, -errno, "open a socket for NETLINK_SOCK_DIAG");
	rc = netns_cookie_of(fd, &netns);
	if (rc)
		error_set(err, rc, "ask for the network namespace's cookie");
	count = rc ? 0 : stale_in(search, netns);
	if (!count) {
		fd_close(&fd);
		return rc;
	}
	search->left -= count < search->left ? count : search->left;
	return netns_search(search, fd, netns, err);
}

/* A pod that is going has no namespace any more, and no sockets. */
static int record_visit(const struct record *record, void *ctx)
{
	CLEANUP(fd_close) int netns = open(record->netns, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct search *search = ctx;
	struct error why;
	int rc;

	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0)
		return search->left == 0;
	rc = netns_visit(search, &why);
	if (rc)
		failed(search, rc, &why);
	if (setns(search->own_netns, CLONE_NEWNET) < 0)
		abort(); /* everything else that the agent does would be done to the pod */
	return search->left == 0;
}

static void stale_free(struct socket_peer **stale)
{
	free(*stale);
}

int sock_destroy_stale(const char *bpf_dir, const char *run_dir, size_t *ret_count,
		       struct error *err)
{
	CLEANUP(fd_close) int own = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	CLEANUP(stale_free) struct socket_peer *stale = NULL;
	struct search search = { .own_netns = own, .err = err };
	struct error why;
	int rc;

	*ret_count = 0;
	if (own < 0)
		return error_set(err, -errno, "open our own network namespace");
	if ((rc = socket_stale_list(bpf_dir, &stale, &search.stale_count, err)) ||
	    !search.stale_count)
		return rc;
	search.stale = stale;
	search.left = search.stale_count;
	if ((rc = netns_visit(&search, &why)))
		failed(&search, rc, &why);
	if (search.left && (rc = record_for_each(run_dir, record_visit, NULL, &search, &why)) < 0)
		failed(&search, rc, &why);
	*ret_count = search.destroyed;
	return search.rc;
}
