/* SPDX-License-Identifier: Apache-2.0 */
/* attach - the programs on an interface, a pod's or an uplink: clsact filters or tcx links. */
#include "attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "paths.h"

/* enum bpf_attach_type since kernel 6.6; the headers of 6.1 do not have them. */
#define TCX_INGRESS 46
#define TCX_EGRESS 47

/* Our place in a clsact chain. */
#define FILTER_PRIORITY 1
#define FILTER_HANDLE 0xb7

struct hook_place {
	const char *name;
	enum bpf_tc_attach_point point;
	int tcx;
};

static const struct hook_place places[] = {
	{ "ingress", BPF_TC_INGRESS, TCX_INGRESS },
	{ "egress", BPF_TC_EGRESS, TCX_EGRESS },
};
#define PLACES (sizeof(places) / sizeof(*places))

/* What is attached, by place. */
struct hook_programs {
	const char *bpf_dir;
	int fd[PLACES];
};

bool tcx_is_available(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	CLEANUP(fd_close)
	int program = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "probe", "GPL", insns, 2, NULL);

	if (program < 0)
		return false;
	/*
	 * No interface has index 0: a kernel with tcx says so, one without does not know the type.
	 */
	CLEANUP(fd_close) int link = bpf_link_create(program, 0, TCX_INGRESS, NULL);

	return link < 0 && errno == ENODEV;
}

int attach_kind_resolve(enum attach_kind wanted, enum attach_kind *ret_kind, struct error *err)
{
	if (wanted == ATTACH_TCX && !tcx_is_available())
		return error_say(err, -ENOTSUP,
				 "attach: this kernel has no tcx (6.6 is the first); use 'clsact'");
	*ret_kind = wanted == ATTACH_AUTO ? ATTACH_CLSACT : wanted;
	return 0;
}

static int filter_put(uint32_t ifindex, const struct hook_place *place, int program)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = place->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = FILTER_HANDLE, .priority = FILTER_PRIORITY,
		    .prog_fd = program, .flags = BPF_TC_F_REPLACE);

	return bpf_tc_attach(&hook, &opts);
}

static bool filter_exists(uint32_t ifindex, const struct hook_place *place)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = place->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = FILTER_HANDLE, .priority = FILTER_PRIORITY);

	return bpf_tc_query(&hook, &opts) == 0;
}

/* The kernel keeps 15 characters of a program's name. */
static bool filter_is_uplinks(uint32_t ifindex, const struct hook_place *place)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = place->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = FILTER_HANDLE, .priority = FILTER_PRIORITY);
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	if (bpf_tc_query(&hook, &opts))
		return false;

	CLEANUP(fd_close) int program = bpf_prog_get_fd_by_id(opts.prog_id);

	return program >= 0 && bpf_obj_get_info_by_fd(program, &info, &len) == 0 &&
	       (!strcmp(info.name, "from_uplink") || !strcmp(info.name, "to_uplink"));
}

bool attach_has_uplink_filters(uint32_t ifindex)
{
	for (size_t i = 0; i < PLACES; i++)
		if (filter_is_uplinks(ifindex, &places[i]))
			return true;
	return false;
}

static void filter_remove(uint32_t ifindex, const struct hook_place *place)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = place->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = FILTER_HANDLE, .priority = FILTER_PRIORITY);

	bpf_tc_detach(&hook, &opts);
}

static int clsact_attach(const struct hook_programs *programs, uint32_t ifindex, struct error *err)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	int rc = bpf_tc_hook_create(&hook);

	if (rc && rc != -EEXIST)
		return error_set(err, rc, "make the clsact qdisc of interface %u", ifindex);
	for (size_t i = 0; i < PLACES; i++)
		if ((rc = filter_put(ifindex, &places[i], programs->fd[i])))
			return error_set(err, rc, "attach the program at %s of interface %u",
					 places[i].name, ifindex);
	return 0;
}

/* A pinned link whose interface is gone cannot be updated (-ENOLINK): it is replaced. */
static int tcx_put(const char *pin, uint32_t ifindex, const struct hook_place *place, int program)
{
	CLEANUP(fd_close) int old = bpf_obj_get(pin);

	if (old >= 0 && bpf_link_update(old, program, NULL) == 0)
		return 0;
	if (old >= 0)
		unlink(pin);

	CLEANUP(fd_close) int link = bpf_link_create(program, (int)ifindex, place->tcx, NULL);

	if (link < 0)
		return -errno;
	return bpf_obj_pin(link, pin) < 0 ? -errno : 0;
}

static int tcx_attach(const struct hook_programs *programs, uint32_t ifindex, const char *ifname,
		      struct error *err)
{
	for (size_t i = 0; i < PLACES; i++) {
		struct byway_path pin = link_path(programs->bpf_dir, ifname, places[i].name);
		int rc = tcx_put(pin.text, ifindex, &places[i], programs->fd[i]);

		if (rc)
			return error_set(err, rc, "link the program at %s of '%s'", places[i].name,
					 ifname);
	}
	return 0;
}

/*
 * A link that is only unpinned lets go of its interface a little later, and until then the same
 * program cannot be linked there again (-EEXIST); so it is detached first.
 */
static void links_remove(const char *bpf_dir, const char *ifname)
{
	for (size_t i = 0; i < PLACES; i++) {
		struct byway_path pin = link_path(bpf_dir, ifname, places[i].name);
		CLEANUP(fd_close) int link = bpf_obj_get(pin.text);

		if (link < 0)
			continue;
		bpf_link_detach(link);
		unlink(pin.text);
	}
}

static void filters_remove(uint32_t ifindex)
{
	for (size_t i = 0; i < PLACES; i++)
		if (filter_exists(ifindex, &places[i]))
			filter_remove(ifindex, &places[i]);
}

static int programs_attach(const struct hook_programs *programs, uint32_t ifindex,
			   const char *ifname, enum attach_kind kind, struct error *err)
{
	int rc = kind == ATTACH_TCX ? tcx_attach(programs, ifindex, ifname, err) :
				      clsact_attach(programs, ifindex, err);

	if (rc)
		return rc;
	/* The other kind goes only now: for a moment both run, but never neither. */
	if (kind == ATTACH_TCX)
		filters_remove(ifindex);
	else
		links_remove(programs->bpf_dir, ifname);
	return 0;
}

int attach_pod(const struct datapath_maps *maps, uint32_t ifindex, const char *ifname,
	       enum attach_kind kind, struct error *err)
{
	const struct hook_programs programs = { maps->bpf_dir, { maps->from_pod, maps->to_pod } };

	return programs_attach(&programs, ifindex, ifname, kind, err);
}

int attach_uplink(const char *bpf_dir, uint32_t ifindex, const char *ifname, enum attach_kind kind,
		  struct error *err)
{
	CLEANUP(fd_close) int in = bpf_obj_get(program_path(bpf_dir, "from_uplink").text);
	CLEANUP(fd_close) int out = bpf_obj_get(program_path(bpf_dir, "to_uplink").text);
	const struct hook_programs programs = { bpf_dir, { in, out } };

	if (in < 0 || out < 0)
		return error_set(err, -errno, "open the uplink programs pinned below '%s'",
				 bpf_dir);
	return programs_attach(&programs, ifindex, ifname, kind, err);
}

void attach_remove(const char *bpf_dir, uint32_t ifindex, const char *ifname)
{
	links_remove(bpf_dir, ifname);
	filters_remove(ifindex);
}

static bool link_is_on(const char *pin, uint32_t ifindex)
{
	/* bpf_link_info.tcx.ifindex stands where older headers have xdp.ifindex. */
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);
	CLEANUP(fd_close) int link = bpf_obj_get(pin);

	if (link < 0 || bpf_obj_get_info_by_fd(link, &info, &len) < 0)
		return false;
	return info.xdp.ifindex == ifindex;
}

bool attach_query(const char *bpf_dir, uint32_t ifindex, const char *ifname,
		  enum attach_kind *ret_kind)
{
	bool tcx = true, clsact = true;

	for (size_t i = 0; i < PLACES; i++) {
		tcx = tcx && link_is_on(link_path(bpf_dir, ifname, places[i].name).text, ifindex);
		clsact = clsact && filter_exists(ifindex, &places[i]);
	}
	if (!tcx && !clsact)
		return false;
	*ret_kind = tcx ? ATTACH_TCX : ATTACH_CLSACT;
	return true;
}

void attach_forget(const char *bpf_dir, const char *ifname)
{
	for (size_t i = 0; i < PLACES; i++)
		unlink(link_path(bpf_dir, ifname, places[i].name).text);
}
