/* SPDX-License-Identifier: Apache-2.0 */
/* try_attach - attaches a program to a veth pair in a network namespace that nobody else sees. */
#include "agent/cli/try_attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <sched.h>
#include <sys/wait.h>

#include "base/cleanup.h"

/* enum bpf_attach_type since kernel 6.6; the headers of 6.1 do not have it. */
#define TCX_INGRESS 46

/* redirect_peer(1, 0): the very helper that same-node traffic takes. */
static int program_load(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_peer },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "byway_try", "GPL", insns,
			     sizeof(insns) / sizeof(*insns), NULL);
}

static int veth_make(int *ret_ifindex)
{
	struct nl_sock *sock = nl_socket_alloc();
	int rc = sock ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;

	if (rc == 0)
		rc = rtnl_link_veth_add(sock, "try_a", "try_b", getpid());
	nl_socket_free(sock);
	*ret_ifindex = (int)if_nametoindex("try_a");
	return rc < 0 || !*ret_ifindex ? -ENODEV : 0;
}

static int clsact_try(int ifindex, int program)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 1, .priority = 1, .prog_fd = program);
	int rc = bpf_tc_hook_create(&hook);

	if (rc)
		return rc;
	hook.attach_point = BPF_TC_INGRESS;
	return bpf_tc_attach(&hook, &opts);
}

static int tcx_try(int ifindex, int program)
{
	CLEANUP(fd_close) int link = bpf_link_create(program, ifindex, TCX_INGRESS, NULL);

	return link < 0 ? -errno : 0;
}

static struct attach_trial trial_run(void)
{
	struct attach_trial trial = {};
	int ifindex;
	CLEANUP(fd_close) int program = -1;

	if (unshare(CLONE_NEWNET) < 0)
		return (struct attach_trial){ .setup = -errno };
	if ((trial.setup = veth_make(&ifindex)))
		return trial;
	program = program_load();
	if (program < 0)
		return (struct attach_trial){ .clsact = program, .tcx = program };
	trial.clsact = clsact_try(ifindex, program);
	trial.tcx = tcx_try(ifindex, program);
	return trial;
}

struct attach_trial attach_try(void)
{
	struct attach_trial trial = { .setup = -EPIPE };
	int ends[2];
	pid_t child;

	if (pipe(ends) < 0)
		return (struct attach_trial){ .setup = -errno };
	fflush(NULL);
	child = fork();
	if (child == 0) {
		trial = trial_run();
		_exit(write(ends[1], &trial, sizeof(trial)) != sizeof(trial));
	}
	close(ends[1]);
	if (child < 0 || read(ends[0], &trial, sizeof(trial)) != sizeof(trial))
		trial.setup = -EPIPE;
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return trial;
}
