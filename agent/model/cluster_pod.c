/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_pod - pods, the addresses they were given, and the services that select them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "agent/model/cluster_state.h"

struct cluster_space *space_reach(struct cluster *cluster, const char *namespace)
{
	struct cluster_space *space;

	HASH_FIND_STR(cluster->spaces, namespace, space);
	if (space)
		return space;
	space = calloc(1, sizeof(*space) + strlen(namespace) + 1);
	if (!space)
		return NULL;
	strcpy(space->name, namespace);
	HASH_ADD_STR(cluster->spaces, name, space);
	return space;
}

void space_settle(struct cluster *cluster, struct cluster_space *space)
{
	if (space->pods || space->selecting)
		return;
	HASH_DEL(cluster->spaces, space);
	free(space);
}

/* Whoever selects the pod as it is now must look at it. */
static void pod_tell(struct cluster *cluster, const struct cluster_pod *pod)
{
	for (struct cluster_service *each = pod->space->selecting; each;
	     each = each->selecting_next)
		if (labels_match(&each->object->service.selector, &pod->object->pod.labels))
			cluster_dirty_mark(cluster, each);
}

void pod_free(struct cluster_pod *pod)
{
	object_free(&pod->object);
	free(pod);
}

static struct cluster_pod *pod_find(const struct cluster *cluster, const char *key)
{
	struct cluster_pod *pod;

	HASH_FIND_STR(cluster->pods, key, pod);
	return pod;
}

static struct cluster_pod *pod_new(struct cluster *cluster, const char *key, const char *namespace)
{
	struct cluster_pod *pod = calloc(1, sizeof(*pod) + strlen(key) + 1);

	if (!pod)
		return NULL;
	strcpy(pod->key, key);
	pod->space = space_reach(cluster, namespace);
	if (!pod->space) {
		free(pod);
		return NULL;
	}
	DL_APPEND(pod->space->pods, pod);
	HASH_ADD_STR(cluster->pods, key, pod);
	return pod;
}

int pod_put(struct cluster *cluster, const char *key, struct object *object, struct error *err)
{
	struct cluster_pod *pod = pod_find(cluster, key);

	if (pod) {
		pod_tell(cluster, pod);
		object_free(&pod->object);
	} else if (!(pod = pod_new(cluster, key, object->namespace))) {
		object_free(&object);
		return error_set(err, -ENOMEM, "remember Pod %s", key);
	}
	pod->object = object;
	pod_tell(cluster, pod);
	return 0;
}

void pod_gone(struct cluster *cluster, const char *key)
{
	struct cluster_pod *pod = pod_find(cluster, key);

	if (!pod)
		return;
	pod_tell(cluster, pod);
	HASH_DEL(cluster->pods, pod);
	DL_DELETE(pod->space->pods, pod);
	space_settle(cluster, pod->space);
	pod_free(pod);
}

struct cluster_pod *cluster_pods(const struct cluster_service *service)
{
	return service->space ? service->space->pods : NULL;
}

/* --- addresses that the plugin gave ----------------------------------------------------------- */

static struct cluster_told *told_find(const struct cluster *cluster, const char *key)
{
	struct cluster_told *told;

	HASH_FIND_STR(cluster->told, key, told);
	return told;
}

void told_free(struct cluster_told *told)
{
	free(told->addrs.items);
	free(told);
}

static struct cluster_told *told_new(const char *key, const struct ip_addr *addrs, size_t count)
{
	struct cluster_told *told = calloc(1, sizeof(*told) + strlen(key) + 1);

	if (!told)
		return NULL;
	strcpy(told->key, key);
	told->addrs.items = malloc(count * sizeof(*addrs));
	if (!told->addrs.items) {
		free(told);
		return NULL;
	}
	memcpy(told->addrs.items, addrs, count * sizeof(*addrs));
	told->addrs.count = count;
	return told;
}

int cluster_pod_addresses(struct cluster *cluster, const char *namespace, const char *name,
			  const struct ip_addr *addrs, size_t count, struct error *err)
{
	struct cluster_told *old, *told = NULL;
	char key[CLUSTER_KEY_SIZE];
	struct cluster_pod *pod;

	if (!cluster_key(key, namespace, name))
		return error_say(err, -EINVAL, "pod '%.64s/%.64s': the name is too long", namespace,
				 name);
	if (count && !(told = told_new(key, addrs, count)))
		return error_set(err, -ENOMEM, "remember the addresses of pod %s", key);
	old = told_find(cluster, key);
	if (old) {
		HASH_DEL(cluster->told, old);
		told_free(old);
	}
	if (told)
		HASH_ADD_STR(cluster->told, key, told);
	pod = pod_find(cluster, key);
	if (pod)
		pod_tell(cluster, pod);
	return 0;
}

struct addrs cluster_pod_ips(const struct cluster *cluster, const struct cluster_pod *pod,
			     bool *ret_local)
{
	const struct pod_object *object = &pod->object->pod;
	bool here = *cluster->node && !strcmp(object->node_name, cluster->node);
	struct cluster_told *told;

	*ret_local = here;
	if (object->ips.count || (*object->node_name && !here))
		return object->ips;
	told = told_find(cluster, pod->key);
	*ret_local |= told != NULL;
	return told ? told->addrs : object->ips;
}
