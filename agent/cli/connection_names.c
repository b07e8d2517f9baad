/* SPDX-License-Identifier: Apache-2.0 */
/* connection_names - whose addresses and services these are, and which are asked for. */
#include "agent/cli/connection_names.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <uthash.h>

#include "agent/cli/client.h"
#include "agent/known.h"
#include "agent/views/service_rows.h"
#include "base/json.h"
#include "byway/ip_text.h"

struct pod_name {
	UT_hash_handle hh;
	struct ip_addr addr;
	char label[KNOWN_LABEL_SIZE];
};

struct service_name {
	UT_hash_handle hh;
	uint32_t id;
	char name[]; /* "namespace/name" */
};

void connection_names_done(struct connection_names *names)
{
	struct pod_name *pod, *next_pod;
	struct service_name *service, *next_service;

	HASH_ITER(hh, names->pods, pod, next_pod) {
		HASH_DEL(names->pods, pod);
		free(pod);
	}
	HASH_ITER(hh, names->services, service, next_service) {
		HASH_DEL(names->services, service);
		free(service);
	}
}

static int record_learn(const struct record *record, void *ctx)
{
	struct connection_names *names = ctx;

	for (size_t i = 0; i < record->address_count; i++) {
		struct pod_name *pod = calloc(1, sizeof(*pod));

		if (!pod)
			return -ENOMEM;
		pod->addr = record->addresses[i];
		known_label(record, pod->label);
		HASH_ADD(hh, names->pods, addr, sizeof(pod->addr), pod);
	}
	return 0;
}

static int service_learn(struct connection_names *names, const cJSON *item)
{
	const char *name = cJSON_GetStringValue(item);
	struct service_name *service;
	uint32_t id = (uint32_t)strtoul(item->string ? item->string : "", NULL, 10);

	if (!name || !id)
		return 0;
	HASH_FIND(hh, names->services, &id, sizeof(id), service);
	if (service)
		return 0;
	service = calloc(1, sizeof(*service) + strlen(name) + 1);
	if (!service)
		return -ENOMEM;
	service->id = id;
	strcpy(service->name, name);
	HASH_ADD(hh, names->services, id, sizeof(id), service);
	return 0;
}

int connection_names_load(const struct options *options, struct connection_names *ret_names,
			  struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	struct connection_names names = {};
	struct error ignored;
	const cJSON *item;
	int rc = record_for_each(options->run_dir, record_learn, NULL, &names, err);

	if (rc == 0)
		client_get(options->run_dir, "/v1/service-names", &json, &ignored);
	cJSON_ArrayForEach(item, child_at(json, "services")) {
		if (rc == 0)
			rc = service_learn(&names, item);
	}
	*ret_names = names;
	return rc == -ENOMEM ? error_set(err, rc, "name pods and services") : rc;
}

const char *connection_pod_name(const struct connection_names *names, const struct ip_addr *addr)
{
	const struct pod_name *pod;

	HASH_FIND(hh, names->pods, addr, sizeof(*addr), pod);
	return pod ? pod->label : "";
}

struct service_text connection_service_name(const struct connection_names *names, uint32_t id)
{
	struct service_text out = {};
	const struct service_name *service;

	HASH_FIND(hh, names->services, &id, sizeof(id), service);
	if (service)
		snprintf(out.text, sizeof(out.text), "%s", service->name);
	else if (id)
		snprintf(out.text, sizeof(out.text), "#%u", id);
	return out;
}

/* --- which connections ------------------------------------------------------------------------ */

void connection_choice_done(struct connection_choice *choice)
{
	free(choice->addrs);
	free(choice->services);
}

/* "namespace/name", or the part behind the slash. */
static bool label_fits(const char *label, const char *name)
{
	const char *slash = strchr(label, '/');

	return !strcmp(label, name) || (slash && !strcmp(slash + 1, name));
}

static int pod_choose(const char *wanted, const struct connection_names *names,
		      struct connection_choice *choice, struct error *err)
{
	size_t room = HASH_COUNT(names->pods) + 1;

	choice->filter.by_addr = true;
	choice->addrs = calloc(room, sizeof(*choice->addrs));
	choice->filter.addrs = choice->addrs;
	if (!choice->addrs)
		return error_set(err, -ENOMEM, "--pod");
	if (ip_addr_parse(wanted, &choice->addrs[0])) {
		choice->filter.addr_count = 1;
		return 0;
	}
	for (const struct pod_name *pod = names->pods; pod; pod = pod->hh.next)
		if (label_fits(pod->label, wanted))
			choice->addrs[choice->filter.addr_count++] = pod->addr;
	if (choice->filter.addr_count)
		return 0;
	return error_say(err, -EINVAL, "--pod: this node has no pod '%.128s'", wanted);
}

static int service_choose(const char *wanted, const struct connection_names *names,
			  struct connection_choice *choice, struct error *err)
{
	size_t room = HASH_COUNT(names->services) + 1;

	if (frontend_parse(wanted, &choice->filter.frontend)) {
		choice->filter.by_frontend = true;
		return 0;
	}
	choice->filter.by_service = true;
	choice->services = calloc(room, sizeof(*choice->services));
	choice->filter.services = choice->services;
	if (!choice->services)
		return error_set(err, -ENOMEM, "--service");
	for (const struct service_name *each = names->services; each; each = each->hh.next)
		if (label_fits(each->name, wanted))
			choice->services[choice->filter.service_count++] = each->id;
	if (choice->filter.service_count)
		return 0;
	return error_say(err, -EINVAL, "--service: '%.128s' is no service that the agent knows%s",
			 wanted, names->services ? "" : " (none answers, or it has none)");
}

static int protocol_choose(const char *wanted, struct connection_choice *choice, struct error *err)
{
	uint8_t protocol;
	unsigned long number;
	char *end;

	if (port_protocol_parse(wanted, &protocol)) {
		choice->filter.protocol = protocol;
		return 0;
	}
	if (!strcasecmp(wanted, "icmp"))
		return choice->filter.protocol = IPPROTO_ICMP, 0;
	if (!strcasecmp(wanted, "icmpv6"))
		return choice->filter.protocol = IPPROTO_ICMPV6, 0;
	number = strtoul(wanted, &end, 10);
	if (!*wanted || *end || number > UINT8_MAX)
		return error_say(err, -EINVAL,
				 "--protocol: '%.32s' is none of tcp, udp, sctp, icmp, icmpv6",
				 wanted);
	choice->filter.protocol = (int)number;
	return 0;
}

static int state_choose(const char *wanted, struct connection_choice *choice, struct error *err)
{
	choice->filter.state = ct_state_parse(wanted);
	if (choice->filter.state >= 0)
		return 0;
	return error_say(err, -EINVAL,
			 "--state: '%.32s' is none of opening, established, closing, datagram, "
			 "question",
			 wanted);
}

int connection_choice_make(const struct options *options, const struct connection_names *names,
			   struct connection_choice *ret_choice, struct error *err)
{
	struct connection_choice *choice = ret_choice;
	int rc = 0;

	choice->filter.state = choice->filter.protocol = -1;
	if (options->pod)
		rc = pod_choose(options->pod, names, choice, err);
	if (rc == 0 && options->service)
		rc = service_choose(options->service, names, choice, err);
	if (rc == 0 && options->state)
		rc = state_choose(options->state, choice, err);
	if (rc == 0 && options->protocol)
		rc = protocol_choose(options->protocol, choice, err);
	return rc;
}
