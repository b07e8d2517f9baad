/* SPDX-License-Identifier: Apache-2.0 */
/* source - what the status tells of the cluster: what is known, how it got into place. */
#pragma once

#include <cjson/cJSON.h>

#include "agent/views/view.h"

/*
 * services_status_add - to the status: sockets {attached, hooks}, maps [{name, entries, capacity}],
 * and from an agent source {kind, path, complete, objects, errors} and sync {last…, writes, …}.
 */
void services_status_add(cJSON *json, const struct node_view *view);
