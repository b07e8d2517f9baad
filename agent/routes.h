/* SPDX-License-Identifier: Apache-2.0 */
/* routes - the hand that makes map routes hold what the configuration wants. */
#pragma once

#include "agent/config.h"
#include "agent/routes_image.h"
#include "datapath/epoch.h"
#include "datapath/route_maps.h"

/*
 * routes_sync - puts before deletes, and the epoch advances after a change. The first failure is
 * returned after all have been tried.
 */
int routes_sync(const struct route_maps *maps, const struct epoch *epoch,
		const struct agent_config *config, struct error *err);
