/* SPDX-License-Identifier: Apache-2.0 */
/* scenario - a few packets of one connection, in turn; the same in both families. */
#include "packet/scenario.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <stdio.h>
#include <string.h>

#include "byway/ip_text.h"
#include "packet/slots.h"

#define TABLE_MAX 16

static struct metric before[METRIC_ENTRIES], after[METRIC_ENTRIES];

/* Where a test is, for whoever reads that it failed. */
static char where[512];

#define CLAIM(holds, ...)                           \
	do {                                        \
		if (!(holds)) {                     \
			print_error("%s: ", where); \
			fail_msg(__VA_ARGS__);      \
		}                                   \
	} while (0)

/* A spec that was made ready to be built: in its family, with the port that was given. */
struct ready {
	struct frame_spec spec, quote;
};

static void ports_fill(struct frame_spec *spec, uint16_t given)
{
	uint16_t *ports[] = { &spec->source_port, &spec->target_port, &spec->echo };

	for (size_t i = 0; i < 3; i++)
		if (*ports[i] == PORT_GIVEN && given)
			*ports[i] = given;
}

static void spec_ready(const struct frame_spec *spec, bool v6, uint16_t given, struct ready *ret)
{
	ret->spec = v6 ? spec_in_v6(spec) : *spec;
	ports_fill(&ret->spec, given);
	if (!spec->quote)
		return;
	ret->quote = v6 ? spec_in_v6(spec->quote) : *spec->quote;
	ports_fill(&ret->quote, given);
	ret->spec.quote = &ret->quote;
	if (v6 && spec->quoted)
		ret->spec.quoted = (uint16_t)(spec->quoted + 20);
}

static int program_of(const struct leg *leg)
{
	const struct datapath_maps *maps = leg->no_memory ? stage.starved : &stage.world->maps;

	switch (leg->hook) {
	case HOOK_FROM_POD:
		return maps->from_pod;
	case HOOK_TO_POD:
		return maps->to_pod;
	case HOOK_FROM_UPLINK:
		return stage.node->from_uplink;
	default:
		return stage.node->to_uplink;
	}
}

static uint32_t interface_of(const struct leg *leg)
{
	bool uplink = leg->hook == HOOK_FROM_UPLINK || leg->hook == HOOK_TO_UPLINK;

	return stage.world->ifindex[uplink ? UPLINK : leg->via];
}

static void metrics_snapshot(struct metric *ret)
{
	struct error err;

	CLAIM(!metrics_read(&stage.world->maps, ret, &err), "%s", err.text);
}

static void metrics_check(const struct leg *leg, size_t bytes)
{
	uint32_t expected = metric_index(leg->hook, leg->slot);
	uint32_t tries = metric_index(leg->hook, COUNTER_PORT_TRIES);

	for (uint32_t i = 0; i < METRIC_ENTRIES; i++) {
		uint64_t rose = after[i].packets - before[i].packets;
		uint64_t want = i == expected ? 1 : i == tries ? leg->tries : 0;

		CLAIM(rose == want, "'%s' of hook %u rose by %llu, expected was '%s'",
		      slot_name(i % METRIC_SLOTS), i / METRIC_SLOTS, (unsigned long long)rose,
		      slot_name(leg->slot));
	}
	CLAIM(after[expected].bytes - before[expected].bytes == bytes, "bytes are miscounted");
}

/* The port, or identifier, that a packet without extension headers or options has as its source. */
static uint16_t port_given(const struct frame *frame, bool v6, bool echo)
{
	size_t at = ETH_HLEN + (v6 ? 40u : 20u) + (echo ? 4u : 0u);
	uint16_t port = (uint16_t)(frame->bytes[at] << 8 | frame->bytes[at + 1]);

	CLAIM(port >= 1024, "port %u is not to be given", port);
	return port;
}

static void frame_compare(const struct frame *have, const struct frame *want)
{
	size_t at = 0;

	CLAIM(have->len == want->len, "%zu bytes leave, not %zu", have->len, want->len);
	while (at < want->len && have->bytes[at] == want->bytes[at])
		at++;
	CLAIM(at == want->len, "byte %zu of what leaves is %02x, not %02x", at, have->bytes[at],
	      want->bytes[at]);
}

static void out_check(const struct leg *leg, const struct frame *in, const struct frame *out,
		      bool v6, uint16_t *given)
{
	const struct frame_spec *spec = leg->out;
	const char *wrong = sums_complaint(in) ? NULL : sums_complaint(out);
	struct ready ready;
	struct frame want;

	CLAIM(!wrong, "%s is wrong in what leaves", wrong);
	if (!spec) {
		want = *in;
		if (leg->answer)
			leg->answer(in, &want);
		frame_compare(out, &want);
		return;
	}
	if (!*given && (spec->source_port == PORT_GIVEN || spec->echo == PORT_GIVEN))
		*given = port_given(out, v6, spec->echo == PORT_GIVEN);
	spec_ready(spec, v6, *given, &ready);
	want = frame_build(&ready.spec);
	frame_compare(out, &want);
}

static void leg_test(const struct leg *leg, bool v6, uint16_t *given)
{
	uint32_t verdict = leg->answer ? TC_ACT_REDIRECT : slot_verdict(leg->hook, leg->slot);
	struct outcome outcome;
	struct ready ready;
	struct frame in;

	spec_ready(&leg->in, v6, *given, &ready);
	in = frame_build(&ready.spec);
	if (leg->before)
		leg->before(stage.node, stage.world);
	metrics_snapshot(before);
	outcome = program_run(program_of(leg), interface_of(leg), &in, leg->in.gso_size);
	metrics_snapshot(after);
	CLAIM(!outcome.rc, "the kernel refuses to run it: %d", outcome.rc);
	metrics_check(leg, in.len);
	CLAIM(outcome.verdict == verdict, "the verdict is %d, not %d", (int)outcome.verdict,
	      (int)verdict);
	out_check(leg, &in, &outcome.out, v6, given);
}

struct row_of_table {
	struct ct_key key;
	struct conntrack ct;
};

static size_t table_read(struct row_of_table rows[TABLE_MAX])
{
	struct ct_key *last = NULL;
	size_t count = 0;

	while (count < TABLE_MAX &&
	       !bpf_map_get_next_key(stage.node->maps.conntrack, last, &rows[count].key)) {
		last = &rows[count].key;
		if (!bpf_map_lookup_elem(stage.node->maps.conntrack, last, &rows[count].ct))
			count++;
	}
	return count;
}

static bool end_is(const struct row_of_table *row, int end, const char *text, uint16_t port,
		   bool v6)
{
	struct ip_addr addr = {};

	assert_true(ip_addr_parse(v6 ? address_v6(text) : text, &addr));
	return ip_addr_equal(&row->key.addr[end], &addr) && row->key.port[end] == htons(port);
}

static void entry_check(const struct entry_want *want, const struct row_of_table *rows,
			size_t count, bool v6, uint16_t given)
{
	uint16_t source = want->source_port == PORT_GIVEN ? given : want->source_port;
	uint16_t target = want->target_port == PORT_GIVEN ? given : want->target_port;
	uint8_t shown = (uint8_t)~CT_INITIATOR_HIGH;

	for (size_t i = 0; i < count; i++) {
		const struct conntrack *ct = &rows[i].ct;
		int end = ct->flags & CT_INITIATOR_HIGH ? 1 : 0;

		if (!end_is(&rows[i], end, want->source, source, v6) ||
		    !end_is(&rows[i], 1 - end, want->target, target, v6))
			continue;
		CLAIM(ct->state == want->state, "%s:%u is in state %u, not %u", want->target,
		      target, ct->state, want->state);
		CLAIM((ct->flags & shown) == want->flags, "%s:%u has flags %#x, not %#x",
		      want->target, target, ct->flags & shown, want->flags);
		return;
	}
	CLAIM(false, "no entry from %s:%u to %s:%u", want->source, source, want->target, target);
}

static void entries_check(const struct scenario *row, bool v6, uint16_t given)
{
	static struct row_of_table rows[TABLE_MAX];
	size_t count = table_read(rows), wanted = 0;

	while (wanted < ENTRIES_MAX && row->entries[wanted].source)
		entry_check(&row->entries[wanted++], rows, count, v6, given);
	CLAIM(count == wanted, "%zu entries, not %zu", count, wanted);
}

static void scenario_run(const struct scenario *row, bool v6)
{
	uint16_t given = 0;

	node_reset(stage.node, stage.world);
	for (int i = 0; i < LEGS_MAX && row->legs[i].in.source; i++) {
		snprintf(where, sizeof(where), "%s, packet %d", v6 ? "IPv6" : "IPv4", i + 1);
		leg_test(&row->legs[i], v6, &given);
	}
	snprintf(where, sizeof(where), "%s, afterwards", v6 ? "IPv6" : "IPv4");
	entries_check(row, v6, given);
}

void scenario_test(void **state)
{
	const struct scenario *row = *state;

	if (stage.missing)
		skip();
	if (row->families != ONLY_V6)
		scenario_run(row, false);
	if (row->families != ONLY_V4)
		scenario_run(row, true);
}
