/* SPDX-License-Identifier: Apache-2.0 */
/* decode_node - a v1 Node. */
#include <string.h>

#include "agent/source/decode_fields.h"
#include "agent/source/decode_kinds.h"

#define LABEL_ZONE "topology.kubernetes.io/zone"
#define TAINT_DELETED "ToBeDeletedByClusterAutoscaler"

static int addresses_decode(const cJSON *status, const char *type, struct addrs *ret,
			    struct error *err)
{
	const cJSON *list = NULL, *item;
	size_t at = 0;
	int rc = json_array(status, "", "addresses", &list, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list) {
		if (field_is(item, "type", type) && field_addr(item, "address", ret, err))
			return error_below(err, "addresses[%zu]", at);
		at++;
	}
	return 0;
}

static int spec_decode(const cJSON *json, struct node_object *ret, struct error *err)
{
	const cJSON *spec = NULL, *taints = NULL, *taint;
	int rc = json_object(json, "", "spec", &spec, err);

	if (rc)
		return rc;
	if (field_prefixes(spec, "podCIDRs", &ret->pod_cidrs, err) ||
	    (ret->pod_cidrs.count == 0 && field_prefix(spec, "podCIDR", &ret->pod_cidrs, err)) ||
	    json_array(spec, "", "taints", &taints, err))
		return error_below(err, "spec");
	cJSON_ArrayForEach(taint, taints)
		ret->deleting |= field_is(taint, "key", TAINT_DELETED);
	return 0;
}

int decode_node(const cJSON *json, struct node_object *ret, struct error *err)
{
	const cJSON *metadata = json_field(json, "metadata"), *status = NULL;
	int rc;

	if (field_labels(metadata, "labels", &ret->labels, err))
		return error_below(err, "metadata");
	if (field_word(json_field(metadata, "labels"), LABEL_ZONE, &ret->zone, err))
		return error_below(err, "metadata.labels");
	ret->deleting = json_field(metadata, "deletionTimestamp");
	if ((rc = spec_decode(json, ret, err)) ||
	    (rc = json_object(json, "", "status", &status, err)))
		return rc;
	if (addresses_decode(status, "InternalIP", &ret->addresses, err) ||
	    addresses_decode(status, "ExternalIP", &ret->addresses, err))
		return error_below(err, "status");
	return 0;
}
