/* SPDX-License-Identifier: Apache-2.0 */
/* connection_names - whose addresses and services these are, and which are asked for. */
#pragma once

#include "agent/cli/verb.h"
#include "agent/views/connections.h"
#include "datapath/record.h"

struct pod_name;
struct service_name;

/* Empty where nobody can tell. Begin with {}, end with connection_names_done(). */
struct connection_names {
	struct pod_name *pods;	       /* by address */
	struct service_name *services; /* by id */
};

/* connection_names_load - pods from the records; services from the agent, if one answers. */
int connection_names_load(const struct options *options, struct connection_names *ret_names,
			  struct error *err);
void connection_names_done(struct connection_names *names);

/* connection_pod_name - "namespace/name" (or the container's id), or "". */
const char *connection_pod_name(const struct connection_names *names, const struct ip_addr *addr);

struct service_text {
	char text[2 * POD_NAME_MAX];
};

/* connection_service_name - "namespace/name"; without an agent "#7"; "" for 0. */
struct service_text connection_service_name(const struct connection_names *names, uint32_t id);

/* What --pod, --service, --state and --protocol say. Begin with {}. */
struct connection_choice {
	struct connection_filter filter;
	struct ip_addr *addrs;
	uint32_t *services;
};

/* connection_choice_make - -EINVAL names the option; a pod or service that is not there, too. */
int connection_choice_make(const struct options *options, const struct connection_names *names,
			   struct connection_choice *ret_choice, struct error *err);
void connection_choice_done(struct connection_choice *choice);
