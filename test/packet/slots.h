/* SPDX-License-Identifier: Apache-2.0 */
/* slots - what a counter is called, and which verdict goes with it. */
#pragma once

#include "byway/metric.h"

const char *slot_name(uint32_t slot);
uint32_t slot_verdict(enum hook hook, uint32_t slot);
