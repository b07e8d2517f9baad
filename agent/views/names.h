/* SPDX-License-Identifier: Apache-2.0 */
/* names - numbers of the datapath as words. */
#pragma once

#include <stdint.h>

struct protocol_text {
	char text[12];
};

/* Of numbers that this release does not know (a newer datapath's), "?". */
const char *hook_name(uint32_t hook);
const char *drop_reason_name(uint32_t reason);
const char *drop_reason_text(uint32_t reason);
const char *counter_name(uint32_t counter);
struct protocol_text protocol_name(uint8_t protocol);
