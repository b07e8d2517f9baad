/* SPDX-License-Identifier: Apache-2.0 */
/* delegate - a foreign IPAM plugin, run as the spec says (1.1.0, section 4). */
#pragma once

#include "base/error.h"
#include "environment.h"
#include "netconf.h"

/*
 * delegate_run - run ipam.type out of CNI_PATH for command (ADD, DEL, CHECK, STATUS, GC) with our
 * environment and the whole configuration on its stdin, its cniVersion lowered to 1.0.0 where ours
 * is newer (Debian's host-local knows no other). ret_result (may be NULL) is what it printed; the
 * caller frees it. An error is the delegate's own, prefixed with its name. Its "unknown command"
 * for STATUS and GC means "not supported" and is success.
 */
int delegate_run(const struct environment *env, const struct netconf *conf, const char *command,
		 cJSON **ret_result, struct error *err);
