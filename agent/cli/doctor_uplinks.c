/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_uplinks - the ways out of the node: found, with programs, and with addresses? */
#include "agent/cli/doctor.h"

#include <stdio.h>

#include "agent/cli/client.h"
#include "agent/network.h"
#include "agent/views/uplinks.h"
#include "base/json.h"

struct uplinks_check {
	struct doctor *doctor;
	size_t count;
	bool masquerade;
};

static bool is_none(const struct ip_addr *addr)
{
	static const struct ip_addr none;

	return ip_addr_equal(addr, &none);
}

static void address_check(struct uplinks_check *check, const struct uplink_view *uplink,
			  const char *family, bool wanted, const struct ip_addr *addr)
{
	if (wanted && check->masquerade && is_none(addr))
		finding_add(check->doctor, FINDING_WARN, "uplink",
			    "give the interface a global address, its default route a source, or "
			    "set masquerade to false",
			    "%s: the node has no %s address there, so that pods would speak with "
			    "their own",
			    uplink->name, family);
}

static void uplink_check(const struct uplink_view *uplink, void *ctx)
{
	struct uplinks_check *check = ctx;
	struct doctor *doctor = check->doctor;

	check->count++;
	if (!*uplink->name) {
		finding_add(doctor, FINDING_WARN, "uplink", "start byway-agent, which removes it",
			    "interface %u is gone", uplink->ifindex);
		return;
	}
	if (uplink->attach == ATTACH_AUTO)
		finding_add(doctor, FINDING_FAIL, "uplink",
			    "restart byway-agent, which attaches them; find out who took them off",
			    "%s: programs are missing", uplink->name);
	else
		finding_add(doctor, FINDING_OK, "uplink", NULL, "%s, by %s", uplink->name,
			    attach_kind_name(uplink->attach));
	address_check(check, uplink, "IPv4", doctor->wants_v4, &uplink->uplink.v4);
	address_check(check, uplink, "IPv6", doctor->wants_v6, &uplink->uplink.v6);
}

static const char *link_name(const struct uplink_facts *facts, uint32_t ifindex)
{
	for (size_t i = 0; i < facts->link_count; i++)
		if (facts->links[i].ifindex == ifindex)
			return facts->links[i].name;
	return "?";
}

/* Names that the configuration has and nothing is called by, or interfaces without Ethernet. */
static void absence_check(struct doctor *doctor)
{
	struct uplink_facts facts;
	struct error err;

	if (network_read(&facts, &err)) {
		finding_add(doctor, FINDING_WARN, "uplink", "run as root", "%s", err.text);
		return;
	}
	if (facts.default_count)
		finding_add(doctor, FINDING_FAIL, "uplink",
			    "set 'uplinks' to the interfaces that lead outside (only those with "
			    "Ethernet frames will do), and see byway-agent's log",
			    "none, although a default route leaves by %s",
			    link_name(&facts, facts.defaults[0].ifindex));
	else
		finding_add(
			doctor, FINDING_WARN, "uplink",
			"nothing need be done where pods are to reach only this node",
			"none: there is no default route, and nothing is called as 'uplinks' says");
	network_done(&facts);
}

/* Only an agent that answers knows. */
static bool masquerade_is_on(const struct options *options)
{
	CLEANUP(json_free) cJSON *status = NULL;
	struct error ignored;

	return client_get(options->run_dir, "/v1/status", &status, &ignored) ||
	       !cJSON_IsFalse(child_at(child_at(status, "uplinks"), "masquerade"));
}

void check_uplinks(struct doctor *doctor)
{
	struct uplinks_check check = { .doctor = doctor };
	struct error err;

	if (!doctor->managed)
		return;
	check.masquerade = masquerade_is_on(doctor->options);
	if (uplinks_visit(doctor->options->bpf_dir, uplink_check, &check, &err))
		return; /* not loaded: said already */
	if (!check.count)
		absence_check(doctor);
}
