/* SPDX-License-Identifier: Apache-2.0 */
/* maglev - the table by which every node picks the same backend for a connection. */
#include "agent/compile/maglev.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/digest.h"

#define EMPTY UINT16_MAX /* no slot: BACKEND_SLOTS_MAX is the count */
_Static_assert(BACKEND_SLOTS_MAX <= EMPTY, "a slot must not look like an empty entry");

/* Where a backend looks for its next entry: a walk over the whole table, because its size is prime.
 */
struct walk {
	uint32_t at, step;
};

static struct walk walk_begin(const struct maglev_backend *backend)
{
	unsigned char bytes[sizeof(backend->addr) + sizeof(backend->port)];
	uint64_t offset, step;

	memcpy(bytes, &backend->addr, sizeof(backend->addr));
	memcpy(bytes + sizeof(backend->addr), &backend->port, sizeof(backend->port));
	offset = digest_add(1, bytes, sizeof(bytes));
	step = digest_add(2, bytes, sizeof(bytes));
	return (struct walk){ .at = (uint32_t)(offset % MAGLEV_SIZE),
			      .step = (uint32_t)(step % (MAGLEV_SIZE - 1)) + 1 };
}

static void entry_take(struct walk *walk, uint16_t slot, struct maglev *table)
{
	while (table->slot[walk->at] != EMPTY) {
		walk->at += walk->step;
		walk->at -= walk->at >= MAGLEV_SIZE ? MAGLEV_SIZE : 0;
	}
	table->slot[walk->at] = slot;
}

void maglev_fill(const struct maglev_backend *backends, size_t count, struct maglev *ret_table)
{
	struct walk walks[MAGLEV_SIZE];

	if (count > MAGLEV_SIZE)
		count = MAGLEV_SIZE;
	memset(ret_table, 0, sizeof(*ret_table));
	if (!count)
		return;
	for (size_t i = 0; i < count; i++)
		walks[i] = walk_begin(&backends[i]);
	memset(ret_table->slot, 0xff, sizeof(ret_table->slot));
	for (size_t taken = 0, next = 0; taken < MAGLEV_SIZE; taken++) {
		entry_take(&walks[next], backends[next].slot, ret_table);
		next = next + 1 < count ? next + 1 : 0;
	}
}

static int backend_compare(const void *a, const void *b)
{
	const struct maglev_backend *x = a, *y = b;
	int order = memcmp(&x->addr, &y->addr, sizeof(x->addr));

	return order ? order : ntohs(x->port) - ntohs(y->port);
}

int maglev_of_rows(const struct service_rows *rows, uint32_t service, struct maglev *ret_table)
{
	struct maglev_backend *backends = calloc(rows->backend_count + 1, sizeof(*backends));
	size_t count = 0;

	if (!backends)
		return -ENOMEM;
	for (size_t i = 0; i < rows->backend_count; i++) {
		const struct backend_row *row = &rows->backends[i];

		if (row->key.service == service && row->key.set == BACKENDS_CLUSTER &&
		    !(row->value.flags & BACKEND_DRAINING))
			backends[count++] = (struct maglev_backend){
				.addr = row->value.addr,
				.port = row->value.port,
				.slot = row->key.slot,
			};
	}
	qsort(backends, count, sizeof(*backends), backend_compare);
	maglev_fill(backends, count, ret_table);
	free(backends);
	return 0;
}

uint64_t maglev_digest(const struct maglev *table)
{
	uint64_t digest = digest_add(0, table, sizeof(*table));

	return digest ? digest : 1;
}

uint64_t maglev_made_of(const struct maglev_backend *backends, size_t count)
{
	uint64_t digest = 0;

	for (size_t i = 0; i < count; i++) {
		digest = digest_add(digest, &backends[i].addr, sizeof(backends[i].addr));
		digest = digest_add(digest, &backends[i].port, sizeof(backends[i].port));
		digest = digest_add(digest, &backends[i].slot, sizeof(backends[i].slot));
	}
	return digest ? digest : 1;
}
