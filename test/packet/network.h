/* SPDX-License-Identifier: Apache-2.0 */
/* network - addresses, routes and forwarding of this process's network namespace. */
#pragma once

#include <stdint.h>

/* Each returns 0 or a negated errno. Addresses are text; prefix counts the family's own bits. */
int network_address_add(uint32_t ifindex, const char *addr, uint8_t prefix);
int network_route_add(uint32_t ifindex, const char *net, uint8_t prefix);
int network_mtu_set(uint32_t ifindex, uint32_t mtu);
int network_forward(void);

/* The ports that sockets get which ask for none: "FIRST LAST". */
int network_local_ports_set(const char *range);
