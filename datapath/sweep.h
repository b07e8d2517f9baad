/* SPDX-License-Identifier: Apache-2.0 */
/* sweep - has the kernel take connections out of conntrack that were idle for too long. */
#pragma once

#include "base/error.h"
#include "byway/sweep.h"

/*
 * sweep_run - one walk over the whole map, in the kernel: some 100 ns an entry. -ENOENT when the
 * datapath is not loaded.
 */
int sweep_run(const char *bpf_dir, struct sweep_report *ret_report, struct error *err);
