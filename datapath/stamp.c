/* SPDX-License-Identifier: Apache-2.0 */
/* stamp - which object with which settings was loaded last, so that the same need not be again. */
#include "stamp.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "paths.h"

/* A map of its own, as nothing else can be kept on a bpffs; no program knows it. */
#define STAMP_MAP "stamp"

uint64_t stamp_add(uint64_t stamp, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		stamp = (stamp ^ bytes[i]) * 0x100000001b3ULL;
	return stamp;
}

bool stamp_is(const char *bpf_dir, uint64_t stamp)
{
	CLEANUP(fd_close) int fd = bpf_obj_get(map_path(bpf_dir, STAMP_MAP).text);
	uint32_t zero = 0;
	uint64_t last;

	return fd >= 0 && bpf_map_lookup_elem(fd, &zero, &last) == 0 && last == stamp;
}

bool stamp_is_there(const char *bpf_dir)
{
	return access(map_path(bpf_dir, STAMP_MAP).text, F_OK) == 0;
}

void stamp_clear(const char *bpf_dir)
{
	unlink(map_path(bpf_dir, STAMP_MAP).text);
}

int stamp_write(const char *bpf_dir, uint64_t stamp, struct error *err)
{
	struct byway_path path = map_path(bpf_dir, STAMP_MAP);
	CLEANUP(fd_close)
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, STAMP_MAP, sizeof(uint32_t), sizeof(stamp), 1,
				NULL);
	uint32_t zero = 0;

	if (fd < 0 || bpf_map_update_elem(fd, &zero, &stamp, BPF_ANY) < 0 ||
	    bpf_obj_pin(fd, path.text) < 0)
		return error_set(err, -errno, "write down what was loaded: '%s'", path.text);
	return 0;
}
