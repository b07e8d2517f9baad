/* SPDX-License-Identifier: Apache-2.0 */
/* test_diff - which writes, in which phase, and what is held when they end half way. */
#include "support/cases.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/compile/diff.h"

/*
 * Rows in words: "f1=7" frontend 1 with id 7, "b2=5" backend in slot 2 with address 5, "b2=-5" the
 * same, draining, "m1=9" a Maglev table 9, "r3" source range 3. In the order of keys.
 */
static void row_add(struct service_rows *rows, char kind, int key, int value)
{
	switch (kind) {
	case 'f':
		rows->frontends[rows->frontend_count++] =
			(struct frontend_row){ .key = { .port = htons((uint16_t)key) },
					       .value = { .id = (uint32_t)value } };
		return;
	case 'b':
		rows->backends[rows->backend_count++] = (struct backend_row){
			.key = { .service = 1, .slot = (uint16_t)key },
			.value = { .port = (uint16_t)abs(value),
				   .flags = value < 0 ? BACKEND_DRAINING : 0 },
		};
		return;
	case 'm':
		rows->maglevs[rows->maglev_count++] = (struct maglev_row){
			.service = (uint32_t)key,
			.digest = (uint64_t)value,
		};
		return;
	default:
		rows->source_ranges[rows->source_range_count++] =
			(struct source_range_row){ .key = { .prefix = (uint32_t)key } };
	}
}

static struct service_rows rows_make(const char *text)
{
	struct service_rows rows = { calloc(8, sizeof(struct frontend_row)),	 0,
				     calloc(8, sizeof(struct backend_row)),	 0,
				     calloc(8, sizeof(struct maglev_row)),	 0,
				     calloc(8, sizeof(struct source_range_row)), 0 };
	int key, value, used;
	char kind;

	for (; sscanf(text, " %c%d%n", &kind, &key, &used) == 2; text += used) {
		text += used;
		used = value = 0;
		sscanf(text, "=%d%n", &value, &used);
		row_add(&rows, kind, key, value);
	}
	return rows;
}

struct story {
	char text[256];
	int left; /* writes that go well */
};

static int write_tell(const struct write *write, void *ctx)
{
	struct story *story = ctx;
	const struct service_key *frontend = write->key;
	const struct backend_key *backend = write->key;
	size_t used = strlen(story->text);
	char sign = write->value ? '+' : '-';

	if (story->left-- == 0)
		return -1;
	switch (write->map) {
	case MAP_SERVICES:
		snprintf(story->text + used, 16, "%cf%u ", sign, ntohs(frontend->port));
		return 0;
	case MAP_BACKENDS:
		snprintf(story->text + used, 16, "%cb%u ", sign, backend->slot);
		return 0;
	case MAP_MAGLEV:
		snprintf(story->text + used, 16, "%cm%u ", sign, *(const uint32_t *)write->key);
		return 0;
	default:
		snprintf(story->text + used, 16, "%cr%u ", sign, *(const uint32_t *)write->key);
		return 0;
	}
}

struct row {
	const char *sentence, *had, *wanted;
	const char *phases[WRITE_PHASE_COUNT];
};

/* clang-format off */
static const struct row rows[] = {
	{ "nothing from nothing", "", "", { "", "", "", "" } },
	{ "what is the same is not written", "f1=1 b0=1 m1=1 r1", "f1=1 b0=1 m1=1 r1", { "", "", "", "" } },
	{ "all of a new service: what is pointed to comes first", "", "f1=1 f2=1 b0=1 b1=2 m1=1 r1", { "+b0 +b1 +m1 +r1 ", "+f1 +f2 ", "", "" } },
	{ "all of a service that goes: what points comes first", "f1=1 b0=1 m1=1 r1", "", { "", "", "-f1 ", "-b0 -m1 -r1 " } },
	{ "one of several", "f1=1 f2=1 f3=1", "f1=1 f2=2 f3=1", { "", "+f2 ", "", "" } },
	{ "one comes and one goes", "f1=1 f3=1", "f2=1 f3=1", { "", "+f2 ", "-f1 ", "" } },
	{ "another backend in the same slot is one write", "b0=1 b1=2", "b0=1 b1=3", { "+b1 ", "", "", "" } },
	{ "one that begins to drain does so when no frontend relies on it", "b0=1", "b0=-1", { "", "", "", "+b0 " } },
	{ "one that takes again does so before", "b0=-1", "b0=1", { "+b0 ", "", "", "" } },
	{ "another table", "m1=1", "m1=2", { "+m1 ", "", "", "" } },
};
/* clang-format on */

static void these_are_written(void **state)
{
	const struct row *row = *state;
	struct service_rows had = rows_make(row->had), wanted = rows_make(row->wanted);

	for (int phase = 0; phase < WRITE_PHASE_COUNT; phase++) {
		struct story story = { "", -1 };

		assert_int_equal(rows_diff(&had, &wanted, phase, write_tell, &story), 0);
		assert_string_equal(story.text, row->phases[phase]);
	}
	service_rows_done(&had);
	service_rows_done(&wanted);
}

/* However far it came: what is left to write then is the rest, and nothing of it twice. */
static void half_way(void **state)
{
	static const char had_text[] = "f1=1 f2=1 b0=1 b1=2 b2=3 m1=1 r1 r2";
	static const char wanted_text[] = "f1=2 f3=1 b0=1 b1=-2 b3=4 b4=5 m1=2 r2 r3";
	static const int counts[] = { 4, 2, 1, 3 };

	int left = 4 + 2 + 1 + 3;

	(void)state;
	for (int phase = 0; phase < WRITE_PHASE_COUNT; left -= counts[phase++])
		for (int done = 0; done <= counts[phase]; done++) {
			struct service_rows had = rows_make(had_text);
			struct service_rows wanted = rows_make(wanted_text);
			struct story story = { "", -1 };

			assert_int_equal(rows_advance(&had, &wanted, phase, (size_t)done), 0);
			for (int p = 0; p < WRITE_PHASE_COUNT; p++)
				rows_diff(&had, &wanted, p, write_tell, &story);
			assert_int_equal(-1 - story.left, left - done);
			service_rows_done(&had);
			service_rows_done(&wanted);
		}
}

static void a_failure_ends_it(void **state)
{
	struct service_rows had = rows_make(""), wanted = rows_make("b0=1 b1=2 b2=3");
	struct story story = { "", 2 };

	(void)state;
	assert_int_equal(rows_diff(&had, &wanted, WRITE_BACKENDS, write_tell, &story), -1);
	assert_string_equal(story.text, "+b0 +b1 ");
	service_rows_done(&had);
	service_rows_done(&wanted);
}

static void in_words(void **state)
{
	struct service_key frontend = { .port = htons(80), .protocol = IPPROTO_TCP };
	struct backend_key key = { .service = 7, .slot = 3, .set = BACKENDS_LOCAL };
	struct backend backend = { .port = htons(8080) };
	struct source_range_key range = { .prefix = SOURCE_RANGE_PREFIX(104), .service = htonl(7) };
	struct write write = { MAP_SERVICES, &frontend, NULL };

	(void)state;
	frontend.addr = ip_addr_from_v4(htonl(0x0a600001));
	assert_string_equal(write_describe(&write).text, "delete frontend 10.96.0.1 port 80/TCP");
	backend.addr = ip_addr_from_v4(htonl(0x0a010001));
	write = (struct write){ MAP_BACKENDS, &key, &backend };
	assert_string_equal(write_describe(&write).text,
			    "put backend 10.1.0.1 port 8080 (service 7, local slot 3)");
	range.addr = ip_addr_from_v4(htonl(0x0a000000));
	write = (struct write){ MAP_SOURCE_RANGES, &range, NULL };
	assert_string_equal(write_describe(&write).text,
			    "delete source range 10.0.0.0/8 (service 7)");
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, these_are_written);
	case_add(&cases, "writes that end half way are known", half_way, NULL);
	case_add(&cases, "a write that fails is the last", a_failure_ends_it, NULL);
	case_add(&cases, "a write in words", in_words, NULL);
	return cases_run("agent/compile/diff", &cases, NULL, NULL);
}
