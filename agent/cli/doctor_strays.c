/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_strays - what was left behind, and what has gone missing. */
#include "agent/cli/doctor.h"

#include <dirent.h>
#include <net/if.h>
#include <stdlib.h>

#include "agent/cli/traces.h"
#include "agent/sysctl.h"
#include "agent/views/inspect.h"
#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "datapath/maps.h"
#include "datapath/paths.h"

#define REMOVE_BY_HAND "ip link del dev NAME (the pod it belonged to is unknown here)"

struct strays {
	struct doctor *doctor;
	struct traces traces;
	struct datapath_maps maps;
	bool loaded;
};

static void interfaces_check(struct strays *strays)
{
	const struct options *options = strays->doctor->options;
	unsigned int found = strays->doctor->count[FINDING_FAIL];

	for (size_t i = 0; i < strays->traces.link_count; i++) {
		const struct trace_link *link = &strays->traces.links[i];
		struct record record;
		struct error err;

		if (record_read(options->run_dir, link->container_id, link->ifname, &record,
				&err) == 0)
			continue;
		finding_add(strays->doctor, FINDING_FAIL, "interface", REMOVE_BY_HAND,
			    "%s (container %s, %s) has no record", link->name, link->container_id,
			    link->ifname);
	}
	if (found == strays->doctor->count[FINDING_FAIL])
		finding_add(strays->doctor, FINDING_OK, "interface", NULL,
			    "%zu interfaces of pods, each with a record",
			    strays->traces.link_count);
}

static void routes_check(struct strays *strays)
{
	unsigned int found = strays->doctor->count[FINDING_FAIL];

	for (size_t i = 0; strays->loaded && i < strays->traces.route_count; i++) {
		const struct trace_route *route = &strays->traces.routes[i];
		char name[IF_NAMESIZE] = "?";
		struct endpoint ep;

		if (endpoint_find(&strays->maps, &route->addr, &ep) == 0 &&
		    ep.ifindex == route->ifindex)
			continue;
		if_indextoname(route->ifindex, name);
		finding_add(strays->doctor, FINDING_FAIL, "route",
			    "ip route del ADDRESS dev NAME: no pod has this address there",
			    "%s dev %s", ip_addr_text(&route->addr).text, name);
	}
	if (found == strays->doctor->count[FINDING_FAIL])
		finding_add(strays->doctor, FINDING_OK, "route", NULL,
			    "%zu routes to pods, no stray", strays->traces.route_count);
}

/* "namespace/name (container …)", as far as it is known. */
static void endpoint_call(const struct record *record, char *ret, size_t size)
{
	if (*record->pod_name)
		snprintf(ret, size, "%.63s/%.63s (container %.13s)", record->pod_namespace,
			 record->pod_name, record->container_id);
	else
		snprintf(ret, size, "container %.64s, %s", record->container_id, record->ifname);
}

static int endpoint_check(const struct endpoint_view *endpoint, void *ctx)
{
	struct doctor *doctor = ((struct strays *)ctx)->doctor;
	const struct record *record = &endpoint->record;
	char name[256];

	endpoint_call(record, name, sizeof(name));
	if (!endpoint->recorded)
		finding_add(
			doctor, FINDING_FAIL, "lease",
			"the runtime's GC, or byway uninstall once no pod is left, frees it; an ADD "
			"that is under way looks like this for some milliseconds",
			"%s is leased for %s, of which there is no record",
			ip_addr_text(&record->addresses[0]).text, record->host_ifname);
	else if (endpoint->state == ENDPOINT_STATE_GONE)
		finding_add(doctor, FINDING_FAIL, "endpoint",
			    "let the runtime delete the pod's sandbox (crictl rmp), which frees it",
			    "%s: its interface %s is gone", name, record->host_ifname);
	else if (endpoint->leased < record->address_count)
		finding_add(doctor, FINDING_FAIL, "lease",
			    "restart byway-agent, which puts it back",
			    "%s: %zu of its %zu addresses are not in the endpoints map", name,
			    record->address_count - endpoint->leased, record->address_count);
	if (!endpoint->recorded || endpoint->state == ENDPOINT_STATE_GONE)
		return 0;
	if (endpoint->attach == ATTACH_AUTO)
		finding_add(doctor, FINDING_FAIL, "attach",
			    "restart byway-agent, which attaches them; find out who took them off",
			    "%s: programs are missing on %s", name, record->host_ifname);
	if (endpoint->state == ENDPOINT_STATE_PENDING)
		finding_add(doctor, FINDING_FAIL, "pending",
			    "see byway-agent's log: its policy is not in place, so all is dropped",
			    "%s: nothing passes %s", name, record->host_ifname);
	return 0;
}

static void endpoints_check(struct strays *strays)
{
	struct doctor *doctor = strays->doctor;
	unsigned int found = doctor->count[FINDING_FAIL];
	struct error err;

	if (endpoints_inspect(&strays->maps, doctor->options->run_dir, endpoint_check, strays,
			      &err))
		finding_add(doctor, FINDING_FAIL, "endpoint", "run as root", "%s", err.text);
	if (found == doctor->count[FINDING_FAIL])
		finding_add(doctor, FINDING_OK, "endpoint", NULL,
			    "each has its interface, addresses, programs and policy");
}

static void policies_check(struct strays *strays)
{
	struct doctor *doctor = strays->doctor;
	uint32_t *ifindexes;
	struct error err;
	size_t count;

	if (endpoint_policy_list(&strays->maps, &ifindexes, &count, &err))
		return;
	for (size_t i = 0; i < count; i++) {
		char name[IF_NAMESIZE];

		if (!if_indextoname(ifindexes[i], name))
			finding_add(doctor, FINDING_WARN, "policy",
				    "start byway-agent, which removes it",
				    "an entry for interface %u, which is gone", ifindexes[i]);
	}
	free(ifindexes);
}

static void pins_check(struct strays *strays)
{
	struct doctor *doctor = strays->doctor;
	struct byway_path path = path_below(doctor->options->bpf_dir, "links");
	unsigned int found = doctor->count[FINDING_FAIL];
	DIR *dir = opendir(path.text);
	struct dirent *item;

	if (!dir)
		return;
	while ((item = readdir(dir))) {
		char ifname[IFNAME_MAX];

		if (pin_name_parse(item->d_name, ifname) && !if_nametoindex(ifname))
			finding_add(doctor, FINDING_FAIL, "pin", "rm the file",
				    "%s/%s: its interface is gone", path.text, item->d_name);
	}
	closedir(dir);
	if (found == doctor->count[FINDING_FAIL])
		finding_add(doctor, FINDING_OK, "pin", NULL, "no link is pinned for nothing");
}

/* The node reaches its pods by IPv6 only where the host side of the pair has it. */
static void interface_sysctls_check(struct strays *strays)
{
	for (size_t i = 0; strays->doctor->wants_v6 && i < strays->traces.link_count; i++) {
		char name[64];
		struct error ignored;
		long value;

		snprintf(name, sizeof(name), "ipv6/conf/%s/disable_ipv6",
			 strays->traces.links[i].name);
		if (sysctl_get(name, &value, &ignored) == 0 && value)
			finding_add(
				strays->doctor, FINDING_WARN, "sysctl", "set it to 0",
				"net/%s = 1: the node and this pod do not reach each other by IPv6",
				name);
	}
}

void check_strays(struct doctor *doctor)
{
	struct strays strays = { .doctor = doctor, .maps = DATAPATH_MAPS_CLOSED };
	struct error err;

	strays.loaded = datapath_maps_open(doctor->options->bpf_dir, &strays.maps, &err) == 0;
	if (traces_find(&strays.traces, &err)) {
		finding_add(doctor, FINDING_FAIL, "interface", "run as root", "%s", err.text);
	} else {
		interfaces_check(&strays);
		interface_sysctls_check(&strays);
		routes_check(&strays);
	}
	if (strays.loaded) {
		endpoints_check(&strays);
		policies_check(&strays);
	}
	pins_check(&strays);
	traces_done(&strays.traces);
	datapath_maps_close(&strays.maps);
}
