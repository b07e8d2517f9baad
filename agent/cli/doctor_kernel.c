/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_kernel - is this kernel one that Byway runs on? Each feature is tried, none is guessed. */
#include "agent/cli/doctor.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/cli/try_attach.h"
#include "agent/sysctl.h"

#define KERNEL_MAJOR 6
#define KERNEL_MINOR 1

static void version_check(struct doctor *doctor)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	if (sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	    (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR)))
		finding_add(doctor, FINDING_OK, "kernel", NULL, "%s", name.release);
	else
		finding_add(doctor, FINDING_FAIL, "kernel",
			    "run a kernel of the 6.1 series or a later one", "%s is too old",
			    name.release);
}

void check_kernel(struct doctor *doctor)
{
	struct error ignored;
	long jit;

	version_check(doctor);
	if (access("/sys/kernel/btf/vmlinux", R_OK) == 0)
		finding_add(doctor, FINDING_OK, "btf", NULL, "the kernel describes its types");
	else
		finding_add(
			doctor, FINDING_WARN, "btf",
			"run a kernel built with CONFIG_DEBUG_INFO_BTF=y, as distributions' are",
			"/sys/kernel/btf/vmlinux is missing");
	if (sysctl_get("core/bpf_jit_enable", &jit, &ignored) == 0 && jit == 0)
		finding_add(doctor, FINDING_WARN, "jit", "sysctl -w net.core.bpf_jit_enable=1",
			    "BPF programs are interpreted, which is slow");
}

static void helpers_check(struct doctor *doctor)
{
	static const struct {
		const char *name;
		enum bpf_func_id id;
	} helpers[] = {
		{ "redirect_peer", BPF_FUNC_redirect_peer },
		{ "skb_load_bytes", BPF_FUNC_skb_load_bytes },
		{ "skb_store_bytes", BPF_FUNC_skb_store_bytes },
		{ "skb_change_tail", BPF_FUNC_skb_change_tail },
		{ "skb_change_type", BPF_FUNC_skb_change_type },
		{ "csum_diff", BPF_FUNC_csum_diff },
		{ "ringbuf_reserve", BPF_FUNC_ringbuf_reserve },
		{ "ktime_get_ns", BPF_FUNC_ktime_get_ns },
	};
	size_t missing = 0;

	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++) {
		if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, helpers[i].id, NULL) == 1)
			continue;
		missing++;
		finding_add(doctor, FINDING_FAIL, "helper",
			    "run as root (CAP_BPF, CAP_NET_ADMIN) on a kernel with BPF for tc",
			    "a tc program cannot call bpf_%s()", helpers[i].name);
	}
	if (!missing)
		finding_add(doctor, FINDING_OK, "helper", NULL,
			    "tc programs load with every helper that Byway calls");
}

static void map_check(struct doctor *doctor, const char *name, enum bpf_map_type type)
{
	if (libbpf_probe_bpf_map_type(type, NULL) == 1)
		finding_add(doctor, FINDING_OK, "map", NULL, "a %s can be made", name);
	else
		finding_add(doctor, FINDING_FAIL, "map",
			    "run as root (CAP_BPF) on a kernel with BPF", "a %s cannot be made",
			    name);
}

static void attach_check(struct doctor *doctor)
{
	struct attach_trial trial = attach_try();

	if (trial.setup) {
		finding_add(doctor, FINDING_FAIL, "veth",
			    "run as root on a kernel with network namespaces and veth",
			    "a network namespace with a veth pair cannot be made: %s",
			    strerror(-trial.setup));
		return;
	}
	finding_add(doctor, FINDING_OK, "veth", NULL, "a network namespace and a veth pair");
	if (trial.clsact)
		finding_add(doctor, FINDING_FAIL, "clsact",
			    "run a kernel with CONFIG_NET_CLS_BPF and CONFIG_NET_SCH_INGRESS",
			    "a program cannot be attached as a filter: %s",
			    strerror(-trial.clsact));
	else
		finding_add(doctor, FINDING_OK, "clsact", NULL, "a program attaches as a filter");
	if (trial.tcx)
		finding_add(doctor, FINDING_OK, "tcx", NULL,
			    "not on this kernel (6.6 is the first); clsact is used");
	else
		finding_add(doctor, FINDING_OK, "tcx", NULL, "a program attaches as a tcx link");
}

void check_features(struct doctor *doctor)
{
	libbpf_set_print(NULL);
	helpers_check(doctor);
	map_check(doctor, "hash map", BPF_MAP_TYPE_HASH);
	map_check(doctor, "per-CPU array", BPF_MAP_TYPE_PERCPU_ARRAY);
	map_check(doctor, "ring buffer", BPF_MAP_TYPE_RINGBUF);
	attach_check(doctor);
}
