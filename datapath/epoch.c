/* SPDX-License-Identifier: Apache-2.0 */
/* epoch - the number under which connections were judged; moving it has each judged again. */
#include "epoch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "paths.h"

/* The kernel rounds what it shares up to whole pages; a smaller mapping would do as well. */
#define SHARED_SIZE sizeof(uint32_t)

int epoch_open(const char *bpf_dir, struct epoch *ret_epoch, struct error *err)
{
	struct byway_path path = map_path(bpf_dir, "epoch");
	CLEANUP(fd_close) int fd = bpf_obj_get(path.text);
	void *shared;

	if (fd < 0 && errno == ENOENT)
		return error_say(err, -ENOENT, "the datapath is not loaded ('%s' is missing)",
				 path.text);
	if (fd < 0)
		return error_set(err, -errno, "open '%s'", path.text);
	shared = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return error_set(err, -errno, "map '%s' into memory", path.text);
	ret_epoch->value = shared;
	return 0;
}

void epoch_close(struct epoch *epoch)
{
	if (epoch->value)
		munmap(epoch->value, SHARED_SIZE);
	epoch->value = NULL;
}

void epoch_advance(const struct epoch *epoch)
{
	if (epoch->value)
		__atomic_fetch_add(epoch->value, 1, __ATOMIC_SEQ_CST);
}
