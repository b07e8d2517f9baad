/* SPDX-License-Identifier: Apache-2.0 */
/* record - what the plugin did for one attachment: runDir/endpoints/<containerID>:<ifname>.json. */
#include "record.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "byway/ip_text.h"
#include "paths.h"

#define RECORD_LIMIT (64 * 1024)
#define RECORDS_DIR "endpoints"

bool container_id_is_valid(const char *container_id)
{
	size_t len = strlen(container_id);

	if (!isalnum((unsigned char)container_id[0]) || len > CONTAINER_ID_MAX)
		return false;
	for (const char *c = container_id; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_.-", *c))
			return false;
	return true;
}

bool ifname_is_valid(const char *ifname)
{
	if (!*ifname || strlen(ifname) >= IFNAME_MAX || !strcmp(ifname, ".") ||
	    !strcmp(ifname, ".."))
		return false;
	for (const char *c = ifname; *c; c++)
		/* '%' would make the name a pattern that the kernel fills in. */
		if (strchr("/:%", *c) || !isgraph((unsigned char)*c))
			return false;
	return true;
}

void host_ifname_of(uint64_t owner, char ret_ifname[IFNAME_MAX])
{
	snprintf(ret_ifname, IFNAME_MAX, "veth%011llx",
		 (unsigned long long)owner & 0xfffffffffffULL);
}

static struct byway_path record_path(const char *run_dir, const char *container_id,
				     const char *ifname)
{
	struct byway_path path;

	snprintf(path.text, sizeof(path.text), "%.*s/" RECORDS_DIR "/%s:%s.json", BYWAY_DIR_MAX,
		 run_dir, container_id, ifname);
	return path;
}

static const struct protocol {
	const char *name;
	uint8_t number;
} protocols[] = { { "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "sctp", IPPROTO_SCTP } };
#define PROTOCOLS (sizeof(protocols) / sizeof(*protocols))

bool port_protocol_parse(const char *text, uint8_t *ret_protocol)
{
	for (size_t i = 0; i < PROTOCOLS; i++) {
		if (strcasecmp(text, protocols[i].name))
			continue;
		*ret_protocol = protocols[i].number;
		return true;
	}
	return false;
}

const char *port_protocol_name(uint8_t protocol)
{
	for (size_t i = 0; i < PROTOCOLS; i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return "?";
}

/* 0.0.0.0 or ::, by which a family or both are meant. */
static bool host_ip_is_any(const struct ip_addr *addr)
{
	return !addr->words[3] &&
	       (ip_addr_is_v4(addr) || !(addr->words[0] | addr->words[1] | addr->words[2]));
}

bool port_mapping_collides(const struct port_mapping *a, const struct port_mapping *b)
{
	static const struct ip_addr both;

	if (a->host_port != b->host_port || a->protocol != b->protocol)
		return false;
	if (ip_addr_equal(&a->host_ip, &both) || ip_addr_equal(&b->host_ip, &both) ||
	    ip_addr_equal(&a->host_ip, &b->host_ip))
		return true;
	if (ip_addr_is_v4(&a->host_ip) != ip_addr_is_v4(&b->host_ip))
		return false;
	return host_ip_is_any(&a->host_ip) || host_ip_is_any(&b->host_ip);
}

static void mappings_add(cJSON *json, const struct record *record)
{
	cJSON *list = record->mapping_count ? cJSON_AddArrayToObject(json, "portMappings") : NULL;

	for (size_t i = 0; i < record->mapping_count; i++) {
		const struct port_mapping *mapping = &record->mappings[i];
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToArray(list, item);
		cJSON_AddNumberToObject(item, "hostPort", mapping->host_port);
		cJSON_AddNumberToObject(item, "containerPort", mapping->container_port);
		cJSON_AddStringToObject(item, "protocol", port_protocol_name(mapping->protocol));
		cJSON_AddStringToObject(item, "hostIP", ip_addr_text(&mapping->host_ip).text);
	}
}

char *record_format(const struct record *record)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *addresses, *pod;

	cJSON_AddStringToObject(json, "containerID", record->container_id);
	cJSON_AddStringToObject(json, "ifname", record->ifname);
	cJSON_AddStringToObject(json, "network", record->network);
	cJSON_AddStringToObject(json, "netns", record->netns);
	cJSON_AddStringToObject(json, "hostInterface", record->host_ifname);
	cJSON_AddNumberToObject(json, "ifindex", record->ifindex);
	cJSON_AddNumberToObject(json, "mtu", record->mtu);
	cJSON_AddStringToObject(json, "mac", mac_text(record->mac).text);
	addresses = cJSON_AddArrayToObject(json, "addresses");
	for (size_t i = 0; i < record->address_count; i++)
		cJSON_AddItemToArray(addresses,
				     cJSON_CreateString(ip_addr_text(&record->addresses[i]).text));
	mappings_add(json, record);
	cJSON_AddStringToObject(json, "ipam", record->ipam);
	pod = cJSON_AddObjectToObject(json, "pod");
	cJSON_AddStringToObject(pod, "namespace", record->pod_namespace);
	cJSON_AddStringToObject(pod, "name", record->pod_name);
	cJSON_AddStringToObject(pod, "uid", record->pod_uid);
	return cJSON_Print(json);
}

static int text_field(const cJSON *json, const char *key, char *ret, size_t size, struct error *err)
{
	const char *text = "";
	int rc = json_string(json, "", key, &text, err);

	if (rc)
		return rc;
	if (strlen(text) >= size)
		return error_say(err, -EINVAL, "%s: longer than %zu bytes", key, size - 1);
	memcpy(ret, text, strlen(text) + 1);
	return 0;
}

static int addresses_field(const cJSON *json, struct record *record, struct error *err)
{
	const cJSON *list = NULL, *item;
	int rc = json_array(json, "", "addresses", &list, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list) {
		if (record->address_count == ADDRESSES_MAX || !cJSON_IsString(item) ||
		    !ip_addr_parse(item->valuestring, &record->addresses[record->address_count]))
			return error_say(err, -EINVAL, "addresses: not a short list of addresses");
		record->address_count++;
	}
	return 0;
}

static int mapping_field(const cJSON *item, struct port_mapping *mapping, struct error *err)
{
	const char *protocol = "", *host_ip = "";
	uint32_t host_port = 0, container_port = 0;
	int rc;

	if ((rc = json_uint(item, "portMappings", "hostPort", UINT16_MAX, &host_port, err)) ||
	    (rc = json_uint(item, "portMappings", "containerPort", UINT16_MAX, &container_port,
			    err)) ||
	    (rc = json_string(item, "portMappings", "protocol", &protocol, err)) ||
	    (rc = json_string(item, "portMappings", "hostIP", &host_ip, err)))
		return rc;
	if (!host_port || !container_port || !port_protocol_parse(protocol, &mapping->protocol) ||
	    !ip_addr_parse(host_ip, &mapping->host_ip))
		return error_say(err, -EINVAL, "portMappings: not a port, protocol and address");
	mapping->host_port = (uint16_t)host_port;
	mapping->container_port = (uint16_t)container_port;
	return 0;
}

static int mappings_field(const cJSON *json, struct record *record, struct error *err)
{
	const cJSON *list = NULL, *item;
	int rc = json_array(json, "", "portMappings", &list, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list) {
		if (record->mapping_count == PORT_MAPPINGS_MAX)
			return error_say(err, -EINVAL, "portMappings: more than %d",
					 PORT_MAPPINGS_MAX);
		rc = mapping_field(item, &record->mappings[record->mapping_count], err);
		if (rc)
			return rc;
		record->mapping_count++;
	}
	return 0;
}

static int identity_fields(const cJSON *json, struct record *record, struct error *err)
{
	char mac[32] = "";
	int rc;

	if ((rc = text_field(json, "containerID", record->container_id,
			     sizeof(record->container_id), err)) ||
	    (rc = text_field(json, "ifname", record->ifname, sizeof(record->ifname), err)) ||
	    (rc = text_field(json, "network", record->network, sizeof(record->network), err)) ||
	    (rc = text_field(json, "netns", record->netns, sizeof(record->netns), err)) ||
	    (rc = text_field(json, "hostInterface", record->host_ifname,
			     sizeof(record->host_ifname), err)) ||
	    (rc = text_field(json, "ipam", record->ipam, sizeof(record->ipam), err)) ||
	    (rc = text_field(json, "mac", mac, sizeof(mac), err)))
		return rc;
	if (!container_id_is_valid(record->container_id) || !ifname_is_valid(record->ifname) ||
	    !ifname_is_valid(record->host_ifname))
		return error_say(err, -EINVAL,
				 "containerID, ifname or hostInterface is no such name");
	return mac_parse(mac, record->mac) ?
		       0 :
		       error_say(err, -EINVAL, "mac: '%s' is no MAC address", mac);
}

static int pod_fields(const cJSON *json, struct record *record, struct error *err)
{
	const cJSON *pod = NULL;
	int rc = json_object(json, "", "pod", &pod, err);

	if (rc || !pod)
		return rc;
	if ((rc = text_field(pod, "namespace", record->pod_namespace, POD_NAME_MAX, err)) ||
	    (rc = text_field(pod, "name", record->pod_name, POD_NAME_MAX, err)) ||
	    (rc = text_field(pod, "uid", record->pod_uid, UID_MAX, err)))
		return rc;
	return 0;
}

int record_parse(const char *text, size_t len, const char *what, struct record *ret_record,
		 struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	struct record record = {};
	int rc;

	if ((rc = json_parse(text, len, what, &json, err)))
		return rc;
	if ((rc = identity_fields(json, &record, err)) ||
	    (rc = json_uint(json, "", "ifindex", INT32_MAX, &record.ifindex, err)) ||
	    (rc = json_uint(json, "", "mtu", UINT16_MAX, &record.mtu, err)) ||
	    (rc = addresses_field(json, &record, err)) ||
	    (rc = mappings_field(json, &record, err)) || (rc = pod_fields(json, &record, err)))
		return error_prefix(err, "%s", what);
	*ret_record = record;
	return 0;
}

int record_write(const char *run_dir, const struct record *record, struct error *err)
{
	struct byway_path path = record_path(run_dir, record->container_id, record->ifname);
	CLEANUP(str_free) char *text = record_format(record);
	int rc;

	if (!text)
		return error_set(err, -ENOMEM, "write '%s'", path.text);
	if ((rc = dir_make(path_below(run_dir, RECORDS_DIR).text, 0700, err)))
		return rc;
	return file_replace(path.text, text, 0600, err);
}

static int record_load(const char *path, struct record *ret_record, struct error *err)
{
	CLEANUP(str_free) char *text = NULL;
	size_t len = 0;
	int rc = file_read(path, RECORD_LIMIT, &text, &len, err);

	return rc ? rc : record_parse(text, len, path, ret_record, err);
}

int record_read(const char *run_dir, const char *container_id, const char *ifname,
		struct record *ret_record, struct error *err)
{
	return record_load(record_path(run_dir, container_id, ifname).text, ret_record, err);
}

int record_remove(const char *run_dir, const char *container_id, const char *ifname,
		  struct error *err)
{
	return file_remove(record_path(run_dir, container_id, ifname).text, err);
}

static void dir_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

void records_tidy(const char *run_dir)
{
	CLEANUP(dir_close) DIR *dir = opendir(path_below(run_dir, RECORDS_DIR).text);
	struct dirent *item;

	while (dir && (item = readdir(dir)))
		if (item->d_name[0] == '.')
			unlinkat(dirfd(dir), item->d_name, 0); /* "." and ".." are directories */
}

int record_for_each(const char *run_dir, record_fn *fn, record_broken_fn *broken, void *ctx,
		    struct error *err)
{
	struct byway_path path = path_below(run_dir, RECORDS_DIR);
	CLEANUP(dir_close) DIR *dir = opendir(path.text);
	struct dirent *item;

	if (!dir)
		return errno == ENOENT ? 0 : error_set(err, -errno, "open '%s'", path.text);
	while ((item = readdir(dir))) {
		struct byway_path file;
		struct record record;
		struct error why;
		int rc;

		if (item->d_name[0] == '.')
			continue; /* also a record half written: it begins with a dot */
		snprintf(file.text, sizeof(file.text), "%.*s/%s", BYWAY_DIR_MAX, path.text,
			 item->d_name);
		rc = record_load(file.text, &record, &why);
		if (rc == 0 && (rc = fn(&record, ctx)))
			return rc;
		if (rc && rc != -ENOENT && broken)
			broken(item->d_name, &why, ctx);
	}
	return 0;
}
