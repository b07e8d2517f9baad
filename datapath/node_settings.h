/* SPDX-License-Identifier: Apache-2.0 */
/* node_settings - what the agent publishes for the plugin: runDir/node.json. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attach_kind.h"
#include "base/error.h"
#include "byway/ip_text.h"

#define RANGES_MAX 16

/*
 * Written by the agent by rename once the datapath is in place, and again when something changes;
 * stays when the agent stops. Ranges are canonical and do not overlap.
 */
struct node_settings {
	struct ip_prefix ranges[RANGES_MAX];
	size_t range_count;
	uint32_t mtu;		 /* of pods' interfaces */
	enum attach_kind attach; /* never ATTACH_AUTO */
};

int node_settings_write(const char *run_dir, const struct node_settings *settings,
			struct error *err);
/* node_settings_read - -ENOENT when the agent has not been here since boot. */
int node_settings_read(const char *run_dir, struct node_settings *ret_settings, struct error *err);

/* node_settings_parse, node_settings_format - the pure half; the caller frees the text. */
int node_settings_parse(const char *text, size_t len, const char *what,
			struct node_settings *ret_settings, struct error *err);
char *node_settings_format(const struct node_settings *settings);

/*
 * ranges_parse - a JSON list of CIDRs, canonical, of RANGES_MAX at the most and none overlapping
 * another; where names the field in errors.
 */
struct cJSON;
int ranges_parse(const struct cJSON *list, const char *where,
		 struct ip_prefix ret_ranges[RANGES_MAX], size_t *ret_count, struct error *err);
