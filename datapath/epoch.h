/* SPDX-License-Identifier: Apache-2.0 */
/* epoch - the number under which connections were judged; moving it has each judged again. */
#pragma once

#include <stdint.h>

#include "base/error.h"

/* Map epoch, shared with the datapath by mmap: several writers add to it without a lock. */
struct epoch {
	uint32_t *value; /* NULL: not open */
};

/* epoch_open - of the datapath pinned below bpf_dir; -ENOENT when it is not loaded. */
int epoch_open(const char *bpf_dir, struct epoch *ret_epoch, struct error *err);
void epoch_close(struct epoch *epoch);

/*
 * epoch_advance - after a change of endpoints, policies, services or routes is in the maps: the
 * next packet of every connection looks again. Does nothing to one that is not open.
 */
void epoch_advance(const struct epoch *epoch);
