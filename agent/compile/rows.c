/* SPDX-License-Identifier: Apache-2.0 */
/* rows - the map entries of one service: sorted, compared, freed. */
#include "agent/compile/rows.h"

#include <stdlib.h>
#include <string.h>

void service_rows_done(struct service_rows *rows)
{
	free(rows->frontends);
	free(rows->backends);
	free(rows->maglevs);
	free(rows->source_ranges);
	*rows = (struct service_rows){};
}

/* Each row begins with its key. */
#define ROWS_COMPARE(name, key_size)                            \
	static int name##_compare(const void *a, const void *b) \
	{                                                       \
		return memcmp(a, b, key_size);                  \
	}
ROWS_COMPARE(frontend, sizeof(struct service_key))
ROWS_COMPARE(backend, sizeof(struct backend_key))
ROWS_COMPARE(maglev, sizeof(uint32_t))
ROWS_COMPARE(source_range, sizeof(struct source_range_key))

static void rows_sort(void *rows, size_t count, size_t size,
		      int (*compare)(const void *a, const void *b))
{
	if (count > 1)
		qsort(rows, count, size, compare);
}

void service_rows_sort(struct service_rows *rows)
{
	rows_sort(rows->frontends, rows->frontend_count, sizeof(*rows->frontends),
		  frontend_compare);
	rows_sort(rows->backends, rows->backend_count, sizeof(*rows->backends), backend_compare);
	rows_sort(rows->maglevs, rows->maglev_count, sizeof(*rows->maglevs), maglev_compare);
	rows_sort(rows->source_ranges, rows->source_range_count, sizeof(*rows->source_ranges),
		  source_range_compare);
}

bool service_rows_are_empty(const struct service_rows *rows)
{
	return !rows->frontend_count && !rows->backend_count && !rows->maglev_count &&
	       !rows->source_range_count;
}
