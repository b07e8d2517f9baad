/* SPDX-License-Identifier: Apache-2.0 */
/* guard - loadBalancerSourceRanges: who from outside may use a load-balancer IP. */
#include "agent/compile/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "byway/ip_text.h"

static bool has_load_balancer(const struct frontend *frontends, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (frontends[i].kind == FRONTEND_LOAD_BALANCER)
			return true;
	return false;
}

static bool everyone_may(const struct prefixes *ranges, enum family family)
{
	unsigned int nothing = family == FAMILY_V4 ? IPV4_PREFIX_BASE : 0;

	for (size_t i = 0; i < ranges->count; i++)
		if (family_of(&ranges->items[i].addr) == family &&
		    ranges->items[i].length <= nothing)
			return true;
	return false;
}

static bool row_is_there(const struct service_rows *rows, size_t from,
			 const struct source_range_row *row)
{
	for (size_t i = from; i < rows->source_range_count; i++)
		if (!memcmp(&rows->source_ranges[i], row, sizeof(*row)))
			return true;
	return false;
}

int guard_add(const struct service_object *service, const struct frontend *frontends, size_t count,
	      uint32_t id, struct service_rows *rows, bool *ret_guarded)
{
	const struct prefixes *ranges = &service->source_ranges;
	size_t from = rows->source_range_count;
	struct source_range_row *more;

	if (!ranges->count || !has_load_balancer(frontends, count) ||
	    everyone_may(ranges, frontends->family))
		return 0;
	more = realloc(rows->source_ranges, (from + ranges->count) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	rows->source_ranges = more;
	for (size_t i = 0; i < ranges->count; i++) {
		struct source_range_row row = {
			.key = { .prefix = SOURCE_RANGE_PREFIX(ranges->items[i].length),
				 .service = htonl(id),
				 .addr = ip_prefix_first(&ranges->items[i]) },
		};

		if (family_of(&ranges->items[i].addr) == frontends->family &&
		    !row_is_there(rows, from, &row))
			more[rows->source_range_count++] = row;
	}
	*ret_guarded = rows->source_range_count > from;
	return 0;
}
