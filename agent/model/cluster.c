/* SPDX-License-Identifier: Apache-2.0 */
/* cluster - what is known: the objects, what belongs together, and which services have changed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/model/cluster_state.h"
#include "base/cleanup.h"

bool cluster_key(char ret_key[CLUSTER_KEY_SIZE], const char *namespace, const char *name)
{
	return snprintf(ret_key, CLUSTER_KEY_SIZE, "%s/%s", namespace, name) < CLUSTER_KEY_SIZE;
}

struct cluster *cluster_new(const char *node)
{
	CLEANUP(cluster_free) struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cluster *made;

	if (!cluster)
		return NULL;
	cluster->node = strdup(node);
	cluster->zone = strdup("");
	if (!cluster->node || !cluster->zone)
		return NULL;
	made = cluster;
	cluster = NULL;
	return made;
}

static void objects_free(struct cluster_object **objects)
{
	struct cluster_object *object, *next;

	HASH_ITER(hh, *objects, object, next) {
		HASH_DEL(*objects, object);
		object_free(&object->object);
		free(object);
	}
}

static void services_free(struct cluster *cluster)
{
	struct cluster_service *service, *next;

	HASH_ITER(hh, cluster->services, service, next) {
		HASH_DEL(cluster->services, service);
		if (service->host_port && service->slices)
			slice_free(cluster, service->slices);
		service_free(service);
	}
	if (cluster->leaving)
		service_free(cluster->leaving);
}

static void pods_free(struct cluster *cluster)
{
	struct cluster_space *space, *next_space;
	struct cluster_pod *pod, *next;

	HASH_ITER(hh, cluster->pods, pod, next) {
		HASH_DEL(cluster->pods, pod);
		pod_free(pod);
	}
	HASH_ITER(hh, cluster->spaces, space, next_space) {
		HASH_DEL(cluster->spaces, space);
		free(space);
	}
}

void cluster_free(struct cluster **cluster)
{
	struct cluster *doomed = *cluster;
	struct cluster_slice *slice, *next_slice;
	struct cluster_told *told, *next_told;

	*cluster = NULL;
	if (!doomed)
		return;
	HASH_ITER(hh, doomed->slices, slice, next_slice) {
		HASH_DEL(doomed->slices, slice);
		slice_free(doomed, slice);
	}
	HASH_ITER(hh, doomed->told, told, next_told) {
		HASH_DEL(doomed->told, told);
		told_free(told);
	}
	services_free(doomed);
	pods_free(doomed);
	objects_free(&doomed->nodes);
	objects_free(&doomed->namespaces);
	name_table_done(&doomed->names);
	free(doomed->node);
	free(doomed->zone);
	free(doomed);
}

/* --- nodes and namespaces --------------------------------------------------------------------- */

static bool service_has_zone_hints(const struct cluster_service *service)
{
	for (const struct cluster_slice *each = service->slices; each; each = each->next)
		if (each->has_zone_hints)
			return true;
	return false;
}

static int zone_set(struct cluster *cluster, const char *zone, struct error *err)
{
	char *copy;

	if (!strcmp(cluster->zone, zone))
		return 0;
	copy = strdup(zone);
	if (!copy)
		return error_set(err, -ENOMEM, "remember the zone of node %s", cluster->node);
	free(cluster->zone);
	cluster->zone = copy;
	for (struct cluster_service *each = cluster->services; each; each = each->hh.next)
		if (service_has_zone_hints(each))
			cluster_dirty_mark(cluster, each);
	return 0;
}

static struct cluster_object *object_find(struct cluster_object *objects, const char *key)
{
	struct cluster_object *object;

	HASH_FIND_STR(objects, key, object);
	return object;
}

static int object_put(struct cluster_object **objects, const char *key, struct object *object,
		      struct error *err)
{
	struct cluster_object *entry = object_find(*objects, key);

	if (!entry) {
		entry = calloc(1, sizeof(*entry) + strlen(key) + 1);
		if (!entry) {
			error_set(err, -ENOMEM, "remember %s %s", object_kind_name(object->kind),
				  key);
			object_free(&object);
			return err->code;
		}
		strcpy(entry->key, key);
		HASH_ADD_STR(*objects, key, entry);
	}
	object_free(&entry->object);
	entry->object = object;
	return 0;
}

static void object_gone(struct cluster_object **objects, const char *key)
{
	struct cluster_object *entry = object_find(*objects, key);

	if (!entry)
		return;
	HASH_DEL(*objects, entry);
	object_free(&entry->object);
	free(entry);
}

static bool is_this_node(const struct cluster *cluster, const char *name)
{
	return *cluster->node && !strcmp(name, cluster->node);
}

static int node_put(struct cluster *cluster, const char *key, struct object *object,
		    struct error *err)
{
	int rc = object_put(&cluster->nodes, key, object, err);

	if (rc || !is_this_node(cluster, object->name))
		return rc;
	return zone_set(cluster, object->node.zone, err);
}

/* --- any object ------------------------------------------------------------------------------- */

static int slice_put_free(struct cluster *cluster, const char *key, struct object *object,
			  struct error *err)
{
	int rc = slice_put(cluster, key, &object->slice, err);

	object_free(&object);
	return rc;
}

int cluster_put(struct cluster *cluster, struct object *object, struct error *err)
{
	char key[CLUSTER_KEY_SIZE];

	if (!cluster_key(key, object->namespace, object->name)) {
		error_say(err, -EINVAL, "%s '%.64s/%.64s…': the name is too long",
			  object_kind_name(object->kind), object->namespace, object->name);
		object_free(&object);
		return err->code;
	}
	switch (object->kind) {
	case OBJECT_SERVICE:
		return service_put(cluster, key, object, err);
	case OBJECT_SLICE:
		return slice_put_free(cluster, key, object, err);
	case OBJECT_POD:
		return pod_put(cluster, key, object, err);
	case OBJECT_NODE:
		return node_put(cluster, key, object, err);
	default:
		return object_put(&cluster->namespaces, key, object, err);
	}
}

void cluster_gone(struct cluster *cluster, enum object_kind kind, const char *namespace,
		  const char *name)
{
	char key[CLUSTER_KEY_SIZE];
	struct error ignored;

	if (!cluster_key(key, namespace, name))
		return;
	switch (kind) {
	case OBJECT_SERVICE:
		service_gone(cluster, key);
		return;
	case OBJECT_SLICE:
		slice_gone(cluster, key);
		return;
	case OBJECT_POD:
		pod_gone(cluster, key);
		return;
	case OBJECT_NODE:
		object_gone(&cluster->nodes, key);
		if (is_this_node(cluster, name))
			zone_set(cluster, "", &ignored);
		return;
	default:
		object_gone(&cluster->namespaces, key);
	}
}

/* --- lookups ---------------------------------------------------------------------------------- */

const struct object *cluster_object_find(const struct cluster *cluster, enum object_kind kind,
					 const char *namespace, const char *name)
{
	const struct cluster_service *service;
	const struct cluster_object *entry;
	const struct cluster_pod *pod;
	char key[CLUSTER_KEY_SIZE];

	if (!cluster_key(key, namespace, name))
		return NULL;
	switch (kind) {
	case OBJECT_SERVICE:
		service = cluster_service_find(cluster, key);
		return service ? service->object : NULL;
	case OBJECT_POD:
		HASH_FIND_STR(cluster->pods, key, pod);
		return pod ? pod->object : NULL;
	case OBJECT_NODE:
		entry = object_find(cluster->nodes, key);
		return entry ? entry->object : NULL;
	case OBJECT_NAMESPACE:
		entry = object_find(cluster->namespaces, key);
		return entry ? entry->object : NULL;
	default:
		return NULL;
	}
}

size_t cluster_count(const struct cluster *cluster, enum object_kind kind)
{
	switch (kind) {
	case OBJECT_SERVICE:
		return cluster->service_count;
	case OBJECT_SLICE:
		return HASH_COUNT(cluster->slices);
	case OBJECT_POD:
		return HASH_COUNT(cluster->pods);
	case OBJECT_NODE:
		return HASH_COUNT(cluster->nodes);
	case OBJECT_NAMESPACE:
		return HASH_COUNT(cluster->namespaces);
	default:
		return 0;
	}
}

size_t cluster_endpoint_count(const struct cluster *cluster)
{
	return cluster->endpoint_count;
}

const char *cluster_node(const struct cluster *cluster)
{
	return cluster->node;
}

const char *cluster_zone(const struct cluster *cluster)
{
	return cluster->zone;
}

const char *cluster_name(const struct cluster *cluster, uint32_t name)
{
	return name_text(&cluster->names, name);
}
