/* SPDX-License-Identifier: Apache-2.0 */
/* sweep - has the kernel take connections out of conntrack that were idle for too long. */
#include "sweep.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "base/cleanup.h"
#include "paths.h"

int sweep_run(const char *bpf_dir, struct sweep_report *ret_report, struct error *err)
{
	struct byway_path path = program_path(bpf_dir, "sweep");
	CLEANUP(fd_close) int program = bpf_obj_get(path.text);
	struct sweep_report report = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &report, .ctx_size_in = sizeof(report));

	if (program < 0 && errno == ENOENT)
		return error_say(err, -ENOENT, "the datapath is not loaded ('%s' is missing)",
				 path.text);
	if (program < 0)
		return error_set(err, -errno, "open '%s'", path.text);
	if (bpf_prog_test_run_opts(program, &opts) < 0)
		return error_set(err, -errno, "sweep the connections");
	*ret_report = report;
	return 0;
}
