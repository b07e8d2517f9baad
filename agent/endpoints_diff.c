/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints_diff - which policy entries come and go, by what is known of interfaces. Pure. */
#include "agent/endpoints_diff.h"

#include <stdlib.h>

enum endpoint_step endpoint_decide(const struct endpoint_facts *facts)
{
	if (facts->record)
		return facts->ready ? ENDPOINT_KEEP : ENDPOINT_PUT;
	if (facts->policy && (!facts->link || facts->forgotten))
		return ENDPOINT_DELETE;
	return ENDPOINT_KEEP;
}

static int facts_compare(const void *a, const void *b)
{
	const struct endpoint_facts *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static void facts_join(struct endpoint_facts *into, const struct endpoint_facts *other)
{
	into->record |= other->record;
	into->forgotten |= other->forgotten;
	into->link |= other->link;
	into->policy |= other->policy;
	into->ready |= other->ready;
}

size_t endpoints_merge(struct endpoint_facts *facts, size_t count)
{
	size_t kept = 0;

	if (!count)
		return 0;
	qsort(facts, count, sizeof(*facts), facts_compare);
	for (size_t i = 1; i < count; i++) {
		if (facts[i].ifindex == facts[kept].ifindex)
			facts_join(&facts[kept], &facts[i]);
		else
			facts[++kept] = facts[i];
	}
	return kept + 1;
}
