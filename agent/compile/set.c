/* SPDX-License-Identifier: Apache-2.0 */
/* set - one set of backends of one service port and family: its rows, and how it is chosen from. */
#include "agent/compile/set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool serves(const struct candidate *candidate)
{
	return candidate->port && candidate->flags & (CANDIDATE_READY | CANDIDATE_SERVING);
}

static bool some_serve(const struct set_scope *scope)
{
	for (size_t i = 0; i < scope->candidate_count; i++)
		if (serves(&scope->candidates[i]))
			return true;
	return false;
}

/* --- what the map holds of the set ------------------------------------------------------------ */

/* Keys begin with the id, so that rows of one id stand together. */
static size_t id_first(const struct service_rows *rows, uint32_t id)
{
	size_t low = 0, high = rows->backend_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(&rows->backends[middle].key.service, &id, sizeof(id)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A copy, which the caller frees. */
static int past_find(const struct set_scope *scope, enum backend_set which,
		     struct backend_row **ret_rows, size_t *ret_count)
{
	size_t first = id_first(scope->had, scope->id), last = first, count = 0;
	const struct backend_row *had = scope->had->backends;
	struct backend_row *rows;

	while (last < scope->had->backend_count && had[last].key.service == scope->id)
		last++;
	rows = malloc((last - first + 1) * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (size_t i = first; i < last; i++)
		if (had[i].key.set == which)
			rows[count++] = had[i];
	*ret_rows = rows;
	*ret_count = count;
	return 0;
}

/* --- what is wanted --------------------------------------------------------------------------- */

static int items_fill(const struct set_scope *scope, enum backend_set which, struct slot_set *set)
{
	set->items = calloc(scope->candidate_count + 1, sizeof(*set->items));
	if (!set->items)
		return -ENOMEM;
	for (size_t i = 0; i < scope->candidate_count; i++) {
		const struct candidate *each = &scope->candidates[i];
		bool local = each->flags & CANDIDATE_LOCAL;

		if (!serves(each) || (which == BACKENDS_LOCAL && !local))
			continue;
		set->items[set->count++] = (struct slotted){
			.addr = each->addr,
			.port = htons(each->port),
			.takes = candidate_takes(each, which),
			.flags = local ? BACKEND_LOCAL : 0,
			.slot = SLOT_NONE,
		};
	}
	qsort(set->items, set->count, sizeof(*set->items), slotted_compare);
	return 0;
}

static struct backend_row *rows_more(struct service_rows *rows, size_t count)
{
	size_t total = rows->backend_count + count;
	struct backend_row *more;

	more = realloc(rows->backends, (total ? total : 1) * sizeof(*more));
	if (more)
		rows->backends = more;
	return more;
}

static int set_rows_add(const struct set_scope *scope, enum backend_set which,
			const struct slot_set *set, struct service_rows *rows)
{
	if (!rows_more(rows, set->count))
		return -ENOMEM;
	for (size_t i = 0; i < set->count; i++) {
		const struct slotted *each = &set->items[i];
		struct backend_row row = {
			.key = { .service = scope->id, .set = (uint8_t)which },
			.value = { .addr = each->addr, .port = each->port, .flags = each->flags },
		};

		if (each->slot == SLOT_NONE)
			continue;
		row.key.slot = (uint16_t)each->slot;
		row.value.flags |= each->takes ? 0 : BACKEND_DRAINING;
		rows->backends[rows->backend_count++] = row;
	}
	return 0;
}

static int past_rows_add(const struct slot_past *past, struct service_rows *rows)
{
	if (!rows_more(rows, past->count))
		return -ENOMEM;
	for (size_t i = 0; i < past->count; i++) {
		rows->backends[rows->backend_count] = past->rows[i];
		rows->backends[rows->backend_count++].value.flags |= BACKEND_DRAINING;
	}
	return 0;
}

int set_compile(const struct set_scope *scope, enum backend_set which,
		const struct slot_past *past_choice, struct service_rows *rows,
		struct slot_set *ret_set)
{
	struct slot_past past = *past_choice;
	struct backend_row *had;
	int rc = past_find(scope, which, &had, &past.count);

	*ret_set = (struct slot_set){};
	if (rc)
		return rc;
	past.rows = had;
	if (!some_serve(scope)) {
		rc = past_rows_add(&past, rows);
		free(had);
		return rc;
	}
	rc = items_fill(scope, which, ret_set);
	if (!rc)
		rc = slots_assign(ret_set, &past);
	if (!rc)
		rc = set_rows_add(scope, which, ret_set, rows);
	free(had);
	return rc;
}
