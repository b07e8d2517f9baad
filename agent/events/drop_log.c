/* SPDX-License-Identifier: Apache-2.0 */
/* drop_log - the last drops, in memory: a ring that forgets the oldest. Pure. */
#include "agent/events/drop_log.h"

#include <stdio.h>

void drop_log_add(struct drop_log *log, const struct drop_event *event, const char *pod)
{
	struct drop_entry *entry = &log->entries[log->count++ % DROP_LOG_SIZE];

	entry->number = log->count;
	entry->event = *event;
	snprintf(entry->pod, sizeof(entry->pod), "%s", pod ? pod : "");
}

uint64_t drop_log_first(const struct drop_log *log, uint64_t since)
{
	uint64_t oldest = log->count > DROP_LOG_SIZE ? log->count - DROP_LOG_SIZE + 1 : 1;
	uint64_t first = since >= oldest ? since + 1 : oldest;

	return first <= log->count ? first : 0;
}

const struct drop_entry *drop_log_entry(const struct drop_log *log, uint64_t number)
{
	if (number < 1 || number > log->count || number + DROP_LOG_SIZE <= log->count)
		return NULL;
	return &log->entries[(number - 1) % DROP_LOG_SIZE];
}
