/* SPDX-License-Identifier: Apache-2.0 */
/* no_memory - the real programs on a kernel that cannot change packets or add to maps. */
#include "packet/no_memory.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "datapath/stamp.h"

static bool needs_memory(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == 0 &&
	       (insn->imm == BPF_FUNC_skb_store_bytes || insn->imm == BPF_FUNC_skb_change_tail ||
		insn->imm == BPF_FUNC_map_update_elem);
}

/* libbpf calls this once the program is whole and before the verifier sees it. */
static int helpers_fail(struct bpf_program *program, struct bpf_prog_load_opts *opts, long cookie)
{
	const struct bpf_insn failure = { .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = -ENOMEM };
	struct bpf_insn *insns = (struct bpf_insn *)bpf_program__insns(program);

	(void)opts;
	(void)cookie;
	for (size_t i = 0; i < bpf_program__insn_cnt(program); i++)
		if (needs_memory(&insns[i]))
			insns[i] = failure;
	return 0;
}

int no_memory_load(struct world *world, const struct load_settings *settings,
		   struct datapath_maps *ret_maps, struct error *err)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = helpers_fail);
	int handler = libbpf_register_prog_handler("tc", BPF_PROG_TYPE_SCHED_CLS, 0, &opts);
	struct load_settings ours = *settings;
	int rc;

	if (handler < 0)
		return error_set(err, handler, "stand between libbpf and the kernel");
	ours.bpf_dir = world->bpf_dir;
	rc = datapath_load(&ours, NULL, err);
	libbpf_unregister_prog_handler(handler);
	rc = rc ? rc : datapath_maps_open(world->bpf_dir, ret_maps, err);
	stamp_clear(ours.bpf_dir); /* they are not what the next world_load() is to find */
	return rc;
}
