/* SPDX-License-Identifier: Apache-2.0 */
/* attach - the programs on an interface, a pod's or an uplink: clsact filters or tcx links. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "attach_kind.h"
#include "maps.h"

/* attach_kind_resolve - what ATTACH_AUTO stands for; -ENOTSUP for tcx on a kernel without it. */
int attach_kind_resolve(enum attach_kind wanted, enum attach_kind *ret_kind, struct error *err);

/* tcx_is_available - asks the kernel, without touching an interface. */
bool tcx_is_available(void);

/*
 * attach_pod - from_pod and to_pod on the interface, as the given kind, replacing what an earlier
 * call attached: each hook is one atomic exchange, so that no packet passes unseen. Programs that
 * others attached stay. kind is not ATTACH_AUTO.
 */
int attach_pod(const struct datapath_maps *maps, uint32_t ifindex, const char *ifname,
	       enum attach_kind kind, struct error *err);

/* attach_uplink - the same with from_uplink and to_uplink. */
int attach_uplink(const char *bpf_dir, uint32_t ifindex, const char *ifname, enum attach_kind kind,
		  struct error *err);

/* attach_remove - take our programs off an interface that stays; nothing of others goes. */
void attach_remove(const char *bpf_dir, uint32_t ifindex, const char *ifname);

/* attach_query - how our programs are attached; false when one of them is missing. */
bool attach_query(const char *bpf_dir, uint32_t ifindex, const char *ifname,
		  enum attach_kind *ret_kind);

/* attach_has_uplink_filters - clsact filters of ours, with uplinks' programs, whoever remembers. */
bool attach_has_uplink_filters(uint32_t ifindex);

/* attach_forget - remove the link pins of an interface that is gone or going. */
void attach_forget(const char *bpf_dir, const char *ifname);
