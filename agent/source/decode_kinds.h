/* SPDX-License-Identifier: Apache-2.0 */
/* decode_kinds - one function a kind: the document into its member of struct object. */
#pragma once

#include "agent/model/objects.h"
#include "base/json.h"

/*
 * The member is zeroed before. On failure the error begins with the path of the field, and what was
 * allocated is the object's to free.
 */
int decode_service(const cJSON *json, struct service_object *ret, struct error *err);
int decode_slice(const cJSON *json, struct slice_object *ret, struct error *err);
int decode_pod(const cJSON *json, struct pod_object *ret, struct error *err);
int decode_node(const cJSON *json, struct node_object *ret, struct error *err);
int decode_namespace_(const cJSON *json, struct namespace_object *ret, struct error *err);
