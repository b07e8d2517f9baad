/* SPDX-License-Identifier: Apache-2.0 */
/* map_sim - the four maps as arrays, which are watched while they are written. */
#include "map_sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/maglev.h"

/* An array as a map: entries begin with their key. */
struct table {
	char *entries;
	size_t *count;
	size_t room, size, key_size, value_at, value_size;
};

#define TABLE(sim, member, counter, key, value, value_size)                                       \
	{                                                                                         \
		(char *)(sim)->member, &(sim)->counter,                                           \
			sizeof((sim)->member) / sizeof(*(sim)->member), sizeof(*(sim)->member),   \
			sizeof((sim)->member->key),                                               \
			(size_t)((const char *)(value) - (const char *)(sim)->member), value_size \
	}

static struct table table_of(struct map_sim *sim, enum write_map map)
{
	switch (map) {
	case MAP_SERVICES:
		return (struct table)TABLE(sim, frontends, frontend_count, key,
					   &sim->frontends->value, sizeof(struct service));
	case MAP_BACKENDS:
		return (struct table)TABLE(sim, backends, backend_count, key, &sim->backends->value,
					   sizeof(struct backend));
	case MAP_MAGLEV:
		return (struct table)TABLE(sim, maglevs, maglev_count, service,
					   &sim->maglevs->table, sizeof(struct maglev));
	default:
		return (struct table)TABLE(sim, source_ranges, source_range_count, key,
					   sim->source_ranges, 0);
	}
}

static char *entry_find(const struct table *table, const void *key)
{
	for (size_t i = 0; i < *table->count; i++)
		if (!memcmp(table->entries + i * table->size, key, table->key_size))
			return table->entries + i * table->size;
	return NULL;
}

static int entry_put(struct map_sim *sim, struct table *table, const struct write *write)
{
	char *entry = entry_find(table, write->key);

	if (entry && !memcmp(entry + table->value_at, write->value, table->value_size))
		sim->useless++;
	if (!entry && *table->count == table->room)
		return -ENOSPC;
	if (!entry)
		entry = table->entries + table->size * (*table->count)++;
	memcpy(entry, write->key, table->key_size);
	memcpy(entry + table->value_at, write->value, table->value_size);
	return 0;
}

static void entry_delete(struct map_sim *sim, struct table *table, const struct write *write)
{
	char *entry = entry_find(table, write->key);

	if (!entry) {
		sim->useless++;
		return;
	}
	memmove(entry, table->entries + (*table->count - 1) * table->size, table->size);
	(*table->count)--;
}

/* --- what a client sees ----------------------------------------------------------------------- */

const struct service *map_sim_frontend(const struct map_sim *sim, const struct service_key *key)
{
	for (size_t i = 0; i < sim->frontend_count; i++)
		if (!memcmp(&sim->frontends[i].key, key, sizeof(*key)))
			return &sim->frontends[i].value;
	return NULL;
}

const struct backend *map_sim_backend(const struct map_sim *sim, uint32_t id, uint8_t set,
				      uint16_t slot)
{
	for (size_t i = 0; i < sim->backend_count; i++)
		if (sim->backends[i].key.service == id && sim->backends[i].key.set == set &&
		    sim->backends[i].key.slot == slot)
			return &sim->backends[i].value;
	return NULL;
}

const struct maglev *map_sim_maglev(const struct map_sim *sim, uint32_t id)
{
	for (size_t i = 0; i < sim->maglev_count; i++)
		if (sim->maglevs[i].service == id)
			return &sim->maglevs[i].table;
	return NULL;
}

static bool in_use(const struct map_sim *sim, uint32_t id, uint8_t set, uint16_t slot)
{
	const struct backend *backend = map_sim_backend(sim, id, set, slot);

	return backend && !(backend->flags & BACKEND_DRAINING);
}

static bool choice_judge(struct map_sim *sim, uint32_t id, const struct service_choice *choice)
{
	if (!choice->slots)
		return true;
	if (choice->sure < choice->slots && in_use(sim, id, choice->set, choice->sure))
		return true;
	snprintf(sim->broken, sizeof(sim->broken),
		 "after write %zu, service %u: slot %u of set %u is sure and not in use",
		 sim->writes, id, choice->sure, choice->set);
	return false;
}

static bool frontend_judge(struct map_sim *sim, const struct service *service)
{
	if (service->flags & SERVICE_MAGLEV && !map_sim_maglev(sim, service->id)) {
		snprintf(sim->broken, sizeof(sim->broken),
			 "after write %zu, service %u: its Maglev table is missing", sim->writes,
			 service->id);
		return false;
	}
	return choice_judge(sim, service->id, &service->inside) &&
	       choice_judge(sim, service->id, &service->outside);
}

bool map_sim_judge(struct map_sim *sim, uint32_t id)
{
	for (size_t i = 0; i < sim->frontend_count; i++)
		if (sim->frontends[i].value.id == id &&
		    !frontend_judge(sim, &sim->frontends[i].value))
			return false;
	return true;
}

static void write_judge(struct map_sim *sim, const struct write *write)
{
	const struct service *service;
	uint32_t id;

	if (*sim->broken || write->map == MAP_SOURCE_RANGES)
		return;
	if (write->map == MAP_SERVICES) {
		service = map_sim_frontend(sim, write->key);
		if (service)
			frontend_judge(sim, service);
		return;
	}
	memcpy(&id, write->key, sizeof(id));
	map_sim_judge(sim, id);
}

int map_sim_write(const struct write *write, void *ctx)
{
	struct map_sim *sim = ctx;
	struct table table = table_of(sim, write->map);
	int rc = 0;

	if (sim->fail_in && --sim->fail_in == 0)
		return -ENOSPC;
	sim->writes++;
	if (write->value)
		rc = entry_put(sim, &table, write);
	else
		entry_delete(sim, &table, write);
	if (!rc)
		write_judge(sim, write);
	return rc;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void *copy(const void *entries, size_t count, size_t size, unsigned int seed)
{
	char *to = malloc(count * size + 1);

	for (size_t i = 0; to && i < count; i++)
		memcpy(to + i * size, (const char *)entries + (i + seed) % count * size, size);
	return to;
}

void map_sim_read(const struct map_sim *sim, unsigned int seed, struct held_maps *ret_maps)
{
	*ret_maps = (struct held_maps){
		.frontends =
			copy(sim->frontends, sim->frontend_count, sizeof(*sim->frontends), seed),
		.frontend_count = sim->frontend_count,
		.backends = copy(sim->backends, sim->backend_count, sizeof(*sim->backends), seed),
		.backend_count = sim->backend_count,
		.source_ranges = copy(sim->source_ranges, sim->source_range_count,
				      sizeof(*sim->source_ranges), seed),
		.source_range_count = sim->source_range_count,
		.maglevs = calloc(sim->maglev_count + 1, sizeof(struct maglev_row)),
		.maglev_count = sim->maglev_count,
	};
	for (size_t i = 0; i < sim->maglev_count; i++) {
		ret_maps->maglevs[i].service = sim->maglevs[i].service;
		ret_maps->maglevs[i].digest = maglev_digest(&sim->maglevs[i].table);
	}
}
