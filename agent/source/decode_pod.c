/* SPDX-License-Identifier: Apache-2.0 */
/* decode_pod - a v1 Pod. */
#include <stdlib.h>
#include <string.h>

#include "agent/source/decode_fields.h"
#include "agent/source/decode_kinds.h"

static int ips_decode(const cJSON *status, struct addrs *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	size_t at = 0;
	int rc = json_array(status, "", "podIPs", &list, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list) {
		if (item_is_object(item, err) || field_addr(item, "ip", ret, err))
			return error_below(err, "podIPs[%zu]", at);
		at++;
	}
	return ret->count ? 0 : field_addr(status, "podIP", ret, err);
}

static int ready_decode(const cJSON *status, bool *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	int rc = json_array(status, "", "conditions", &list, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list)
		if (field_is(item, "type", "Ready"))
			*ret = field_is(item, "status", "True");
	return 0;
}

/* Nobody keeps the status of a pod from a file, and tools write an empty one: it is as it is. */
static int status_decode(const cJSON *json, struct pod_object *ret, struct error *err)
{
	const cJSON *status = NULL;
	int rc = json_object(json, "", "status", &status, err);

	if (rc)
		return rc;
	ret->ready = !status || !status->child;
	if (ips_decode(status, &ret->ips, err) || ready_decode(status, &ret->ready, err))
		return error_below(err, "status");
	ret->finished = field_is(status, "phase", "Succeeded") ||
			field_is(status, "phase", "Failed");
	return 0;
}

static int port_add(const cJSON *item, struct pod_object *ret, struct error *err)
{
	struct pod_port *ports, *port;
	int rc = item_is_object(item, err);

	if (rc || !json_field(item, "name"))
		return rc;
	if (ret->port_count == DECODE_PORTS_MAX)
		return error_say(err, -E2BIG, ": more than %d named ports", DECODE_PORTS_MAX);
	ports = realloc(ret->ports, (ret->port_count + 1) * sizeof(*ports));
	if (!ports)
		return error_set(err, -ENOMEM, ": ports");
	ret->ports = ports;
	port = &ports[ret->port_count++];
	*port = (struct pod_port){};
	if ((rc = field_word(item, "name", &port->name, err)) ||
	    (rc = field_protocol(item, &port->protocol, err)) ||
	    (rc = field_port(item, "containerPort", &port->port, err)))
		return rc;
	if (port->port == 0)
		return error_say(err, -EINVAL,
				 "containerPort: must be a whole number from 1 to 65535");
	return 0;
}

static int container_decode(const cJSON *container, struct pod_object *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	size_t at = 0;
	int rc = item_is_object(container, err);

	if (rc || (rc = json_array(container, "", "ports", &list, err)))
		return rc;
	cJSON_ArrayForEach(item, list) {
		if (port_add(item, ret, err))
			return error_below(err, "ports[%zu]", at);
		at++;
	}
	return 0;
}

/* Of the init containers only those count that stay: restartPolicy Always makes one a sidecar. */
static int containers_decode(const cJSON *spec, const char *key, bool sidecars,
			     struct pod_object *ret, struct error *err)
{
	const cJSON *list = NULL, *item;
	size_t at = 0;
	int rc = json_array(spec, "", key, &list, err);

	if (rc)
		return rc;
	if (cJSON_GetArraySize(list) > DECODE_CONTAINERS_MAX)
		return error_say(err, -E2BIG, "%s: more than %d", key, DECODE_CONTAINERS_MAX);
	cJSON_ArrayForEach(item, list) {
		if ((!sidecars || field_is(item, "restartPolicy", "Always")) &&
		    container_decode(item, ret, err))
			return error_below(err, "%s[%zu]", key, at);
		at++;
	}
	return 0;
}

static int spec_decode(const cJSON *json, struct pod_object *ret, struct error *err)
{
	const cJSON *spec = NULL;
	int rc = json_object(json, "", "spec", &spec, err);

	if (rc)
		return rc;
	if (field_name(spec, "nodeName", &ret->node_name, err) ||
	    json_bool(spec, "", "hostNetwork", &ret->host_network, err) ||
	    containers_decode(spec, "containers", false, ret, err) ||
	    containers_decode(spec, "initContainers", true, ret, err))
		return error_below(err, "spec");
	return 0;
}

int decode_pod(const cJSON *json, struct pod_object *ret, struct error *err)
{
	const cJSON *metadata = json_field(json, "metadata");
	int rc;

	if (field_labels(metadata, "labels", &ret->labels, err) ||
	    field_word(metadata, "uid", &ret->uid, err))
		return error_below(err, "metadata");
	ret->terminating = json_field(metadata, "deletionTimestamp");
	rc = spec_decode(json, ret, err);
	return rc ? rc : status_decode(json, ret, err);
}
