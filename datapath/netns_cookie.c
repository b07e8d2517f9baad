/* SPDX-License-Identifier: Apache-2.0 */
/* netns_cookie - the number by which the programs know a network namespace. */
#include "netns_cookie.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/cleanup.h"

#ifndef SO_NETNS_COOKIE /* since kernel 5.14; libc's headers may be older */
#define SO_NETNS_COOKIE 71
#endif

int netns_cookie_of(int socket, uint64_t *ret_cookie)
{
	socklen_t len = sizeof(*ret_cookie);

	return getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, ret_cookie, &len) < 0 ? -errno : 0;
}

int netns_cookie_own(uint64_t *ret_cookie)
{
	CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : netns_cookie_of(fd, ret_cookie);
}
