/* SPDX-License-Identifier: Apache-2.0 */
/* socket_stale - connected UDP sockets whose backend is gone, in every network namespace. */
#include "socket_stale.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "paths.h"

#define STALE_MAX 4096 /* a look; what is left is found by the next */

/* The iterator over map udp_peers: what is read from it is what the program writes. */
static int iterator_open(const char *bpf_dir, int *ret_fd, struct error *err)
{
	CLEANUP(fd_close) int program = bpf_obj_get(program_path(bpf_dir, "socket_stale").text);
	CLEANUP(fd_close) int map = bpf_obj_get(map_path(bpf_dir, "udp_peers").text);
	union bpf_iter_link_info which = {};
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &which,
		    .iter_info_len = sizeof(which));

	if (program < 0 || map < 0)
		return error_set(err, -ENOENT, "open the program 'socket_stale'");
	which.map.map_fd = (uint32_t)map;

	CLEANUP(fd_close) int link = bpf_link_create(program, 0, BPF_TRACE_ITER, &opts);

	if (link < 0)
		return error_set(err, -errno, "look through the sockets");
	*ret_fd = bpf_iter_create(link);
	return *ret_fd < 0 ? error_set(err, -errno, "look through the sockets") : 0;
}

static int all_read(int fd, char *bytes, size_t room, size_t *ret_len)
{
	size_t len = 0;
	ssize_t got;

	do {
		got = read(fd, bytes + len, room - len);
		if (got > 0)
			len += (size_t)got;
	} while (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)));
	*ret_len = len;
	return got < 0 ? -errno : 0;
}

static void peers_free(struct socket_peer **peers)
{
	free(*peers);
}

int socket_stale_list(const char *bpf_dir, struct socket_peer **ret_peers, size_t *ret_count,
		      struct error *err)
{
	CLEANUP(peers_free) struct socket_peer *peers = calloc(STALE_MAX, sizeof(*peers));
	CLEANUP(fd_close) int fd = -1;
	size_t len;
	int rc;

	if (!peers)
		return error_set(err, -ENOMEM, "look through the sockets");
	if ((rc = iterator_open(bpf_dir, &fd, err)))
		return rc;
	if ((rc = all_read(fd, (char *)peers, STALE_MAX * sizeof(*peers), &len)))
		return error_set(err, rc, "look through the sockets");
	*ret_count = len / sizeof(*peers);
	*ret_peers = peers;
	peers = NULL;
	return 0;
}
