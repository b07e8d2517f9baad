/* SPDX-License-Identifier: Apache-2.0 */
/* netns_cookie - the number by which the programs know a network namespace. */
#pragma once

#include <stdint.h>

/* netns_cookie_of - of the namespace in which the socket was made. -errno. */
int netns_cookie_of(int socket, uint64_t *ret_cookie);

/* netns_cookie_own - of the caller's. */
int netns_cookie_own(uint64_t *ret_cookie);
