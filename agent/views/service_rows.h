/* SPDX-License-Identifier: Apache-2.0 */
/* service_rows - map entries of services as JSON. Pure. */
#pragma once

#include <cjson/cJSON.h>

#include "agent/compile/rows.h"
#include "agent/model/cluster.h"

/* frontend_parse - "10.96.0.1", "10.96.0.1:80", "fd00::1", "[fd00::1]:80"; port 0 = any. */
bool frontend_parse(const char *text, struct service_key *ret_key);

/* Each adds a member to json; rows may be NULL: then it is empty. */
void frontends_add(cJSON *json, const struct service_rows *rows,
		   const struct cluster_service *service);
void backends_add(cJSON *json, const struct service_rows *rows);
void ranges_add(cJSON *json, const struct service_rows *rows);
void explained_add(cJSON *json, const struct cluster *cluster,
		   const struct cluster_service *service, const struct service_rows *rows);

/* service_ids_add - to names, id: "namespace/name" for each id of the service. */
void service_ids_add(cJSON *names, const struct service_rows *rows,
		     const struct cluster_service *service);
