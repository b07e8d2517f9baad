/* SPDX-License-Identifier: Apache-2.0 */
/* names - numbers of the datapath as words. */
#include "agent/views/names.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>

#include "byway/metric.h"

struct word {
	const char *name, *text;
};

static const struct word hooks[] = {
#define X(id, label, sentence) [HOOK_##id] = { label, sentence },
	HOOKS(X)
#undef X
};

static const struct word reasons[] = {
#define X(id, label, sentence) [DROP_##id] = { label, sentence },
	DROP_REASONS(X)
#undef X
};

static const struct word counters[] = {
#define X(id, label, sentence) [COUNTER_##id - METRIC_COUNTERS_BEGIN] = { label, sentence },
	COUNTERS(X)
#undef X
};

static const struct word *word_at(const struct word *words, size_t count, size_t place)
{
	static const struct word unknown = { "?", "not known to this release" };

	return place < count && words[place].name ? &words[place] : &unknown;
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const char *hook_name(uint32_t hook)
{
	return word_at(hooks, COUNT(hooks), hook)->name;
}

const char *drop_reason_name(uint32_t reason)
{
	return word_at(reasons, COUNT(reasons), reason)->name;
}

const char *drop_reason_text(uint32_t reason)
{
	return word_at(reasons, COUNT(reasons), reason)->text;
}

const char *counter_name(uint32_t counter)
{
	return word_at(counters, COUNT(counters), counter - METRIC_COUNTERS_BEGIN)->name;
}

struct protocol_text protocol_name(uint8_t protocol)
{
	static const struct {
		uint8_t protocol;
		struct protocol_text text;
	} names[] = {
		{ IPPROTO_TCP, { "TCP" } },   { IPPROTO_UDP, { "UDP" } },
		{ IPPROTO_ICMP, { "ICMP" } }, { IPPROTO_ICMPV6, { "ICMPv6" } },
		{ IPPROTO_SCTP, { "SCTP" } },
	};
	struct protocol_text number;

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].protocol == protocol)
			return names[i].text;
	snprintf(number.text, sizeof(number.text), "%u", protocol);
	return number;
}
