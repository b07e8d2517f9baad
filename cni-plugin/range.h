/* SPDX-License-Identifier: Apache-2.0 */
/* range - which addresses of a CIDR can be leased (pure). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "byway/ip_text.h"

/*
 * Never handed out: the network address, the one after it (where people expect a gateway), and an
 * IPv4 range's broadcast address; a range of one or two addresses (/31, /32, /127, /128) is used
 * whole. Of a huge IPv6 range the first 2^32 addresses are used.
 */

/* range_usable - how many addresses the range can lease. */
uint64_t range_usable(const struct ip_prefix *range);
/* range_address - the nth of them, n < range_usable(). */
struct ip_addr range_address(const struct ip_prefix *range, uint64_t n);
/* range_offers - whether addr is one of them. */
bool range_offers(const struct ip_prefix *range, const struct ip_addr *addr);
