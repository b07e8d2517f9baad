/* SPDX-License-Identifier: Apache-2.0 */
/* services_raw - the view of services where no agent answers: what the maps hold, by id. */
#include "agent/views/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/sync.h"
#include "agent/views/service_rows.h"
#include "base/json.h"

static int frontend_order(const void *a, const void *b)
{
	const struct frontend_row *left = a, *right = b;

	if (left->value.id != right->value.id)
		return left->value.id < right->value.id ? -1 : 1;
	return memcmp(&left->key, &right->key, sizeof(left->key));
}

static int backend_order(const void *a, const void *b)
{
	const struct backend_key *left = &((const struct backend_row *)a)->key;
	const struct backend_key *right = &((const struct backend_row *)b)->key;

	if (left->service != right->service)
		return left->service < right->service ? -1 : 1;
	if (left->set != right->set)
		return left->set < right->set ? -1 : 1;
	return (int)left->slot - (int)right->slot;
}

static int range_order(const void *a, const void *b)
{
	const struct source_range_row *left = a, *right = b;

	if (left->key.service != right->key.service)
		return ntohl(left->key.service) < ntohl(right->key.service) ? -1 : 1;
	return memcmp(&left->key, &right->key, sizeof(left->key));
}

static void held_order(struct held_maps *held)
{
	if (held->frontend_count)
		qsort(held->frontends, held->frontend_count, sizeof(*held->frontends),
		      frontend_order);
	if (held->backend_count)
		qsort(held->backends, held->backend_count, sizeof(*held->backends), backend_order);
	if (held->source_range_count)
		qsort(held->source_ranges, held->source_range_count, sizeof(*held->source_ranges),
		      range_order);
}

/* All are ordered by id: each cursor goes over its rows once. */
struct cursor {
	size_t frontend, backend, range;
};

/* The rows of the next id, without a copy: they stay held's. */
static struct service_rows rows_next(const struct held_maps *held, struct cursor *at)
{
	uint32_t id = held->frontends[at->frontend].value.id;
	struct service_rows rows = { .frontends = &held->frontends[at->frontend] };

	while (at->backend < held->backend_count && held->backends[at->backend].key.service < id)
		at->backend++;
	while (at->range < held->source_range_count &&
	       ntohl(held->source_ranges[at->range].key.service) < id)
		at->range++;
	rows.backends = held->backends + at->backend;
	rows.source_ranges = held->source_ranges + at->range;
	for (; at->frontend < held->frontend_count && held->frontends[at->frontend].value.id == id;
	     at->frontend++)
		rows.frontend_count++;
	for (; at->backend < held->backend_count && held->backends[at->backend].key.service == id;
	     at->backend++)
		rows.backend_count++;
	for (; at->range < held->source_range_count &&
	       ntohl(held->source_ranges[at->range].key.service) == id;
	     at->range++)
		rows.source_range_count++;
	return rows;
}

static bool rows_fit(const struct service_rows *rows, const char *name)
{
	struct service_key wanted;

	if (!name || !*name)
		return true;
	for (size_t i = 0; frontend_parse(name, &wanted) && i < rows->frontend_count; i++) {
		const struct service_key *key = &rows->frontends[i].key;

		if (ip_addr_equal(&key->addr, &wanted.addr) &&
		    (!wanted.port || wanted.port == key->port))
			return true;
	}
	return false;
}

int services_of_maps(const struct node_view *view, cJSON *json, struct error *err)
{
	struct sync sync = { .maps = view->service_maps };
	cJSON *list = cJSON_AddArrayToObject(json, "services");
	struct held_maps held = {};
	struct cursor at = {};
	int rc;

	if (!view->service_maps)
		return error_say(err, -ENOENT, "the datapath is not loaded, or has no services");
	if ((rc = sync_read(&sync, &held, err)))
		return rc;
	held_order(&held);
	while (at.frontend < held.frontend_count) {
		struct service_rows rows = rows_next(&held, &at);
		cJSON *item;

		if (!rows_fit(&rows, view->query.name))
			continue;
		item = cJSON_CreateObject();
		cJSON_AddItemToArray(list, item);
		cJSON_AddNumberToObject(item, "id", rows.frontends->value.id);
		frontends_add(item, &rows, NULL);
		backends_add(item, &rows);
		ranges_add(item, &rows);
	}
	held_maps_done(&held);
	return 0;
}
