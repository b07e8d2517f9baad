/* SPDX-License-Identifier: Apache-2.0 */
/* netlink - several rtnetlink requests in one exchange, each failure named. */
#pragma once

#include <libmnl/libmnl.h>
#include <stdint.h>

#include "base/error.h"

#define BATCH_SIZE 8192
#define BATCH_MAX 32

/*
 * The socket belongs to the network namespace in which it was opened, whatever namespace the
 * process is in later. Requests gather in the batch and go out in one send; the kernel carries them
 * out in order and answers each.
 */
struct netlink {
	struct mnl_socket *socket;
	struct mnl_nlmsg_batch *batch;
	const char *what[BATCH_MAX]; /* string literals: what each request does */
	unsigned int count;
	char buffer[BATCH_SIZE];
};

int netlink_open(struct netlink *ret_nl, struct error *err);
void netlink_close(struct netlink *nl);

/* netlink_request - begin the next request of the batch; what says what it does, for errors. */
struct nlmsghdr *netlink_request(struct netlink *nl, const char *what, uint16_t type,
				 uint16_t flags);

/*
 * netlink_commit - send the batch and read every answer. The first failure is returned; the
 * requests behind it have been carried out all the same. The batch is empty afterwards.
 */
int netlink_commit(struct netlink *nl, struct error *err);

/* netlink_dump - a request with NLM_F_DUMP, sent alone; fn sees every message of the answer; one
 * twice when the list had to be asked for again because it changed meanwhile. */
int netlink_dump(struct netlink *nl, mnl_cb_t fn, void *ctx, struct error *err);
