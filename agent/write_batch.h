/* SPDX-License-Identifier: Apache-2.0 */
/* write_batch - many writes to one map in one call of the kernel. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRITE_BATCH_BYTES (64 * 1024)

/* Either puts or deletes. Begin with {}; end with write_batch_done(). */
struct write_batch {
	int fd;
	bool deletes;
	uint32_t key_size, value_size;
	uint32_t count, room;
	char *keys, *values;
};

void write_batch_done(struct write_batch *batch);

/* write_batch_open - for this map; -ENOMEM. One that is open stays as it is. */
int write_batch_open(struct write_batch *batch, int fd, bool deletes);
bool write_batch_is_full(const struct write_batch *batch);

/* write_batch_add - value NULL for deletes. There must be room. */
void write_batch_add(struct write_batch *batch, const void *key, const void *value);

/*
 * write_batch_flush - write them, one by one from where the kernel refuses the many. failed is
 * called for each that fails. Returns how many were written; the batch is empty then.
 */
typedef void write_failed_fn(const void *key, int rc, void *ctx);
uint32_t write_batch_flush(struct write_batch *batch, write_failed_fn *failed, void *ctx);
