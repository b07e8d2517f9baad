/* SPDX-License-Identifier: Apache-2.0 */
/* sync_addresses - the hand that writes map node_addresses. */
#include "agent/sync.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "byway/ip_text.h"
#include "datapath/map_walk.h"

struct addresses {
	struct node_address *items;
	size_t count;
};

static int addresses_take(const void *keys, const void *values, uint32_t count, void *ctx)
{
	struct addresses *held = ctx;
	const struct ip_addr *addr = keys;
	const uint32_t *flags = values;
	struct node_address *larger = realloc(held->items, (held->count + count) * sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	held->items = larger;
	for (uint32_t i = 0; i < count; i++)
		larger[held->count++] = (struct node_address){ addr[i], flags[i] };
	return 0;
}

struct address_writes {
	struct sync *sync;
	struct error *err;
	size_t count;
	int rc; /* the first failure */
};

static void address_write(const struct node_address *address, bool wanted, void *ctx)
{
	struct address_writes *writes = ctx;
	int fd = writes->sync->maps->node_addresses;
	int rc = wanted ? bpf_map_update_elem(fd, &address->addr, &address->flags, BPF_ANY) :
			  bpf_map_delete_elem(fd, &address->addr);

	writes->count++;
	if (rc == 0 || (!wanted && errno == ENOENT))
		return;
	rc = -errno;
	writes->sync->errors++;
	if (!writes->rc)
		writes->rc = error_set(writes->err, rc, "node address %s",
				       ip_addr_text(&address->addr).text);
}

int sync_node_addresses(struct sync *sync, const struct node_address *wanted, size_t count,
			size_t *ret_writes, struct error *err)
{
	struct address_writes writes = { .sync = sync, .err = err };
	struct addresses held = {};
	int rc;

	error_set(err, -ENOMEM, "read map node_addresses");
	rc = map_walk(sync->maps->node_addresses, addresses_take, &held, err);
	if (rc == 0)
		node_addresses_diff(held.items, held.count, wanted, count, address_write, &writes);
	free(held.items);
	*ret_writes = writes.count;
	return rc ? rc : writes.rc;
}
