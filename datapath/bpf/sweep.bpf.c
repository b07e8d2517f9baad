/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sweep - takes the connections out of conntrack that have been idle for too long. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "byway/sweep.h"
#include "datapath/logic/ct_state.h"

#include "conntrack.h"

struct bpf_map;

struct sweep {
	struct sweep_report report;
	__u32 now;
};

/* What becomes of an entry. */
struct look {
	struct ct_key key, partner;
	__u32 now, idle;
	__u8 state;
	bool paired; /* the connection has the other entry too */
};

/* Not indexed by the state: the verifier loses the bound that it was given (clang keeps a copy). */
GLOBAL __u32 timeout_ticks(__u32 state)
{
	__u32 ticks = 0;

#pragma unroll
	for (__u32 i = 0; i < CT_STATE_COUNT; i++)
		if (i == state)
			ticks = config.timeout_ticks[i];
	return ticks;
}

GLOBAL int connection_count(struct sweep_report *report, __u32 state)
{
	if (!report || state >= CT_STATE_COUNT)
		return 0;
	report->connections[state]++;
	return 0;
}

/* The clock may have moved on since the walk began: then an entry seems to be of the future. */
static __always_inline __u32 idle_ticks(const struct conntrack *ct, __u32 now)
{
	return (__s32)(now - ct->seen) > 0 ? now - ct->seen : 0;
}

/*
 * A translated connection lives while either of its two entries does, in the state of both: the
 * answers of a long download are seen by one, a half-closed end by the other. One that has lost its
 * other half for want of room only goes on while it is used.
 */
GLOBAL int partner_heed(const struct conntrack *ct, struct look *look)
{
	const struct conntrack *partner;
	struct ct_key key;
	__u32 its_idle;

	if (!ct || !look)
		return 0;
	partner = ct_partner(&look->key, ct, &key);
	look->partner = key;
	look->paired = partner;
	if (!partner) {
		look->state = CT_CLOSING;
		return 0;
	}
	look->state = ct->flags & CT_REQUEST ? ct_pair_state(ct, partner) :
					       ct_pair_state(partner, ct);
	its_idle = idle_ticks(partner, look->now);
	if (its_idle < look->idle)
		look->idle = its_idle;
	return 0;
}

/* Both entries of a connection go at once: the walk sees the second only when its pair is gone. */
static __always_inline void connection_delete(struct sweep *sweep, const struct look *look)
{
	if (!bpf_map_delete_elem(&conntrack, &look->key))
		sweep->report.deleted++;
	if (look->paired && !bpf_map_delete_elem(&conntrack, &look->partner))
		sweep->report.deleted++;
}

static long entry_look(struct bpf_map *map, const struct ct_key *key, struct conntrack *ct,
		       struct sweep *sweep)
{
	struct look look = { .key = *key,
			     .now = sweep->now,
			     .idle = idle_ticks(ct, sweep->now),
			     .state = ct->state };
	__u32 seen = ct->seen;

	(void)map;
	if (ct_is_translated(ct))
		partner_heed(ct, &look);
	if (look.idle > timeout_ticks(look.state) && *(volatile __u32 *)&ct->seen == seen) {
		connection_delete(sweep, &look);
		return 0;
	}
	sweep->report.entries++;
	if (!(ct->flags & CT_REPLY))
		connection_count(&sweep->report, look.state);
	return 0;
}

SEC("syscall")
int sweep(struct sweep_report *report)
{
	/* From the caller, zero: numbers that the verifier does not know, or it counts along. */
	struct sweep walk = { .report = *report, .now = ct_now() };

	bpf_for_each_map_elem(&conntrack, entry_look, &walk, 0);
	*report = walk.report;
	return 0;
}

char license_text[] SEC("license") = "Dual BSD/GPL";
