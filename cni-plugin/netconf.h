/* SPDX-License-Identifier: Apache-2.0 */
/* netconf - the network configuration that comes on stdin (pure). */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "byway/ip_text.h"
#include "datapath/attach_kind.h"
#include "datapath/node_settings.h"
#include "environment.h"

enum spec_version { SPEC_0_3_1, SPEC_0_4_0, SPEC_1_0_0, SPEC_1_1_0, SPEC_COUNT };

#define SPEC_NEWEST SPEC_1_1_0
extern const char *const spec_names[SPEC_COUNT];

/* spec_parse - false for a version that we do not speak. */
bool spec_parse(const char *text, enum spec_version *ret_spec);

/* An attachment that the runtime still knows (GC). Strings belong to the document. */
struct valid_attachment {
	const char *container_id, *ifname;
};

/*
 * Strings and JSON belong to document, which netconf_done() frees. Keys that are not ours are left
 * to whom they concern, as CNI asks.
 */
struct netconf {
	cJSON *document;
	enum spec_version spec;
	const char *name;
	const char *run_dir, *bpf_dir;
	uint32_t mtu;		 /* 0 = the agent's, or 1500 */
	uint32_t policy_wait_ms; /* 0 = do not wait */
	enum attach_kind attach; /* ATTACH_AUTO = the agent's */
	bool standalone;

	const char *delegate; /* type of a foreign IPAM plugin, or NULL */
	struct ip_prefix ranges[RANGES_MAX];
	size_t range_count; /* 0 = the agent's */

	struct ip_addr ips[2]; /* runtimeConfig.ips: at most one a family */
	size_t ip_count;
	struct port_mapping mappings[PORT_MAPPINGS_MAX]; /* runtimeConfig.portMappings */
	size_t mapping_count;
	bool has_mac;
	uint8_t mac[6];

	const cJSON *prev_result; /* NULL = first in the chain */
	const cJSON *dns;
	struct valid_attachment *valid; /* NULL = the list is absent, which is not an empty one */
	size_t valid_count;
};

/*
 * netconf_parse - len bytes of text. Errors are CNI_DECODE, CNI_VERSION, CNI_FIELD or CNI_CONFIG
 * and name the field. Even then ret_conf is fit for netconf_done(), and ret_conf->spec is the one
 * asked for where it was readable.
 */
int netconf_parse(const char *text, size_t len, struct netconf *ret_conf, struct error *err);

/*
 * netconf_parse_more - the fields that this verb uses beside those of netconf_parse(): how to make
 * an interface (ADD, STATUS), prevResult (ADD, CHECK), runtimeConfig and dns (ADD), the valid
 * attachments (GC). DEL uses none: a runtime sends it the same document as ADD, and it must not
 * fail for what made ADD refuse the pod.
 */
int netconf_parse_more(struct netconf *conf, enum cni_verb verb, struct error *err);
void netconf_done(struct netconf *conf);
