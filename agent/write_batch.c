/* SPDX-License-Identifier: Apache-2.0 */
/* write_batch - many writes to one map in one call of the kernel. */
#include "agent/write_batch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void write_batch_done(struct write_batch *batch)
{
	free(batch->keys);
	free(batch->values);
	*batch = (struct write_batch){};
}

int write_batch_open(struct write_batch *batch, int fd, bool deletes)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	if (batch->room)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	*batch = (struct write_batch){ .fd = fd,
				       .deletes = deletes,
				       .key_size = info.key_size,
				       .value_size = deletes ? 0 : info.value_size };
	batch->room = WRITE_BATCH_BYTES / (batch->key_size + batch->value_size);
	batch->keys = calloc(batch->room, batch->key_size);
	batch->values = deletes ? NULL : calloc(batch->room, batch->value_size);
	if (batch->keys && (deletes || batch->values))
		return 0;
	write_batch_done(batch);
	return -ENOMEM;
}

bool write_batch_is_full(const struct write_batch *batch)
{
	return batch->count == batch->room;
}

void write_batch_add(struct write_batch *batch, const void *key, const void *value)
{
	memcpy(batch->keys + (size_t)batch->count * batch->key_size, key, batch->key_size);
	if (value)
		memcpy(batch->values + (size_t)batch->count * batch->value_size, value,
		       batch->value_size);
	batch->count++;
}

static int write_one(const struct write_batch *batch, uint32_t place)
{
	const char *key = batch->keys + (size_t)place * batch->key_size;
	const char *value = batch->values + (size_t)place * batch->value_size;

	if (!batch->deletes)
		return bpf_map_update_elem(batch->fd, key, value, BPF_ANY) < 0 ? -errno : 0;
	/* What somebody else has taken away is as gone as we want it. */
	return bpf_map_delete_elem(batch->fd, key) < 0 && errno != ENOENT ? -errno : 0;
}

static uint32_t write_many(const struct write_batch *batch)
{
	uint32_t count = batch->count;
	int rc;

	if (batch->deletes)
		rc = bpf_map_delete_batch(batch->fd, batch->keys, &count, NULL);
	else
		rc = bpf_map_update_batch(batch->fd, batch->keys, batch->values, &count, NULL);
	/* Kernels without batches for this map leave count alone. */
	return rc == 0 ? batch->count : count < batch->count ? count : 0;
}

uint32_t write_batch_flush(struct write_batch *batch, write_failed_fn *failed, void *ctx)
{
	uint32_t written = batch->count ? write_many(batch) : 0;

	for (uint32_t i = written; i < batch->count; i++) {
		int rc = write_one(batch, i);

		if (rc == 0)
			written++;
		else
			failed(batch->keys + (size_t)i * batch->key_size, rc, ctx);
	}
	batch->count = 0;
	return written;
}
