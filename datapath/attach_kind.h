/* SPDX-License-Identifier: Apache-2.0 */
/* attach_kind - the ways a program can sit on an interface, by name. */
#pragma once

#include <stdbool.h>

/*
 * A tcx link (kernel 6.6) waits for an RCU grace period when it is made and again when its
 * interface goes: some 10 to 25 ms a hook, under the RTNL lock, so that pods queue up behind each
 * other. A clsact filter costs 0.3 ms. On a pod's own veth, where nobody else attaches, tcx offers
 * nothing in return; therefore ATTACH_AUTO means clsact there.
 */
enum attach_kind {
	ATTACH_AUTO,
	ATTACH_CLSACT,
	ATTACH_TCX,
};

const char *attach_kind_name(enum attach_kind kind);
bool attach_kind_parse(const char *name, enum attach_kind *ret_kind);
