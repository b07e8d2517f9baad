/* SPDX-License-Identifier: Apache-2.0 */
/* decode_namespace - a v1 Namespace. */
#include "agent/source/decode_fields.h"
#include "agent/source/decode_kinds.h"

int decode_namespace_(const cJSON *json, struct namespace_object *ret, struct error *err)
{
	if (field_labels(json_field(json, "metadata"), "labels", &ret->labels, err))
		return error_below(err, "metadata");
	return 0;
}
