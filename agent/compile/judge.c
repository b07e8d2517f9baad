/* SPDX-License-Identifier: Apache-2.0 */
/* judge - which candidates take connections: conditions, hints, fallback to terminating ones. */
#include "agent/compile/candidates.h"
#include "agent/compile/frontends.h"

/* Where hints send this node's connections. */
enum topology { TOPOLOGY_NONE, TOPOLOGY_NODE, TOPOLOGY_ZONE };

struct span {
	struct candidate *items;
	size_t count;
};

static bool has(const struct candidate *candidate, enum candidate_flag flag)
{
	return candidate->flags & flag;
}

/* Hints count when every ready endpoint has one and one of them is for us. */
static bool hints_apply(const struct span *span, enum candidate_flag any, enum candidate_flag ours)
{
	bool found = false;

	for (size_t i = 0; i < span->count; i++) {
		const struct candidate *each = &span->items[i];

		if (!each->port || !has(each, CANDIDATE_READY))
			continue;
		if (!has(each, any))
			return false;
		found |= has(each, ours);
	}
	return found;
}

static enum topology topology_of(const struct span *span)
{
	if (hints_apply(span, CANDIDATE_HINT_NODES, CANDIDATE_HINT_THIS_NODE))
		return TOPOLOGY_NODE;
	if (hints_apply(span, CANDIDATE_HINT_ZONES, CANDIDATE_HINT_THIS_ZONE))
		return TOPOLOGY_ZONE;
	return TOPOLOGY_NONE;
}

static bool some_ready(const struct span *span, uint16_t also)
{
	for (size_t i = 0; i < span->count; i++)
		if (span->items[i].port && has(&span->items[i], CANDIDATE_READY) &&
		    (span->items[i].flags & also) == also)
			return true;
	return false;
}

static enum backend_use use_ready(const struct candidate *candidate, enum topology topology)
{
	if (topology == TOPOLOGY_NODE && !has(candidate, CANDIDATE_HINT_THIS_NODE))
		return BACKEND_USE_HINTED_NODE;
	if (topology == TOPOLOGY_ZONE && !has(candidate, CANDIDATE_HINT_THIS_ZONE))
		return BACKEND_USE_HINTED_ZONE;
	return BACKEND_USE_USED;
}

static enum backend_use use_unready(const struct candidate *candidate, bool others_ready)
{
	if (!has(candidate, CANDIDATE_TERMINATING))
		return BACKEND_USE_NOT_READY;
	if (!has(candidate, CANDIDATE_SERVING))
		return BACKEND_USE_NOT_SERVING;
	return others_ready ? BACKEND_USE_DRAINING : BACKEND_USE_FALLBACK;
}

static void span_judge(struct span *span)
{
	enum topology topology = topology_of(span);
	bool ready = some_ready(span, 0), ready_here = some_ready(span, CANDIDATE_LOCAL);

	for (size_t i = 0; i < span->count; i++) {
		struct candidate *each = &span->items[i];
		bool is_ready = has(each, CANDIDATE_READY);

		if (!each->port) {
			each->use[BACKENDS_CLUSTER] = each->use[BACKENDS_LOCAL] =
				BACKEND_USE_NO_PORT;
			continue;
		}
		each->use[BACKENDS_CLUSTER] =
			(uint8_t)(is_ready ? use_ready(each, topology) : use_unready(each, ready));
		if (!has(each, CANDIDATE_LOCAL))
			each->use[BACKENDS_LOCAL] = BACKEND_USE_OTHER_NODE;
		else
			each->use[BACKENDS_LOCAL] =
				(uint8_t)(is_ready ? BACKEND_USE_USED :
						     use_unready(each, ready_here));
	}
}

void candidates_judge(const struct cluster_service *service, struct candidates *candidates)
{
	size_t v4 = 0;
	struct span spans[FAMILY_COUNT];

	while (v4 < candidates->count && ip_addr_is_v4(&candidates->items[v4].addr))
		v4++;
	spans[FAMILY_V4] = (struct span){ candidates->items, v4 };
	spans[FAMILY_V6] = (struct span){ candidates->items + v4, candidates->count - v4 };
	for (enum family family = 0; family < FAMILY_COUNT; family++) {
		span_judge(&spans[family]);
		if (service_has_family(service, family))
			continue;
		for (size_t i = 0; i < spans[family].count; i++)
			spans[family].items[i].use[BACKENDS_CLUSTER] =
				spans[family].items[i].use[BACKENDS_LOCAL] =
					BACKEND_USE_WRONG_FAMILY;
	}
}
