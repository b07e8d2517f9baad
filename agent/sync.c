/* SPDX-License-Identifier: Apache-2.0 */
/* sync - the only hand that writes the maps of services, and reads back what they hold. */
#include "agent/sync.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "agent/compile/diff.h"
#include "datapath/maps.h"

/* So many writes of a phase are made one by one. */
#define DIRECT_WRITES 64

enum { PUTS, DELETES };

static int map_of(const struct sync *sync, enum write_map map)
{
	switch (map) {
	case MAP_SERVICES:
		return sync->maps->services;
	case MAP_BACKENDS:
		return sync->maps->backends;
	case MAP_MAGLEV:
		return sync->maps->maglev;
	default:
		return sync->maps->source_ranges;
	}
}

/* A hash says E2BIG, a trie ENOSPC. */
static bool is_full(int rc)
{
	return rc == -E2BIG || rc == -ENOSPC;
}

bool sync_lacks_room(const struct sync *sync)
{
	return is_full(sync->last_error.code);
}

/* What the map is full of, and which key makes it larger. */
static const char *advice_of(enum write_map map, int rc)
{
	static const char *const full[WRITE_MAP_COUNT] = {
		[MAP_SERVICES] = " (the map is full: raise maps.services)",
		[MAP_BACKENDS] = " (the map is full: raise maps.backends)",
		[MAP_MAGLEV] = " (the map is full: raise maps.maglev)",
		[MAP_SOURCE_RANGES] = " (the map is full: raise maps.sourceRanges)",
	};

	return is_full(rc) ? full[map] : "";
}

static int failure_note(struct sync *sync, const struct write *write, int rc)
{
	sync->errors++;
	error_say(&sync->last_error, rc, "%s: %s%s", write_describe(write).text, strerror(-rc),
		  advice_of(write->map, rc));
	sync->last_error_time = time(NULL);
	return rc;
}

void sync_init(struct sync *sync, const struct service_maps *maps)
{
	*sync = (struct sync){ .maps = maps };
	for (int map = 0; map < WRITE_MAP_COUNT; map++)
		sync->capacity[map] = map_capacity(map_of(sync, (enum write_map)map));
}

void sync_done(struct sync *sync)
{
	sync_pass_end(sync);
}

void sync_pass_end(struct sync *sync)
{
	for (int map = 0; map < WRITE_MAP_COUNT; map++) {
		write_batch_done(&sync->batches[map][PUTS]);
		write_batch_done(&sync->batches[map][DELETES]);
	}
}

/* A put may replace an entry: entries is what there are at most, until they are read again. */
static void written_note(struct sync *sync, enum write_map map, bool deleted, uint32_t count)
{
	uint64_t *entries = &sync->entries[map];

	if (deleted) {
		sync->deletes += count;
		*entries -= *entries < count ? *entries : count;
	} else {
		sync->puts += count;
		*entries += count;
	}
}

static int write_at_once(struct sync *sync, const struct write *write)
{
	int fd = map_of(sync, write->map);

	if (write->value && bpf_map_update_elem(fd, write->key, write->value, BPF_ANY) < 0)
		return failure_note(sync, write, -errno);
	/* What somebody else has taken away is as gone as we want it. */
	if (!write->value && bpf_map_delete_elem(fd, write->key) < 0 && errno != ENOENT)
		return failure_note(sync, write, -errno);
	written_note(sync, write->map, !write->value, 1);
	return 0;
}

struct flush {
	struct sync *sync;
	enum write_map map;
};

static void flush_failed(const void *key, int rc, void *ctx)
{
	static const char any_value;
	const struct flush *flush = ctx;
	struct sync *sync = flush->sync;
	const struct write write = { .map = flush->map, .key = key, .value = &any_value };

	failure_note(sync, &write, rc);
	sync->lost = true;
}

static void batch_flush(struct sync *sync, enum write_map map, int kind)
{
	struct flush flush = { sync, map };
	uint32_t count = write_batch_flush(&sync->batches[map][kind], flush_failed, &flush);

	written_note(sync, map, kind == DELETES, count);
}

/* A table of Maglev is larger than what a call costs. */
static bool may_wait(const struct sync *sync, const struct write *write)
{
	const struct write_batch *batch = &sync->batches[write->map][PUTS];

	if (sync->phase_writes < DIRECT_WRITES || write->map == MAP_MAGLEV)
		return false;
	return !write->value ||
	       sync->entries[write->map] + batch->count < sync->capacity[write->map];
}

int sync_write(const struct write *write, void *ctx)
{
	struct sync *sync = ctx;
	int kind = write->value ? PUTS : DELETES;
	struct write_batch *batch = &sync->batches[write->map][kind];

	if (sync->lost)
		return -EAGAIN;
	sync->phase_writes++;
	if (!may_wait(sync, write) ||
	    write_batch_open(batch, map_of(sync, write->map), kind == DELETES))
		return write_at_once(sync, write);
	write_batch_add(batch, write->key, write->value);
	if (write_batch_is_full(batch))
		batch_flush(sync, write->map, kind);
	return 0;
}

void sync_phase_end(struct sync *sync)
{
	for (int map = 0; map < WRITE_MAP_COUNT; map++) {
		batch_flush(sync, (enum write_map)map, PUTS);
		batch_flush(sync, (enum write_map)map, DELETES);
	}
	sync->phase_writes = 0;
}

uint64_t sync_write_count(const struct sync *sync)
{
	return sync->puts + sync->deletes;
}
