/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints - the hands that keep endpoint_policy and the attached programs as the records say. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/known.h"
#include "base/error.h"
#include "datapath/attach_kind.h"
#include "datapath/maps.h"

/* Who also wants to know of records; any member may be NULL. gone names "containerID:ifname". */
struct endpoints_sink {
	void (*put)(const struct record *record, void *ctx);
	void (*gone)(const char *key, void *ctx);
	void (*scan_begin)(void *ctx); /* all are put again; the others are gone at scan_end */
	void (*scan_end)(void *ctx);
	void (*settled)(void *ctx); /* a burst of these is over */
	void *ctx;
};

struct endpoints {
	struct endpoints_sink sink;
	const struct datapath_maps *maps;
	const char *run_dir;
	enum attach_kind attach;
	struct known known;
	uint64_t adopted; /* policies put in place */
	uint64_t repairs; /* programs attached again after somebody took them off */
	uint64_t broken;  /* records that could not be read */
};

/*
 * Embedded in the caller's; endpoints_done() frees what is known and leaves the maps as they are.
 */
void endpoints_init(struct endpoints *endpoints, const struct datapath_maps *maps,
		    const char *run_dir, enum attach_kind attach);
void endpoints_done(struct endpoints *endpoints);

/*
 * endpoints_scan - learn every record anew (at start, and when notifications were lost), then sync.
 */
int endpoints_scan(struct endpoints *endpoints, struct error *err);

/* endpoints_sync - bring endpoint_policy in line with what is known. */
int endpoints_sync(struct endpoints *endpoints, struct error *err);

/*
 * endpoints_look - a record of that file name came, changed or went. Call endpoints_sync() after
 * the last.
 */
void endpoints_look(struct endpoints *endpoints, const char *file);

/*
 * endpoints_admit - the plugin waits: read the record now, put the policy in place and verify it.
 * -ENOENT without a record, -ENODEV when its interface is missing.
 */
int endpoints_admit(struct endpoints *endpoints, const char *container_id, const char *ifname,
		    struct error *err);

/*
 * endpoints_repair - attach programs again where somebody took them off: of the suspect ones, or of
 * all. Says so in the log, and counts it.
 */
void endpoints_repair(struct endpoints *endpoints, bool all);
