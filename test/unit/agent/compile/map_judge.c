/* SPDX-License-Identifier: Apache-2.0 */
/* map_judge - do the maps say what the oracle says? */
#include "map_judge.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct judge {
	const struct map_sim *sim;
	const struct world *world;
	struct service_key key;
	struct answer answer;
	char *why;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static bool wrong(const struct judge *judge, const char *fmt,
							...)
{
	va_list args;
	int used = snprintf(judge->why, judge->size,
			    "%s port %u/%u: ", ip_addr_text(&judge->key.addr).text,
			    ntohs(judge->key.port), judge->key.protocol);

	va_start(args, fmt);
	vsnprintf(judge->why + used, judge->size - (size_t)used, fmt, args);
	va_end(args);
	return false;
}

static const struct target *target_find(const struct targets *targets,
					const struct backend *backend)
{
	for (int i = 0; i < targets->count; i++)
		if (ip_addr_equal(&targets->items[i].addr, &backend->addr) &&
		    htons(targets->items[i].port) == backend->port)
			return &targets->items[i];
	return NULL;
}

/* A row that takes new connections is one of the right ones; any other still serves. */
static bool row_judge(const struct judge *judge, const struct targets *right,
		      const struct backend_row *row, int *in_use)
{
	const struct target *target = target_find(right, &row->value);
	const char *text = ip_addr_text(&row->value.addr).text;

	if (row->value.flags & BACKEND_DRAINING) {
		if (target)
			return wrong(judge, "slot %u drains a good backend", row->key.slot);
		if (judge->answer.serving.count &&
		    !target_find(&judge->answer.serving, &row->value))
			return wrong(judge, "slot %u keeps one that is gone", row->key.slot);
		return true;
	}
	if (!target)
		return wrong(judge, "slot %u has a wrong backend (%s)", row->key.slot, text);
	if (!!(row->value.flags & BACKEND_LOCAL) != target->local)
		return wrong(judge, "slot %u: BACKEND_LOCAL is wrong", row->key.slot);
	(*in_use)++;
	return true;
}

static bool choice_judge(const struct judge *judge, uint32_t id,
			 const struct service_choice *choice, int side)
{
	const struct targets *right = &judge->answer.right[side];
	int in_use = 0;

	for (size_t i = 0; i < judge->sim->backend_count; i++) {
		const struct backend_row *row = &judge->sim->backends[i];

		if (row->key.service != id || row->key.set != choice->set)
			continue;
		if (!row_judge(judge, right, row, &in_use))
			return false;
		if (!(row->value.flags & BACKEND_DRAINING) && row->key.slot >= choice->slots)
			return wrong(judge, "slot %u is beyond slots", row->key.slot);
	}
	/* Rows are distinct by slot, and so are the right ones by address: equal counts do. */
	if (in_use != right->count)
		return wrong(judge, "side %d has %d backends of %d", side, in_use, right->count);
	if (choice->slots > 2 * in_use)
		return wrong(judge, "%d backends in %u slots", in_use, choice->slots);
	if (!in_use && (choice->no_backend == NO_BACKEND_DROP) !=
			       (judge->answer.otherwise[side] == VERDICT_DROP))
		return wrong(judge, "side %d: the verdict without a backend is wrong", side);
	return true;
}

static bool ranges_judge(const struct judge *judge, const struct service *service)
{
	const struct answer *answer = &judge->answer;
	int found = 0;

	if (!!(service->flags & SERVICE_SOURCE_RANGES) != answer->guarded)
		return wrong(judge, "the guard is wrong");
	for (size_t i = 0; answer->guarded && i < judge->sim->source_range_count; i++) {
		const struct source_range_key *key = &judge->sim->source_ranges[i].key;
		bool right = false;

		if (ntohl(key->service) != service->id)
			continue;
		for (int r = 0; r < answer->range_count; r++) {
			struct ip_addr first = ip_prefix_first(&answer->ranges[r]);

			right |= key->prefix == 32 + answer->ranges[r].length &&
				 ip_addr_equal(&first, &key->addr);
		}
		if (!right)
			return wrong(judge, "a wrong source range");
		found++;
	}
	if (answer->guarded && !found)
		return wrong(judge, "no source range");
	return true;
}

/* Every backend of the outside choice has a share of the table, and nobody else has. */
static bool maglev_judge(const struct judge *judge, const struct service *service)
{
	const struct maglev *table = map_sim_maglev(judge->sim, service->id);
	bool flag = service->flags & SERVICE_MAGLEV, seen[256] = {};
	int backends = 0;

	if (flag != judge->answer.many_outside)
		return wrong(judge, "SERVICE_MAGLEV is wrong");
	if (!flag)
		return true;
	if (!table || service->outside.set != BACKENDS_CLUSTER)
		return wrong(judge, "no table, or of the wrong set");
	for (int i = 0; i < MAGLEV_SIZE; i++) {
		if (table->slot[i] >= service->outside.slots || table->slot[i] > 255)
			return wrong(judge, "the table has slot %u", table->slot[i]);
		seen[table->slot[i]] = true;
	}
	for (uint16_t slot = 0; slot < 256; slot++) {
		const struct backend *backend =
			seen[slot] ?
				map_sim_backend(judge->sim, service->id, BACKENDS_CLUSTER, slot) :
				NULL;

		if (seen[slot] && (!backend || backend->flags & BACKEND_DRAINING))
			return wrong(judge, "the table has slot %u, which is not in use", slot);
		backends += seen[slot];
	}
	if (backends != judge->answer.right[1].count)
		return wrong(judge, "the table knows %d backends", backends);
	return true;
}

static bool frontend_judge(struct judge *judge, int *there)
{
	const struct service *service = map_sim_frontend(judge->sim, &judge->key);
	const struct answer *answer = &judge->answer;

	oracle_ask(judge->world, &judge->key.addr, ntohs(judge->key.port), judge->key.protocol,
		   &judge->answer);
	if (!service != !answer->there)
		return wrong(judge, answer->there ? "is missing" : "should not be there");
	if (!service)
		return true;
	(*there)++;
	if (service->affinity_s != answer->affinity_s)
		return wrong(judge, "affinity is wrong");
	if (!!(service->flags & SERVICE_KEEP_SOURCE) != answer->keep_source)
		return wrong(judge, "SERVICE_KEEP_SOURCE is wrong");
	return choice_judge(judge, service->id, &service->inside, 0) &&
	       choice_judge(judge, service->id, &service->outside, 1) &&
	       ranges_judge(judge, service) && maglev_judge(judge, service);
}

/* --- every key that there may be -------------------------------------------------------------- */

typedef bool key_fn(struct judge *judge, int *there);

enum { KEYS = (4 * 8 * 2 + 4 * 6) * 3 };

struct keys {
	struct service_key items[KEYS];
	size_t count;
};

static void key_add(struct keys *keys, const char *addr, uint16_t port)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	struct service_key key = { .port = htons(port) };

	ip_addr_parse(addr, &key.addr);
	for (size_t i = 0; i < 3; i++) {
		key.protocol = protocols[i];
		keys->items[keys->count++] = key;
	}
}

static void keys_make(struct keys *keys)
{
	static const char *const prefixes[] = { "10.96.0.", "fd96::", "192.0.2.", "2001:db8::" };
	static const char *const node[] = { "0.0.0.0", "::", "203.0.113.1", "203.0.113.2" };
	char text[64];

	for (size_t i = 0; i < 4; i++)
		for (int n = 0; n < 8; n++) {
			snprintf(text, sizeof(text), "%s%d", prefixes[i], n);
			key_add(keys, text, 80);
			key_add(keys, text, 81);
		}
	for (size_t i = 0; i < 4; i++)
		for (uint16_t port = 30000; port < 30006; port++)
			key_add(keys, node[i], port);
}

static bool keys_ask(struct judge *judge, key_fn *fn, int *there)
{
	static struct keys keys;

	if (!keys.count)
		keys_make(&keys);
	for (size_t i = 0; i < keys.count; i++) {
		judge->key = keys.items[i];
		if (!fn(judge, there))
			return false;
	}
	return true;
}

/* --- nothing else ----------------------------------------------------------------------------- */

static bool id_has_frontend(const struct map_sim *sim, uint32_t id, uint32_t flags)
{
	for (size_t i = 0; i < sim->frontend_count; i++)
		if (sim->frontends[i].value.id == id &&
		    (sim->frontends[i].value.flags & flags) == flags)
			return true;
	return false;
}

static bool left_over(const struct map_sim *sim, char *why, size_t size)
{
	for (size_t i = 0; i < sim->backend_count; i++)
		if (!id_has_frontend(sim, sim->backends[i].key.service, 0))
			return snprintf(why, size, "a backend without a frontend") > 0;
	for (size_t i = 0; i < sim->maglev_count; i++)
		if (!id_has_frontend(sim, sim->maglevs[i].service, SERVICE_MAGLEV))
			return snprintf(why, size, "a Maglev table of nobody") > 0;
	for (size_t i = 0; i < sim->source_range_count; i++)
		if (!id_has_frontend(sim, ntohl(sim->source_ranges[i].key.service),
				     SERVICE_SOURCE_RANGES))
			return snprintf(why, size, "a source range of nobody") > 0;
	return false;
}

bool map_judge(const struct map_sim *sim, const struct world *world, char *why, size_t size)
{
	struct judge judge = { .sim = sim, .world = world, .why = why, .size = size };
	int there = 0;

	if (!keys_ask(&judge, frontend_judge, &there))
		return false;
	if ((size_t)there != sim->frontend_count) {
		snprintf(why, size, "%zu frontends, of which the oracle knows %d",
			 sim->frontend_count, there);
		return false;
	}
	return !left_over(sim, why, size);
}

/* --- what moved ------------------------------------------------------------------------------- */

static const struct backend_row *row_find(const struct map_sim *sim, const struct backend_row *like)
{
	for (size_t i = 0; i < sim->backend_count; i++) {
		const struct backend_row *row = &sim->backends[i];

		if (row->key.service == like->key.service && row->key.set == like->key.set &&
		    row->value.port == like->value.port &&
		    ip_addr_equal(&row->value.addr, &like->value.addr))
			return row;
	}
	return NULL;
}

static int in_use_count(const struct map_sim *sim, const struct backend_key *key)
{
	int count = 0;

	for (size_t i = 0; i < sim->backend_count; i++)
		count += sim->backends[i].key.service == key->service &&
			 sim->backends[i].key.set == key->set &&
			 !(sim->backends[i].value.flags & BACKEND_DRAINING);
	return count;
}

static bool slots_judge(const struct map_sim *before, const struct map_sim *after, char *why,
			size_t size)
{
	for (size_t i = 0; i < before->backend_count; i++) {
		const struct backend_row *was = &before->backends[i];
		const struct backend_row *is = row_find(after, was);

		/* Only the top may move, and only when less than half of the slots is in use. */
		if (!is || is->key.slot == was->key.slot ||
		    was->key.slot >= 2 * in_use_count(after, &is->key))
			continue;
		snprintf(why, size, "service %u, set %u: %s moved from slot %u to %u",
			 was->key.service, was->key.set, ip_addr_text(&was->value.addr).text,
			 was->key.slot, is->key.slot);
		return false;
	}
	return true;
}

struct change {
	struct judge judge; /* of the state after */
	const struct map_sim *before;
	const struct world *world_before;
};

/*
 * Who still serves keeps a slot, unless one that takes connections needed it; and when nobody
 * serves any more, everybody does.
 */
static bool drain_judge(const struct change *change, uint32_t id,
			const struct service_choice *choice)
{
	const struct map_sim *after = change->judge.sim;
	const struct targets *serving = &change->judge.answer.serving;

	for (size_t i = 0; i < change->before->backend_count; i++) {
		const struct backend_row *was = &change->before->backends[i];

		if (was->key.service != id || was->key.set != choice->set ||
		    (serving->count && !target_find(serving, &was->value)) || row_find(after, was))
			continue;
		if (was->value.flags & BACKEND_LOCAL || choice->set == BACKENDS_CLUSTER)
			if (!map_sim_backend(after, id, choice->set, was->key.slot))
				return wrong(&change->judge, "slot %u still serves and was taken",
					     was->key.slot);
	}
	return true;
}

static bool key_judge_change(struct judge *judge, int *there)
{
	struct change *change = (struct change *)judge;
	const struct service *was = map_sim_frontend(change->before, &judge->key);
	const struct service *is = map_sim_frontend(judge->sim, &judge->key);
	struct answer before;

	(void)there;
	if (!was || !is)
		return true;
	oracle_ask(change->world_before, &judge->key.addr, ntohs(judge->key.port),
		   judge->key.protocol, &before);
	oracle_ask(judge->world, &judge->key.addr, ntohs(judge->key.port), judge->key.protocol,
		   &judge->answer);
	if (before.owner != judge->answer.owner || before.owner_port != judge->answer.owner_port ||
	    before.owner >= SERVICES ||
	    memcmp(&change->world_before->services[before.owner],
		   &judge->world->services[before.owner], sizeof(struct w_service)) != 0)
		return true;
	if (was->id != is->id)
		return wrong(judge, "its id changed from %u to %u", was->id, is->id);
	return drain_judge(change, is->id, &is->inside) &&
	       drain_judge(change, is->id, &is->outside);
}

bool map_judge_change(const struct map_sim *before, const struct world *world_before,
		      const struct map_sim *after, const struct world *world_after, char *why,
		      size_t size)
{
	struct change change = {
		.judge = { .sim = after, .world = world_after, .why = why, .size = size },
		.before = before,
		.world_before = world_before,
	};
	int there = 0;

	return slots_judge(before, after, why, size) &&
	       keys_ask(&change.judge, key_judge_change, &there);
}
