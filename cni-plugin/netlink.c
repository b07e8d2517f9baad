/* SPDX-License-Identifier: Apache-2.0 */
/* netlink - several rtnetlink requests in one exchange, each failure named. */
#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <sys/socket.h>

#define ANSWER_SIZE 16384
#define DUMP_TRIES 20

static void batch_empty(struct netlink *nl)
{
	mnl_nlmsg_batch_reset(nl->batch);
	nl->count = 0;
}

int netlink_open(struct netlink *ret_nl, struct error *err)
{
	int on = 1;

	ret_nl->count = 0;
	ret_nl->batch = NULL;
	ret_nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!ret_nl->socket)
		return error_set(err, -errno, "open a netlink socket");
	/* Both only make errors better: fine without. */
	mnl_socket_setsockopt(ret_nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(ret_nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	ret_nl->batch = mnl_nlmsg_batch_start(ret_nl->buffer, BATCH_SIZE / 2);
	if (mnl_socket_bind(ret_nl->socket, 0, MNL_SOCKET_AUTOPID) < 0 || !ret_nl->batch) {
		int rc = error_set(err, -errno, "bind a netlink socket");

		netlink_close(ret_nl);
		return rc;
	}
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl->batch)
		mnl_nlmsg_batch_stop(nl->batch);
	if (nl->socket)
		mnl_socket_close(nl->socket);
	nl->batch = NULL;
	nl->socket = NULL;
}

struct nlmsghdr *netlink_request(struct netlink *nl, const char *what, uint16_t type,
				 uint16_t flags)
{
	struct nlmsghdr *header;

	if (nl->count)
		mnl_nlmsg_batch_next(nl->batch);
	header = mnl_nlmsg_put_header(mnl_nlmsg_batch_current(nl->batch));
	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	header->nlmsg_seq = nl->count;
	nl->what[nl->count++] = what;
	return header;
}

static int ext_ack_attr(const struct nlattr *attr, void *ctx)
{
	const char **text = ctx;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		*text = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

static int answer_check(const struct netlink *nl, const struct nlmsghdr *header, struct error *err)
{
	const struct nlmsgerr *answer = mnl_nlmsg_get_payload(header);
	const char *what = header->nlmsg_seq < nl->count ? nl->what[header->nlmsg_seq] : "request";
	const char *text = NULL;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*answer))
		return error_set(err, -EBADMSG, "%s: the kernel's answer", what);
	if (answer->error == 0)
		return 0;
	if ((header->nlmsg_flags & NLM_F_ACK_TLVS) && (header->nlmsg_flags & NLM_F_CAPPED))
		mnl_attr_parse(header, sizeof(*answer), ext_ack_attr, &text);
	if (text)
		return error_set(err, answer->error, "%s (%s)", what, text);
	return error_set(err, answer->error, "%s", what);
}

int netlink_commit(struct netlink *nl, struct error *err)
{
	char answers[ANSWER_SIZE];
	unsigned int open = nl->count;
	int rc = 0;

	mnl_nlmsg_batch_next(nl->batch);
	if (mnl_socket_sendto(nl->socket, mnl_nlmsg_batch_head(nl->batch),
			      mnl_nlmsg_batch_size(nl->batch)) < 0) {
		rc = error_set(err, -errno, "send to the kernel (%s)", nl->what[0]);
		open = 0;
	}
	while (open) {
		ssize_t len = mnl_socket_recvfrom(nl->socket, answers, sizeof(answers));
		const struct nlmsghdr *header = (const struct nlmsghdr *)answers;
		int left = (int)len;

		if (len < 0) {
			rc = error_set(err, -errno, "read the kernel's answer (%s)", nl->what[0]);
			break;
		}
		for (; open && mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
			if (header->nlmsg_type != NLMSG_ERROR)
				continue;
			open--;
			if (rc == 0)
				rc = answer_check(nl, header, err);
		}
	}
	batch_empty(nl);
	return rc;
}

/*
 * When what is listed changes between two parts of the list the kernel marks the parts that follow:
 * some may be missing. The mark is taken off, so that the list is read to its end.
 */
static bool interruption_take(char *answers, ssize_t len)
{
	struct nlmsghdr *header = (struct nlmsghdr *)answers;
	bool found = false;
	int left = (int)len;

	for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
		found |= header->nlmsg_flags & NLM_F_DUMP_INTR;
		header->nlmsg_flags &= (uint16_t)~NLM_F_DUMP_INTR;
	}
	return found;
}

/* Returns 0, -EINTR when the list may not be whole, or another errno; all of it has been read then.
 */
static int dump_once(struct netlink *nl, mnl_cb_t fn, void *ctx)
{
	unsigned int port = mnl_socket_get_portid(nl->socket);
	char answers[ANSWER_SIZE];
	bool interrupted = false;
	int rc = 1;

	if (mnl_socket_sendto(nl->socket, mnl_nlmsg_batch_head(nl->batch),
			      mnl_nlmsg_batch_size(nl->batch)) < 0)
		return -errno;
	while (rc > 0) {
		ssize_t len = mnl_socket_recvfrom(nl->socket, answers, sizeof(answers));

		if (len < 0)
			return -errno;
		interrupted |= interruption_take(answers, len);
		rc = mnl_cb_run(answers, (size_t)len, 0, port, fn, ctx);
	}
	if (rc < 0)
		return -errno;
	return interrupted ? -EINTR : 0;
}

int netlink_dump(struct netlink *nl, mnl_cb_t fn, void *ctx, struct error *err)
{
	int rc = -EINTR;

	mnl_nlmsg_batch_next(nl->batch);
	for (int i = 0; rc == -EINTR && i < DUMP_TRIES; i++)
		rc = dump_once(nl, fn, ctx);
	if (rc < 0)
		error_set(err, rc, "%s", nl->what[0]);
	batch_empty(nl);
	return rc;
}
