/* SPDX-License-Identifier: Apache-2.0 */
/* link_pins - the pinned links, by the names in their pins and the interfaces that they are on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "record.h"

struct link_pin {
	char ifname[IFNAME_MAX]; /* that it was pinned by: of interfaces that were renamed, the old
				  */
	uint32_t ifindex;	 /* 0: its interface is gone */
};

/*
 * link_pins_list - one for each name, pods' interfaces left out; the caller frees *ret_pins. No
 * directory means none.
 */
int link_pins_list(const char *bpf_dir, struct link_pin **ret_pins, size_t *ret_count,
		   struct error *err);

/* link_pins_rename - false when the other name's pins are in the way. */
bool link_pins_rename(const char *bpf_dir, const char *from, const char *to);

/* link_pin_parse - "IFNAME_ingress" or "IFNAME_egress", a colon for each dot of the name. Pure. */
bool link_pin_parse(const char *file, char ret_ifname[IFNAME_MAX]);
