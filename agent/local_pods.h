/* SPDX-License-Identifier: Apache-2.0 */
/* local_pods - tells the cluster what the records tell: pods' addresses, and their host ports. */
#pragma once

#include <stdbool.h>

#include <uthash.h>

#include "agent/model/cluster.h"
#include "base/error.h"
#include "datapath/record.h"

struct local_pod;

/* Begin with a cluster and { NULL }; end with local_pods_done(), which tells nothing. Pure. */
struct local_pods {
	struct cluster *cluster;
	struct local_pod *by_key; /* "containerID:ifname" */
};

void local_pods_done(struct local_pods *pods);

/* local_pods_put - a record came or changed. -ENOMEM when there is no memory. */
int local_pods_put(struct local_pods *pods, const struct record *record, struct error *err);

/* local_pods_gone - the record with that key is gone; what was never there is fine. */
void local_pods_gone(struct local_pods *pods, const char *key);

/*
 * local_pods_scan_begin, _scan_end - all records are read anew between the two: those that are not
 * put again are gone.
 */
void local_pods_scan_begin(struct local_pods *pods);
void local_pods_scan_end(struct local_pods *pods);
