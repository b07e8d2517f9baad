/* SPDX-License-Identifier: Apache-2.0 */
/* attach_kinds - each way to attach works, or is refused with a reason, on this kernel. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "datapath/attach.h"
#include "datapath/load.h"
#include "datapath/maps.h"
#include "datapath/paths.h"

#define BPF_DIR "/sys/fs/bpf/attach_kinds"
#define POD_VETH "veth_pod_a"

/* tcx came with 6.6. */
static bool kernel_should_have_tcx(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	return major > 6 || (major == 6 && minor >= 6);
}

/* --- loading: test/packet/test_load.c has every setting; here only what the rest stands on -------
 */

static int program_describe(const char *name)
{
	struct byway_path path = program_path(BPF_DIR, name);
	CLEANUP(fd_close) int fd = bpf_obj_get(path.text);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) < 0)
		return -1;
	print_message("# %-16s %7u instructions verified, %6u bytes of machine code\n", name,
		      info.verified_insns, info.jited_prog_len);
	return 0;
}

static void every_program_loads(void **state)
{
	struct load_settings settings = { .bpf_dir = BPF_DIR, .drop_events = 100 };
	struct error err = {};
	struct dirent *entry;
	int programs = 0;
	DIR *folder;

	(void)state;
	if (datapath_load(&settings, NULL, &err))
		fail_msg("%s", err.text);
	folder = opendir(BPF_DIR "/programs");
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		assert_int_equal(program_describe(entry->d_name), 0);
		programs++;
	}
	closedir(folder);
	assert_int_not_equal(programs, 0);
}

/* --- attaching ------------------------------------------------------------------------------- */

static void attaches(enum attach_kind kind)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	uint32_t ifindex = if_nametoindex(POD_VETH);
	enum attach_kind found = ATTACH_AUTO;
	struct error err = {};

	if (datapath_maps_open(BPF_DIR, &maps, &err))
		fail_msg("%s", err.text);
	if (attach_pod(&maps, ifindex, POD_VETH, kind, &err))
		fail_msg("%s", err.text);
	assert_true(attach_query(maps.bpf_dir, ifindex, POD_VETH, &found));
	assert_int_equal(found, kind);
	print_message("# attach: %s works\n", attach_kind_name(kind));
}

static void clsact_attaches(void **state)
{
	(void)state;
	attaches(ATTACH_CLSACT);
}

static void clsact_attaches_over_itself(void **state)
{
	(void)state;
	attaches(ATTACH_CLSACT);
}

static void clsact_attaches_over_tcx(void **state)
{
	(void)state;
	attaches(ATTACH_CLSACT);
}

static void tcx_attaches_or_is_refused(void **state)
{
	enum attach_kind kind;
	struct error err = {};
	int rc = attach_kind_resolve(ATTACH_TCX, &kind, &err);

	(void)state;
	if (kernel_should_have_tcx()) {
		assert_int_equal(rc, 0);
		attaches(ATTACH_TCX);
	} else {
		assert_int_equal(rc, -ENOTSUP);
		print_message("# attach: tcx is refused: %s\n", err.text);
	}
}

static void auto_attaches(void **state)
{
	enum attach_kind kind;
	struct error err = {};

	(void)state;
	assert_int_equal(attach_kind_resolve(ATTACH_AUTO, &kind, &err), 0);
	attaches(kind);
}

/* --- the world: namespaces of this process's own, which end with it, however it ends ---------- */

static int world_make(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) < 0) {
		print_error("namespaces of its own: %s\n", strerror(errno));
		return -1;
	}
	return system("ip link add " POD_VETH " type veth peer name eth0 && ip link set " POD_VETH
		      " up");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_program_loads),
		cmocka_unit_test(clsact_attaches),
		cmocka_unit_test(clsact_attaches_over_itself),
		cmocka_unit_test(tcx_attaches_or_is_refused),
		cmocka_unit_test(clsact_attaches_over_tcx),
		cmocka_unit_test(auto_attaches),
	};

	return cmocka_run_group_tests(tests, world_make, NULL);
}
