/* SPDX-License-Identifier: Apache-2.0 */
/* cluster_state - what the files of the cluster model share, and nobody else sees. */
#pragma once

#include "agent/model/cluster.h"
#include "agent/model/name_table.h"

/* "namespace/name", both of at most 253 characters where Kubernetes has its say. */
#define CLUSTER_KEY_SIZE 512

/* A namespace, as far as services look at its pods. */
struct cluster_space {
	UT_hash_handle hh;
	struct cluster_pod *pods;
	struct cluster_service *selecting; /* services whose backends are pods of their selector */
	char name[];
};

/* Addresses that the plugin gave to a pod. */
struct cluster_told {
	UT_hash_handle hh;
	struct addrs addrs;
	char key[];
};

/* Kept as it came: a node, a namespace. */
struct cluster_object {
	UT_hash_handle hh;
	struct object *object;
	char key[];
};

struct cluster {
	struct name_table names;
	char *node, *zone;
	struct cluster_service *services, *dirty;
	struct cluster_service *leaving; /* taken off the table, still read by whoever compiles */
	struct cluster_slice *slices;
	struct cluster_pod *pods;
	struct cluster_told *told;
	struct cluster_space *spaces;
	struct cluster_object *nodes, *namespaces;
	size_t service_count, endpoint_count;
};

bool cluster_key(char ret_key[CLUSTER_KEY_SIZE], const char *namespace, const char *name);

/* --- services (cluster_service.c) --- */

/* service_reach - find it, or begin with one of nothing but the key. NULL: no memory. */
struct cluster_service *service_reach(struct cluster *cluster, const char *key);
/* service_settle - after a change: does it select pods, is anything left of it? */
void service_settle(struct cluster *cluster, struct cluster_service *service);
int service_put(struct cluster *cluster, const char *key, struct object *object, struct error *err);
void service_gone(struct cluster *cluster, const char *key);
void service_free(struct cluster_service *service);

/* --- slices (cluster_slice.c); neither takes the object --- */

int slice_put(struct cluster *cluster, const char *key, const struct slice_object *object,
	      struct error *err);
void slice_gone(struct cluster *cluster, const char *key);
/* slice_new - not in any table yet. NULL: no memory. */
struct cluster_slice *slice_new(struct cluster *cluster, const char *key,
				const struct slice_object *object);
void slice_free(struct cluster *cluster, struct cluster_slice *slice);
void slice_join(struct cluster_service *service, struct cluster_slice *slice);

/* --- pods (cluster_pod.c) --- */

int pod_put(struct cluster *cluster, const char *key, struct object *object, struct error *err);
void pod_gone(struct cluster *cluster, const char *key);
void pod_free(struct cluster_pod *pod);
void told_free(struct cluster_told *told);
/* space_reach - find it, or begin one. NULL: no memory. */
struct cluster_space *space_reach(struct cluster *cluster, const char *namespace);
/* space_settle - forget it when there is nothing in it. */
void space_settle(struct cluster *cluster, struct cluster_space *space);
