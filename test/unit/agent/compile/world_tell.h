/* SPDX-License-Identifier: Apache-2.0 */
/* world_tell - parts of a world as objects for the cluster model. */
#pragma once

#include "world.h"

void service_tell_cluster(const struct world *world, int s, struct cluster *cluster);
void slice_tell_cluster(const struct world *world, int i, struct cluster *cluster);
void pod_tell_cluster(const struct world *world, int i, struct cluster *cluster);
void host_port_tell_cluster(const struct world *world, int i, struct cluster *cluster);
void zone_tell_cluster(const struct world *world, struct cluster *cluster);
