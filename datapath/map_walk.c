/* SPDX-License-Identifier: Apache-2.0 */
/* map_walk - all entries of a map, many at a time. */
#include "map_walk.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* A batch must hold the longest chain of a hash bucket; ENOSPC asks for more. */
#define BATCH_BYTES (512 * 1024)
#define BATCH_MIN 64
#define BATCH_MAX (1 << 20)
/* The kernel's place in the walk: a bucket's number, or for tries a key. */
#define PLACE_BYTES 64

struct walk {
	int fd;
	struct bpf_map_info info;
	uint32_t room; /* of a batch, in entries */
	char *keys, *values;
	char place[PLACE_BYTES] __attribute__((aligned(8)));
	bool begun;
};

static void walk_done(struct walk *walk)
{
	free(walk->keys);
	free(walk->values);
}

static int walk_make_room(struct walk *walk, uint32_t room, struct error *err)
{
	walk_done(walk);
	walk->keys = calloc(room, walk->info.key_size);
	walk->values = calloc(room, walk->info.value_size);
	walk->room = room;
	return walk->keys && walk->values ? 0 : error_set(err, -ENOMEM, "walk a map");
}

static int walk_begin(struct walk *walk, struct error *err)
{
	uint32_t len = sizeof(walk->info), room;

	if (bpf_obj_get_info_by_fd(walk->fd, &walk->info, &len) < 0)
		return error_set(err, -errno, "read about a map");
	if (walk->info.key_size > PLACE_BYTES)
		return error_set(err, -EINVAL, "walk a map");
	room = BATCH_BYTES / (walk->info.key_size + walk->info.value_size);
	return walk_make_room(walk, room < BATCH_MIN ? BATCH_MIN : room, err);
}

/* One batch: *ret_count entries. -ENOENT with the last one, which may be empty. */
static int walk_batch(struct walk *walk, uint32_t *ret_count, struct error *err)
{
	char next[PLACE_BYTES] __attribute__((aligned(8)));
	int rc;

	for (;;) {
		*ret_count = walk->room;
		rc = bpf_map_lookup_batch(walk->fd, walk->begun ? walk->place : NULL, next,
					  walk->keys, walk->values, ret_count, NULL);
		if (rc == 0 || rc == -ENOENT)
			break;
		if (rc == -EINTR)
			continue;
		if (rc != -ENOSPC || walk->room >= BATCH_MAX)
			return error_set(err, rc, "walk map '%s'", walk->info.name);
		if ((rc = walk_make_room(walk, walk->room * 2, err)))
			return rc;
	}
	memcpy(walk->place, next, sizeof(next));
	walk->begun = true;
	return rc;
}

int map_walk(int map_fd, map_batch_fn *fn, void *ctx, struct error *err)
{
	CLEANUP(walk_done) struct walk walk = { .fd = map_fd };
	int rc = walk_begin(&walk, err);
	uint32_t count;

	while (rc == 0) {
		int more = walk_batch(&walk, &count, err);

		if (more && more != -ENOENT)
			return more;
		rc = count ? fn(walk.keys, walk.values, count, ctx) : 0;
		if (more)
			break;
	}
	return rc;
}

static int batch_count(const void *keys, const void *values, uint32_t count, void *ctx)
{
	(void)keys, (void)values;
	*(uint32_t *)ctx += count;
	return 0;
}

uint32_t map_count(int map_fd)
{
	struct error ignored;
	uint32_t count = 0;

	return map_walk(map_fd, batch_count, &count, &ignored) ? 0 : count;
}
