/* SPDX-License-Identifier: Apache-2.0 */
/* veth - makes veth pairs, and sets them up. */
#pragma once

#include <stdint.h>

#define VETH_MTU 9000

struct veth_end {
	const char *name;
	const uint8_t *mac;
	int netns; /* a descriptor; -1 = here */
};

struct nlmsghdr;

/* rtnl_talk - one request of rtnetlink, and its answer. Returns 0 or a negated errno. */
int rtnl_talk(struct nlmsghdr *request);

/* veth_make - a pair, down; the first end is here. Returns 0 or a negated errno. */
int veth_make(const struct veth_end *here, const struct veth_end *there, uint32_t *ret_ifindex);

/* veth_up - the interface of that name in this namespace. Returns 0 or a negated errno. */
int veth_up(const char *name);
