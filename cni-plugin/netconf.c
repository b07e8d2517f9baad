/* SPDX-License-Identifier: Apache-2.0 */
/* netconf - the network configuration that comes on stdin (pure). */
#include "netconf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "cni_error.h"
#include "datapath/paths.h"
#include "datapath/record.h"

#define POLICY_WAIT_DEFAULT_S 10
#define POLICY_WAIT_MAX_S 110 /* the kubelet gives up a request after two minutes */

const char *const spec_names[SPEC_COUNT] = { "0.3.1", "0.4.0", "1.0.0", "1.1.0" };

bool spec_parse(const char *text, enum spec_version *ret_spec)
{
	for (int i = 0; i < SPEC_COUNT; i++) {
		if (strcmp(text, spec_names[i]))
			continue;
		*ret_spec = (enum spec_version)i;
		return true;
	}
	return false;
}

static int version_field(struct netconf *conf, struct error *err)
{
	const char *version = "0.1.0"; /* what the spec says an absent one means */
	int rc = json_string(conf->document, "", "cniVersion", &version, err);

	if (rc)
		return rc;
	if (!spec_parse(version, &conf->spec))
		return error_say(err, CNI_VERSION,
				 "cniVersion '%.32s' is not supported; supported are 0.3.1, 0.4.0, "
				 "1.0.0 and 1.1.0",
				 version);
	return 0;
}

static int dir_field(const cJSON *json, const char *key, const char **ret, struct error *err)
{
	int rc = json_string(json, "", key, ret, err);

	if (rc)
		return rc;
	if ((*ret)[0] != '/' || strlen(*ret) > BYWAY_DIR_MAX)
		return error_say(err, CNI_CONFIG, "%s: must be an absolute path, not '%.64s'", key,
				 *ret);
	return 0;
}

/* Where things are, and whose: what every verb needs. */
static int place_fields(struct netconf *conf, struct error *err)
{
	const cJSON *json = conf->document;
	int rc;

	conf->name = "";
	conf->run_dir = BYWAY_RUN_DIR;
	conf->bpf_dir = BYWAY_BPF_DIR;
	if ((rc = json_string(json, "", "name", &conf->name, err)) ||
	    (rc = dir_field(json, "runDir", &conf->run_dir, err)) ||
	    (rc = dir_field(json, "bpfDir", &conf->bpf_dir, err)) ||
	    (rc = json_bool(json, "", "standalone", &conf->standalone, err)))
		return rc;
	if (!container_id_is_valid(conf->name))
		return error_say(err, CNI_CONFIG, "name: '%.64s' is not a network name",
				 conf->name);
	return 0;
}

/* How an interface shall be made. */
static int making_fields(struct netconf *conf, struct error *err)
{
	const cJSON *json = conf->document;
	const char *attach = "auto";
	uint32_t wait_s = POLICY_WAIT_DEFAULT_S;
	int rc;

	if ((rc = json_uint(json, "", "mtu", UINT16_MAX, &conf->mtu, err)) ||
	    (rc = json_uint(json, "", "policyWait", POLICY_WAIT_MAX_S, &wait_s, err)) ||
	    (rc = json_string(json, "", "attach", &attach, err)))
		return rc;
	conf->policy_wait_ms = wait_s * 1000;
	/* RFC 791 3.2 and RFC 8200 5: a link with IPv6 carries 1280 bytes; IPv4 alone 68. */
	if (conf->mtu && conf->mtu < 68)
		return error_say(err, CNI_CONFIG, "mtu: %u is below 68", conf->mtu);
	if (!attach_kind_parse(attach, &conf->attach))
		return error_say(err, CNI_CONFIG, "attach: '%.32s' is none of auto, clsact, tcx",
				 attach);
	return 0;
}

static int delegate_field(struct netconf *conf, struct error *err)
{
	const cJSON *ipam = NULL;
	const char *type = "byway";
	int rc;

	if ((rc = json_object(conf->document, "", "ipam", &ipam, err)) || !ipam ||
	    !cJSON_GetArraySize(ipam))
		return rc;
	if ((rc = json_string(ipam, "ipam", "type", &type, err)))
		return rc;
	if (strcmp(type, "byway")) {
		if (!*type || strchr(type, '/') || *type == '.' || strlen(type) >= IPAM_MAX)
			return error_say(err, CNI_CONFIG, "ipam.type: '%.64s' is no plugin's name",
					 type);
		conf->delegate = type;
	}
	return 0;
}

static int ranges_field(struct netconf *conf, struct error *err)
{
	const cJSON *ranges = NULL;
	int rc = 0;

	if (!conf->delegate)
		rc = json_array(json_field(conf->document, "ipam"), "ipam", "ranges", &ranges, err);
	if (rc == 0)
		rc = ranges_parse(ranges, "ipam.ranges", conf->ranges, &conf->range_count, err);
	if (rc)
		return rc;
	if (conf->standalone && !conf->delegate && !conf->range_count)
		return error_say(err, CNI_CONFIG,
				 "ipam: standalone needs ipam.ranges or another ipam.type");
	return 0;
}

/* Addresses may come with a prefix length, which a pod's own address does not have here. */
static int ips_field(const cJSON *runtime, struct netconf *conf, struct error *err)
{
	const cJSON *ips = NULL, *item;
	struct ip_prefix prefix;
	int rc = json_array(runtime, "runtimeConfig", "ips", &ips, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, ips) {
		const char *text = cJSON_IsString(item) ? item->valuestring : "";

		if (conf->ip_count == 2)
			return error_say(err, CNI_CONFIG,
					 "runtimeConfig.ips: more than two addresses");
		if (ip_prefix_parse(text, &prefix))
			conf->ips[conf->ip_count] = prefix.addr;
		else if (!ip_addr_parse(text, &conf->ips[conf->ip_count]))
			return error_say(err, CNI_CONFIG,
					 "runtimeConfig.ips: '%.64s' is no address", text);
		if (conf->ip_count++ &&
		    ip_addr_is_v4(&conf->ips[0]) == ip_addr_is_v4(&conf->ips[1]))
			return error_say(err, CNI_CONFIG,
					 "runtimeConfig.ips: more than one address of a family");
	}
	return 0;
}

static bool port_is_valid(const cJSON *item)
{
	return cJSON_IsNumber(item) && item->valuedouble >= 1 && item->valuedouble <= UINT16_MAX &&
	       item->valuedouble == (double)(uint16_t)item->valuedouble;
}

/* Runtimes differ in how they write the names (hostPort, HostPort), so case is ignored here. */
static int mapping_parse(const cJSON *item, struct port_mapping *mapping, struct error *err)
{
	const cJSON *host_port = cJSON_GetObjectItem(item, "hostPort");
	const cJSON *container_port = cJSON_GetObjectItem(item, "containerPort");
	const char *protocol = cJSON_GetStringValue(cJSON_GetObjectItem(item, "protocol"));
	const char *host_ip = cJSON_GetStringValue(cJSON_GetObjectItem(item, "hostIP"));

	if (!port_is_valid(host_port) || !port_is_valid(container_port))
		return error_say(err, CNI_CONFIG,
				 "runtimeConfig.portMappings: hostPort and containerPort must be "
				 "whole numbers from 1 to 65535");
	mapping->host_port = (uint16_t)host_port->valuedouble;
	mapping->container_port = (uint16_t)container_port->valuedouble;
	if (!port_protocol_parse(protocol && *protocol ? protocol : "tcp", &mapping->protocol))
		return error_say(err, CNI_CONFIG,
				 "runtimeConfig.portMappings: protocol '%.32s' is none of tcp, "
				 "udp, sctp",
				 protocol);
	if (host_ip && *host_ip && !ip_addr_parse(host_ip, &mapping->host_ip))
		return error_say(err, CNI_CONFIG,
				 "runtimeConfig.portMappings: hostIP '%.64s' is no address",
				 host_ip);
	return 0;
}

/* A mapping without a host port asks for nothing: runtimes list every port of a container. */
static bool asks_for_nothing(const cJSON *item)
{
	const cJSON *host_port = cJSON_GetObjectItem(item, "hostPort");

	return cJSON_IsNumber(host_port) && host_port->valuedouble == 0;
}

static int mapping_add(struct netconf *conf, const cJSON *item, struct error *err)
{
	struct port_mapping *mapping = &conf->mappings[conf->mapping_count];
	int rc;

	if (conf->mapping_count == PORT_MAPPINGS_MAX)
		return error_say(err, CNI_CONFIG, "runtimeConfig.portMappings: more than %d",
				 PORT_MAPPINGS_MAX);
	if ((rc = mapping_parse(item, mapping, err)))
		return rc;
	for (size_t i = 0; i < conf->mapping_count; i++)
		if (port_mapping_collides(&conf->mappings[i], mapping))
			return error_say(err, CNI_CONFIG,
					 "runtimeConfig.portMappings: host port %u/%s stands there "
					 "twice",
					 mapping->host_port, port_protocol_name(mapping->protocol));
	conf->mapping_count++;
	return 0;
}

static int mappings_field(const cJSON *runtime, struct netconf *conf, struct error *err)
{
	const cJSON *list = cJSON_GetObjectItem(runtime, "portMappings"), *item;
	int rc;

	if (!list || cJSON_IsNull(list))
		return 0;
	if (!cJSON_IsArray(list))
		return json_wrong_type("runtimeConfig", "portMappings", "a list", err);
	cJSON_ArrayForEach(item, list) {
		if (asks_for_nothing(item))
			continue;
		if ((rc = mapping_add(conf, item, err)))
			return rc;
	}
	if (conf->mapping_count && conf->standalone)
		return error_say(err, CNI_FIELD,
				 "runtimeConfig.portMappings needs byway-agent: standalone nobody "
				 "serves the %zu ports",
				 conf->mapping_count);
	return 0;
}

/* What later work will serve is refused by name, so that no pod runs believing it has it. */
static int bandwidth_field(const cJSON *runtime, struct error *err)
{
	const cJSON *item = cJSON_GetObjectItem(runtime, "bandwidth");

	if (item && !cJSON_IsNull(item) && !cJSON_IsObject(item))
		return json_wrong_type("runtimeConfig", "bandwidth", "an object", err);
	if (item && cJSON_GetArraySize(item))
		return error_say(err, CNI_FIELD,
				 "runtimeConfig.bandwidth is not supported yet (it has %d entries)",
				 cJSON_GetArraySize(item));
	return 0;
}

static int mac_field(const cJSON *runtime, struct netconf *conf, struct error *err)
{
	static const uint8_t zero[MAC_SIZE];
	const char *mac = NULL;
	int rc = json_string(runtime, "runtimeConfig", "mac", &mac, err);

	if (rc || !mac || !*mac)
		return rc;
	if (!mac_parse(mac, conf->mac) || (conf->mac[0] & 1) || !memcmp(conf->mac, zero, MAC_SIZE))
		return error_say(err, CNI_CONFIG,
				 "runtimeConfig.mac: '%.32s' is no unicast MAC address", mac);
	conf->has_mac = true;
	return 0;
}

static int valid_field(struct netconf *conf, struct error *err)
{
	const cJSON *list = NULL, *item;
	int rc = json_array(conf->document, "", "cni.dev/valid-attachments", &list, err);

	if (rc || !list)
		return rc;
	conf->valid = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*conf->valid));
	if (!conf->valid)
		return error_set(err, -ENOMEM, "read cni.dev/valid-attachments");
	cJSON_ArrayForEach(item, list) {
		struct valid_attachment *valid = &conf->valid[conf->valid_count++];
		const cJSON *id = json_field(item, "containerID");
		const cJSON *ifname = json_field(item, "ifname");

		if (!cJSON_IsString(id) || !cJSON_IsString(ifname))
			return error_say(
				err, CNI_CONFIG,
				"cni.dev/valid-attachments: entry %zu lacks containerID or ifname",
				conf->valid_count);
		valid->container_id = id->valuestring;
		valid->ifname = ifname->valuestring;
	}
	return 0;
}

static int fields_parse(struct netconf *conf, struct error *err)
{
	int rc;

	if ((rc = version_field(conf, err)) || (rc = place_fields(conf, err)) ||
	    (rc = delegate_field(conf, err)))
		return rc;
	return 0;
}

/* The shared parsers speak in errnos: here that is a wrong configuration. */
static int config_error(int rc, struct error *err)
{
	return rc == -EINVAL ? err->code = CNI_CONFIG : rc;
}

int netconf_parse(const char *text, size_t len, struct netconf *ret_conf, struct error *err)
{
	*ret_conf = (struct netconf){ .spec = SPEC_NEWEST };
	if (json_parse(text, len, "the network configuration on stdin", &ret_conf->document, err))
		return err->code = CNI_DECODE;
	if (!cJSON_IsObject(ret_conf->document))
		return error_say(err, CNI_DECODE, "the network configuration is not a JSON object");
	return config_error(fields_parse(ret_conf, err), err);
}

static int runtime_field(struct netconf *conf, struct error *err)
{
	const cJSON *runtime = NULL;
	int rc = json_object(conf->document, "", "runtimeConfig", &runtime, err);

	if (rc == 0 && runtime && (rc = bandwidth_field(runtime, err)) == 0 &&
	    (rc = mappings_field(runtime, conf, err)) == 0 &&
	    (rc = ips_field(runtime, conf, err)) == 0)
		rc = mac_field(runtime, conf, err);
	return rc;
}

int netconf_parse_more(struct netconf *conf, enum cni_verb verb, struct error *err)
{
	int rc = 0;

	if (verb == VERB_GC)
		return config_error(valid_field(conf, err), err);
	if (verb == VERB_ADD || verb == VERB_STATUS)
		rc = making_fields(conf, err) ?: ranges_field(conf, err);
	if (rc == 0 && (verb == VERB_ADD || verb == VERB_CHECK))
		rc = json_object(conf->document, "", "prevResult", &conf->prev_result, err);
	if (rc == 0 && verb == VERB_ADD)
		rc = runtime_field(conf, err) ?:
			     json_object(conf->document, "", "dns", &conf->dns, err);
	return config_error(rc, err);
}

void netconf_done(struct netconf *conf)
{
	free(conf->valid);
	cJSON_Delete(conf->document);
	*conf = (struct netconf){};
}
