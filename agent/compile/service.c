/* SPDX-License-Identifier: Apache-2.0 */
/* service - one Service with all that belongs to it -> the rows that it wants in the maps. */
#include "agent/compile/service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/candidates.h"
#include "agent/compile/guard.h"
#include "agent/compile/maglev.h"
#include "agent/compile/set.h"
#include "base/cleanup.h"

struct compile {
	const struct compile_request *request;
	const struct service_object *object;
	struct service_rows *rows;
	struct problems *problems;
	uint32_t *ids; /* in use, so that two ports never share one */
	size_t id_count;
};

/* A port in one family: the frontends that stand together, and what stands behind them. */
struct group {
	const struct frontend *frontends;
	size_t count;
	bool external; /* some frontend is for outside */
	uint32_t id;
	struct service_choice choice[2]; /* by enum backend_set */
	bool maglev, guarded;
};

static const struct frontend_row *had_frontend(const struct service_rows *had,
					       const struct service_key *key)
{
	size_t low = 0, high = had->frontend_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(&had->frontends[middle].key, key, sizeof(*key));

		if (!order)
			return &had->frontends[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* --- the id ----------------------------------------------------------------------------------- */

static bool id_is_in_use(const struct compile *compile, uint32_t id)
{
	for (size_t i = 0; i < compile->id_count; i++)
		if (compile->ids[i] == id)
			return true;
	return false;
}

static void id_find(struct compile *compile, struct group *group)
{
	for (size_t i = 0; i < group->count && !group->id; i++) {
		const struct frontend_row *row =
			had_frontend(compile->request->had, &group->frontends[i].key);

		if (row && !id_is_in_use(compile, row->value.id))
			group->id = row->value.id;
	}
	if (!group->id)
		group->id = ++*compile->request->id_last;
	compile->ids[compile->id_count++] = group->id;
}

/* --- the sets --------------------------------------------------------------------------------- */

static bool choice_is_of(const struct service_choice *choice, enum backend_set which)
{
	return choice->slots && choice->set == which;
}

/* How clients choose from the set now. */
static struct slot_past choice_past(const struct compile *compile, const struct group *group,
				    enum backend_set which)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct frontend_row *row =
			had_frontend(compile->request->had, &group->frontends[i].key);
		const struct service_choice *choice;

		if (!row || row->value.id != group->id)
			continue;
		choice = choice_is_of(&row->value.inside, which) ? &row->value.inside :
								   &row->value.outside;
		if (choice_is_of(choice, which))
			return (struct slot_past){ .slots = choice->slots, .sure = choice->sure };
	}
	return (struct slot_past){};
}

static bool set_is_needed(const struct compile *compile, const struct group *group,
			  enum backend_set which)
{
	const struct service_object *object = compile->object;

	/* From inside, an external frontend chooses from the cluster set under both policies. */
	if (which == BACKENDS_CLUSTER)
		return group->external || !object->internal_local;
	return object->internal_local || (group->external && object->external_local);
}

static int maglev_add(struct compile *compile, struct group *group, const struct slot_set *set);

static int set_add(struct compile *compile, struct group *group, const struct set_scope *scope,
		   enum backend_set which)
{
	struct slot_past past = choice_past(compile, group, which);
	struct slot_set set = {};
	int rc = 0;

	group->choice[which].set = (uint8_t)which;
	if (!set_is_needed(compile, group, which))
		return 0;
	rc = set_compile(scope, which, &past, compile->rows, &set);
	group->choice[which].slots = set.slots;
	group->choice[which].sure = set.sure;
	if (set.left_out)
		problems_add(compile->problems, "port '%s': %zu backends are left out: at most %d",
			     compile->object->ports[group->frontends->port].name, set.left_out,
			     BACKEND_SLOTS_MAX);
	if (!rc && which == BACKENDS_CLUSTER && group->external && !compile->object->external_local)
		rc = maglev_add(compile, group, &set);
	free(set.items);
	return rc;
}

/* With none to choose: others may have one, even where their set is not needed here. */
static void choices_close(struct group *group, const struct set_scope *scope)
{
	bool anywhere = false;

	for (size_t i = 0; i < scope->candidate_count; i++)
		anywhere |= candidate_takes(&scope->candidates[i], BACKENDS_CLUSTER);
	if (!group->choice[BACKENDS_LOCAL].slots && anywhere)
		group->choice[BACKENDS_LOCAL].no_backend = NO_BACKEND_DROP;
}

/* --- Maglev ----------------------------------------------------------------------------------- */

static const struct maglev_row *had_maglev(const struct service_rows *had, uint32_t id)
{
	for (size_t i = 0; i < had->maglev_count; i++)
		if (had->maglevs[i].service == id)
			return &had->maglevs[i];
	return NULL;
}

/* Of a table that was found in the map only the digest is known: then this one's is needed too. */
static struct maglev_row maglev_row_of(const struct compile *compile, uint32_t id,
				       const struct maglev_backend *backends, size_t count)
{
	const struct maglev_row *had = had_maglev(compile->request->had, id);
	struct maglev_row row = { .service = id, .made_of = maglev_made_of(backends, count) };
	struct maglev table;

	if (had && had->made_of == row.made_of) {
		row.digest = had->digest;
	} else if (had && !had->made_of) {
		maglev_fill(backends, count, &table);
		row.digest = maglev_digest(&table);
	}
	return row;
}

static int maglev_row_add(struct compile *compile, uint32_t id,
			  const struct maglev_backend *backends, size_t count)
{
	struct service_rows *rows = compile->rows;
	struct maglev_row *more;

	more = realloc(rows->maglevs, (rows->maglev_count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	rows->maglevs = more;
	more[rows->maglev_count++] = maglev_row_of(compile, id, backends, count);
	return 0;
}

/* One backend needs no table, and without a table clients choose by hash over the slots. */
static int maglev_add(struct compile *compile, struct group *group, const struct slot_set *set)
{
	const char *port = compile->object->ports[group->frontends->port].name;
	struct maglev_backend *backends;
	size_t count = 0;
	int rc;

	if (set->takes < 2)
		return 0;
	if (compile->request->no_maglev || set->takes > MAGLEV_SIZE) {
		problems_add(compile->problems, "port '%s': nodes may pick different backends: %s",
			     port,
			     compile->request->no_maglev ? "map maglev is full" :
							   "there are too many of them");
		return 0;
	}
	backends = calloc(set->takes, sizeof(*backends));
	if (!backends)
		return -ENOMEM;
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].takes && set->items[i].slot != SLOT_NONE)
			backends[count++] = (struct maglev_backend){
				.addr = set->items[i].addr,
				.port = set->items[i].port,
				.slot = (uint16_t)set->items[i].slot,
			};
	rc = maglev_row_add(compile, group->id, backends, count);
	group->maglev = rc == 0;
	free(backends);
	return rc;
}

/* --- frontends -------------------------------------------------------------------------------- */

static struct service frontend_value(const struct compile *compile, const struct group *group,
				     enum frontend_kind kind)
{
	const struct service_object *object = compile->object;
	const struct service_choice *cluster = &group->choice[BACKENDS_CLUSTER];
	const struct service_choice *local = &group->choice[BACKENDS_LOCAL];
	struct service value = { .id = group->id, .affinity_s = object->affinity_s };

	if (kind == FRONTEND_CLUSTER) {
		value.inside = value.outside = object->internal_local ? *local : *cluster;
		return value;
	}
	value.inside = *cluster;
	value.outside = object->external_local ? *local : *cluster;
	value.flags =
		(object->external_local ? SERVICE_KEEP_SOURCE : 0) |
		(group->maglev ? SERVICE_MAGLEV : 0) |
		(group->guarded && kind == FRONTEND_LOAD_BALANCER ? SERVICE_SOURCE_RANGES : 0);
	return value;
}

static int frontends_add(struct compile *compile, const struct group *group)
{
	struct service_rows *rows = compile->rows;
	struct frontend_row *more;

	more = realloc(rows->frontends, (rows->frontend_count + group->count) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	rows->frontends = more;
	for (size_t i = 0; i < group->count; i++)
		more[rows->frontend_count++] = (struct frontend_row){
			.key = group->frontends[i].key,
			.value = frontend_value(compile, group, group->frontends[i].kind),
		};
	return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static struct set_scope scope_of(const struct compile *compile, const struct group *group,
				 const struct candidates *candidates)
{
	enum family family = group->frontends->family;
	size_t first = 0, last = candidates->count;

	while (first < last && family_of(&candidates->items[first].addr) != family)
		first++;
	while (last > first && family_of(&candidates->items[last - 1].addr) != family)
		last--;
	return (struct set_scope){ .id = group->id,
				   .candidates = candidates->items + first,
				   .candidate_count = last - first,
				   .had = compile->request->had };
}

static int group_compile(struct compile *compile, struct group *group,
			 const struct candidates *candidates)
{
	struct set_scope scope;
	int rc;

	for (size_t i = 0; i < group->count; i++)
		group->external |= group->frontends[i].kind != FRONTEND_CLUSTER;
	id_find(compile, group);
	scope = scope_of(compile, group, candidates);
	rc = set_add(compile, group, &scope, BACKENDS_CLUSTER);
	if (!rc)
		rc = set_add(compile, group, &scope, BACKENDS_LOCAL);
	choices_close(group, &scope);
	if (!rc)
		rc = guard_add(compile->object, group->frontends, group->count, group->id,
			       compile->rows, &group->guarded);
	return rc ? rc : frontends_add(compile, group);
}

/* frontends are of one port, both families. */
static int port_compile(struct compile *compile, const struct frontend *frontends, size_t count)
{
	const struct compile_request *request = compile->request;
	CLEANUP(candidates_done) struct candidates candidates = {};
	int rc = candidates_gather(request->cluster, request->service,
				   &compile->object->ports[frontends->port], &candidates);

	if (rc)
		return rc;
	candidates_judge(request->service, &candidates);
	for (size_t first = 0, next; first < count && !rc; first = next) {
		struct group group = { .frontends = &frontends[first] };

		for (next = first + 1; next < count; next++)
			if (frontends[next].family != frontends[first].family)
				break;
		group.count = next - first;
		rc = group_compile(compile, &group, &candidates);
	}
	return rc;
}

int service_compile(const struct compile_request *request, struct service_rows *ret_rows,
		    struct problems *problems)
{
	const struct frontends *frontends = request->frontends;
	CLEANUP(service_rows_done) struct service_rows rows = {};
	struct compile compile = { .request = request, .rows = &rows, .problems = problems };
	int rc = 0;

	*ret_rows = (struct service_rows){};
	if (!frontends->count)
		return 0;
	compile.object = &request->service->object->service;
	compile.ids = calloc(frontends->count, sizeof(*compile.ids));
	if (!compile.ids)
		return -ENOMEM;
	for (size_t first = 0, next; first < frontends->count && !rc; first = next) {
		for (next = first + 1; next < frontends->count; next++)
			if (frontends->items[next].port != frontends->items[first].port)
				break;
		rc = port_compile(&compile, &frontends->items[first], next - first);
	}
	free(compile.ids);
	if (rc)
		return rc;
	service_rows_sort(&rows);
	*ret_rows = rows;
	rows = (struct service_rows){};
	return 0;
}
