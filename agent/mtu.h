/* SPDX-License-Identifier: Apache-2.0 */
/* mtu - of pods' interfaces: what the way out of this node carries. */
#pragma once

#include <stdint.h>

#define MTU_ETHERNET 1500
#define MTU_VETH_MAX 65535 /* the kernel's ETH_MAX_MTU; loopback has one more */

/*
 * mtu_of_uplinks - the smallest MTU of the interfaces that default routes of either family leave
 * by, at most what a pod's interface can have; MTU_ETHERNET where there are none, or when the
 * kernel does not say.
 */
uint32_t mtu_of_uplinks(void);
