/* SPDX-License-Identifier: Apache-2.0 */
/* load - programs and maps into the kernel and pinned, with what the maps held before. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "byway/conntrack.h"
#include "datapath/map_sizes.h"

struct load_settings {
	const char *bpf_dir;	/* on a bpffs; made if missing */
	uint32_t drop_events;	/* datapath_config.drop_events */
	uint32_t endpoints_max; /* entries; 0 = the default of bpf/maps.h */
	uint32_t events_bytes;	/* a power of two and of pages; 0 = the default */
	struct map_sizes sizes; /* of the maps for services */
	bool masquerade;	/* pods speak to the world with the node's address */
	/* By enum ct_state; 0 = the default of byway/conntrack.h. */
	uint32_t timeouts_s[CT_STATE_COUNT];
	bool host_sockets_only; /* sockets of pods leave services to the packets' programs */
};

/* What one program cost the verifier; for tests and `byway status`. */
struct load_report {
	uint32_t from_pod_insns, to_pod_insns;
};

/*
 * datapath_load - load the programs, with the pinned maps where there are some, and replace the
 * pins by rename. A pinned map of another size hands its entries to a new one. Interfaces go on
 * with the programs they have until attach_pod() is called for them. The caller is in the node's
 * own network namespace and holds the exclusive lock (lock.h). ret_report may be NULL. On failure
 * what was pinned before is still pinned.
 */
int datapath_load(const struct load_settings *settings, struct load_report *ret_report,
		  struct error *err);

/* bpf_dir_ensure - bpf_dir exists on a bpffs; mounts nothing. -ENOTSUP when it is not one. */
int bpf_dir_ensure(const char *bpf_dir, struct error *err);
