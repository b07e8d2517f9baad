/* SPDX-License-Identifier: Apache-2.0 */
/* standalone - without an agent the plugin loads the programs itself, once, at the first ADD. */
#pragma once

#include "base/error.h"
#include "netconf.h"

/*
 * standalone_ensure - the datapath is loaded and the node forwards. Cheap when it is so already.
 * Takes the exclusive lock while it loads; the caller holds none.
 */
int standalone_ensure(const struct netconf *conf, struct error *err);
