/* SPDX-License-Identifier: Apache-2.0 */
/* local_pods - tells the cluster what the records tell: pods' addresses, and their host ports. */
#include "agent/local_pods.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/known.h"

#define HOST_PORT_KEY_SIZE (KNOWN_KEY_SIZE + 16)

struct local_pod {
	UT_hash_handle hh;
	bool stale; /* not seen yet in the scan that is under way */
	size_t mapping_count;
	size_t address_count;
	struct ip_addr addresses[ADDRESSES_MAX];
	char *name; /* "namespace/name"; NULL: the runtime gave none */
	char key[];
};

static void pod_free(struct local_pod *pod)
{
	free(pod->name);
	free(pod);
}

void local_pods_done(struct local_pods *pods)
{
	struct local_pod *pod, *next;

	HASH_ITER(hh, pods->by_key, pod, next) {
		HASH_DEL(pods->by_key, pod);
		pod_free(pod);
	}
}

static struct local_pod *pod_new(const struct record *record)
{
	size_t room = strlen(record->container_id) + strlen(record->ifname) + 2;
	struct local_pod *pod = calloc(1, sizeof(*pod) + room);

	if (!pod)
		return NULL;
	snprintf(pod->key, room, "%s:%s", record->container_id, record->ifname);
	if (*record->pod_name &&
	    asprintf(&pod->name, "%s/%s", record->pod_namespace, record->pod_name) < 0) {
		free(pod);
		return NULL;
	}
	pod->address_count = record->address_count;
	memcpy(pod->addresses, record->addresses, sizeof(pod->addresses));
	return pod;
}

/* A pod's record may be replaced by that of a new sandbox before the old one is gone. */
static const struct local_pod *pod_of_name(const struct local_pods *pods, const char *name)
{
	for (const struct local_pod *pod = pods->by_key; pod; pod = pod->hh.next)
		if (pod->name && !strcmp(pod->name, name))
			return pod;
	return NULL;
}

static int addresses_tell(struct local_pods *pods, const char *name, const struct ip_addr *addrs,
			  size_t count, struct error *err)
{
	char namespace[POD_NAME_MAX];
	const char *slash = strchr(name, '/');

	snprintf(namespace, sizeof(namespace), "%.*s", (int)(slash - name), name);
	return cluster_pod_addresses(pods->cluster, namespace, slash + 1, addrs, count, err);
}

static void host_port_key(const char *key, size_t place, char ret_key[HOST_PORT_KEY_SIZE])
{
	snprintf(ret_key, HOST_PORT_KEY_SIZE, "%s:%zu", key, place);
}

static void host_ports_forget(struct local_pods *pods, const char *key, size_t from, size_t end)
{
	char port_key[HOST_PORT_KEY_SIZE];

	for (size_t i = from; i < end; i++) {
		host_port_key(key, i, port_key);
		cluster_host_port_gone(pods->cluster, port_key);
	}
}

/* One address a family is the pod's own; it is reached by the first. */
static void host_port_addresses(const struct record *record, struct host_port *port)
{
	bool have[2] = {};

	for (size_t i = 0; i < record->address_count; i++) {
		bool v4 = ip_addr_is_v4(&record->addresses[i]);

		if (have[v4])
			continue;
		have[v4] = true;
		port->pod[port->pod_count++] = record->addresses[i];
	}
}

static int host_ports_tell(struct local_pods *pods, struct local_pod *pod,
			   const struct record *record, struct error *err)
{
	char label[KNOWN_LABEL_SIZE], key[HOST_PORT_KEY_SIZE];
	int rc;

	known_label(record, label);
	for (size_t i = 0; i < record->mapping_count; i++) {
		const struct port_mapping *mapping = &record->mappings[i];
		struct host_port port = {
			.label = label,
			.host_ip = mapping->host_ip,
			.host_port = mapping->host_port,
			.pod_port = mapping->container_port,
			.protocol = mapping->protocol,
		};

		host_port_addresses(record, &port);
		host_port_key(pod->key, i, key);
		if ((rc = cluster_host_port_put(pods->cluster, key, &port, err)))
			return rc;
		pod->mapping_count = i + 1;
	}
	return 0;
}

int local_pods_put(struct local_pods *pods, const struct record *record, struct error *err)
{
	struct local_pod *pod = pod_new(record), *old;
	int rc;

	if (!pod)
		return error_set(err, -ENOMEM, "remember a pod of this node");
	HASH_FIND_STR(pods->by_key, pod->key, old);
	if (old) {
		if (old->mapping_count > record->mapping_count)
			host_ports_forget(pods, old->key, record->mapping_count,
					  old->mapping_count);
		HASH_DEL(pods->by_key, old);
		pod_free(old);
	}
	HASH_ADD_STR(pods->by_key, key, pod);
	if (pod->name &&
	    (rc = addresses_tell(pods, pod->name, pod->addresses, pod->address_count, err)))
		return rc;
	return host_ports_tell(pods, pod, record, err);
}

static void pod_remove(struct local_pods *pods, struct local_pod *pod)
{
	const struct local_pod *other;
	struct error ignored;

	HASH_DEL(pods->by_key, pod);
	host_ports_forget(pods, pod->key, 0, pod->mapping_count);
	other = pod->name ? pod_of_name(pods, pod->name) : NULL;
	if (pod->name)
		addresses_tell(pods, pod->name, other ? other->addresses : NULL,
			       other ? other->address_count : 0, &ignored);
	pod_free(pod);
}

void local_pods_gone(struct local_pods *pods, const char *key)
{
	struct local_pod *pod;

	HASH_FIND_STR(pods->by_key, key, pod);
	if (pod)
		pod_remove(pods, pod);
}

void local_pods_scan_begin(struct local_pods *pods)
{
	for (struct local_pod *pod = pods->by_key; pod; pod = pod->hh.next)
		pod->stale = true;
}

void local_pods_scan_end(struct local_pods *pods)
{
	struct local_pod *pod, *next;

	HASH_ITER(hh, pods->by_key, pod, next)
		if (pod->stale)
			pod_remove(pods, pod);
}
