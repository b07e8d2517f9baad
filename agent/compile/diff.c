/* SPDX-License-Identifier: Apache-2.0 */
/* diff - rows that the maps hold, rows that are wanted -> the writes between them. */
#include "agent/compile/diff.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/maglev.h"
#include "agent/compile/row_walk.h"
#include "byway/ip_text.h"

struct diff {
	struct service_rows *wanted;
	enum write_phase phase;
	write_fn *emit;
	void *ctx;
};

static int maglev_emit(const struct diff *diff, const struct row_pair *pair)
{
	size_t at = (size_t)((const struct maglev_row *)pair->wanted - diff->wanted->maglevs);
	struct maglev_row *row = &diff->wanted->maglevs[at];
	struct maglev table;
	struct write write;
	int rc = maglev_of_rows(diff->wanted, row->service, &table);

	if (rc)
		return rc;
	row->digest = maglev_digest(&table);
	write = row_write(pair, &table);
	return diff->emit(&write, diff->ctx);
}

static int pair_emit(const struct row_pair *pair, void *ctx)
{
	const struct diff *diff = ctx;
	struct write write;

	if (row_phase(pair) != diff->phase)
		return 0;
	if (pair->map == MAP_MAGLEV && pair->wanted)
		return maglev_emit(diff, pair);
	write = row_write(pair, NULL);
	return diff->emit(&write, diff->ctx);
}

int rows_diff(const struct service_rows *had, struct service_rows *wanted, enum write_phase phase,
	      write_fn *emit, void *ctx)
{
	struct diff diff = { wanted, phase, emit, ctx };

	return rows_walk(had, wanted, pair_emit, &diff);
}

/* --- a part of the writes done ---------------------------------------------------------------- */

struct advance {
	enum write_phase phase;
	size_t left; /* writes of that phase that were done */
	struct service_rows rows;
};

static bool pair_is_written(struct advance *advance, const struct row_pair *pair)
{
	enum write_phase phase = row_phase(pair);

	if (phase == ROW_SAME || phase != advance->phase)
		return phase < advance->phase;
	if (!advance->left)
		return false;
	advance->left--;
	return true;
}

static int pair_advance(const struct row_pair *pair, void *ctx)
{
	struct advance *advance = ctx;
	struct service_rows *rows = &advance->rows;
	const void *row = pair_is_written(advance, pair) ? pair->wanted : pair->had;

	if (!row)
		return 0;
	switch (pair->map) {
	case MAP_SERVICES:
		rows->frontends[rows->frontend_count++] = *(const struct frontend_row *)row;
		return 0;
	case MAP_BACKENDS:
		rows->backends[rows->backend_count++] = *(const struct backend_row *)row;
		return 0;
	case MAP_MAGLEV:
		rows->maglevs[rows->maglev_count++] = *(const struct maglev_row *)row;
		return 0;
	default:
		rows->source_ranges[rows->source_range_count++] =
			*(const struct source_range_row *)row;
		return 0;
	}
}

static bool room_make(struct service_rows *rows, const struct service_rows *had,
		      const struct service_rows *wanted)
{
	rows->frontends =
		calloc(had->frontend_count + wanted->frontend_count + 1, sizeof(*rows->frontends));
	rows->backends =
		calloc(had->backend_count + wanted->backend_count + 1, sizeof(*rows->backends));
	rows->maglevs =
		calloc(had->maglev_count + wanted->maglev_count + 1, sizeof(*rows->maglevs));
	rows->source_ranges = calloc(had->source_range_count + wanted->source_range_count + 1,
				     sizeof(*rows->source_ranges));
	return rows->frontends && rows->backends && rows->maglevs && rows->source_ranges;
}

int rows_advance(struct service_rows *had, const struct service_rows *wanted,
		 enum write_phase phase, size_t count)
{
	struct advance advance = { .phase = phase, .left = count };

	if (!room_make(&advance.rows, had, wanted)) {
		service_rows_done(&advance.rows);
		return -ENOMEM;
	}
	rows_walk(had, wanted, pair_advance, &advance);
	service_rows_done(had);
	*had = advance.rows;
	return 0;
}

/* --- in words --------------------------------------------------------------------------------- */

static const char *protocol_text(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_SCTP:
		return "SCTP";
	default:
		return "?";
	}
}

static struct write_text backend_text(const struct write *write, const char *verb)
{
	const struct backend_key *key = write->key;
	const struct backend *backend = write->value;
	const char *set = key->set == BACKENDS_LOCAL ? "local" : "cluster";
	struct write_text out;

	if (backend)
		snprintf(out.text, sizeof(out.text),
			 "%s backend %s port %u (service %u, %s slot %u)", verb,
			 ip_addr_text(&backend->addr).text, ntohs(backend->port), key->service, set,
			 key->slot);
	else
		snprintf(out.text, sizeof(out.text), "%s backend (service %u, %s slot %u)", verb,
			 key->service, set, key->slot);
	return out;
}

struct write_text write_describe(const struct write *write)
{
	const char *verb = write->value ? "put" : "delete";
	const struct service_key *frontend = write->key;
	const struct source_range_key *range = write->key;
	struct ip_prefix prefix;
	struct write_text out;
	uint32_t id;

	switch (write->map) {
	case MAP_SERVICES:
		snprintf(out.text, sizeof(out.text), "%s frontend %s port %u/%s", verb,
			 ip_addr_text(&frontend->addr).text, ntohs(frontend->port),
			 protocol_text(frontend->protocol));
		return out;
	case MAP_BACKENDS:
		return backend_text(write, verb);
	case MAP_MAGLEV:
		memcpy(&id, write->key, sizeof(id));
		snprintf(out.text, sizeof(out.text), "%s the Maglev table of service %u", verb, id);
		return out;
	default:
		prefix = (struct ip_prefix){ range->addr, range->prefix - SOURCE_RANGE_PREFIX(0) };
		snprintf(out.text, sizeof(out.text), "%s source range %s (service %u)", verb,
			 ip_prefix_text(&prefix).text, ntohl(range->service));
		return out;
	}
}
