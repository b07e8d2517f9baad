/* SPDX-License-Identifier: Apache-2.0 */
/* uplinks - the hands that keep map uplinks and the programs on uplinks as the network is. */
#include "agent/uplinks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/network.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "byway/ip_text.h"
#include "datapath/attach.h"
#include "datapath/link_pins.h"

/* One look at the network, and what is done about it. */
struct pass {
	struct uplinks *uplinks;
	enum uplinks_why why;
	struct uplink_facts facts;
	struct uplink_list have, want;
	bool changed;
	struct error problem; /* the first; no text: none */
};

void uplinks_init(struct uplinks *uplinks, const struct config_uplinks *config, const char *bpf_dir,
		  const struct route_maps *maps, const struct epoch *epoch, enum attach_kind attach)
{
	if (attach == ATTACH_AUTO)
		attach = tcx_is_available() ? ATTACH_TCX : ATTACH_CLSACT;
	*uplinks = (struct uplinks){
		.config = config, .bpf_dir = bpf_dir, .maps = maps, .epoch = epoch, .attach = attach
	};
	uplinks->facts.attach = attach_kind_name(attach);
}

bool uplinks_want_link(const struct uplinks *uplinks, const struct link_fact *link)
{
	return !link->pod && (uplink_find(&uplinks->list, link->ifindex) ||
			      uplink_name_matches(uplinks->config, link->name));
}

/* Those of lo count as well: they are what an interface without any speaks with. */
bool uplinks_want_address(const struct uplinks *uplinks, const struct address_fact *address)
{
	(void)uplinks;
	return address->global;
}

bool uplinks_want_route(const struct uplinks *uplinks, const struct route_fact *route)
{
	return route_matters(route, &uplinks->list);
}

static void pass_fail(struct pass *pass, const struct error *err)
{
	if (!*pass->problem.text)
		pass->problem = *err;
}

/* --- what there is ---------------------------------------------------------------------------- */

static const struct link_fact *link_by_index(const struct uplink_facts *facts, uint32_t ifindex)
{
	for (size_t i = 0; i < facts->link_count; i++)
		if (facts->links[i].ifindex == ifindex)
			return &facts->links[i];
	return NULL;
}

static const struct link_fact *link_by_name(const struct uplink_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->link_count; i++)
		if (!strcmp(facts->links[i].name, name))
			return &facts->links[i];
	return NULL;
}

/* The map knows numbers only; an interface that is gone has no name any more. */
static int entry_hold(uint32_t ifindex, const struct uplink *uplink, void *ctx)
{
	struct pass *pass = ctx;
	const struct link_fact *link = link_by_index(&pass->facts, ifindex);
	struct uplink_entry *entry = &pass->have.items[pass->have.count];

	if (pass->have.count == UPLINK_ENTRIES_MAX)
		return 0;
	*entry = (struct uplink_entry){ .ifindex = ifindex, .uplink = *uplink };
	if (link)
		memcpy(entry->name, link->name, sizeof(entry->name));
	pass->have.count++;
	return 0;
}

/* --- what is done ----------------------------------------------------------------------------- */

static void addresses_say(const struct uplink_entry *entry, const char *what)
{
	static const struct ip_addr none;
	bool v4 = !ip_addr_equal(&entry->uplink.v4, &none);
	bool v6 = !ip_addr_equal(&entry->uplink.v6, &none);

	log_info("uplink %s: %s%s%s%s%s", entry->name, what,
		 v4 || v6 ? ", the node is seen there as " : ", the node has no address there",
		 v4 ? ip_addr_text(&entry->uplink.v4).text : "", v4 && v6 ? " and " : "",
		 v6 ? ip_addr_text(&entry->uplink.v6).text : "");
}

/* Half an uplink is worse than none: answers would go to the node's stack, which knows nothing. */
static void uplink_give_up(struct pass *pass, const struct uplink_entry *entry)
{
	const struct uplinks *uplinks = pass->uplinks;
	struct error ignored;

	attach_remove(uplinks->bpf_dir, entry->ifindex, entry->name);
	uplink_delete(uplinks->maps, entry->ifindex, &ignored);
}

static void programs_ensure(struct pass *pass, const struct uplink_entry *entry, bool known)
{
	struct uplinks *uplinks = pass->uplinks;
	enum attach_kind kind;
	bool there = attach_query(uplinks->bpf_dir, entry->ifindex, entry->name, &kind);
	struct error err;

	if (there && kind == uplinks->attach && pass->why != UPLINKS_RENEW)
		return;
	if (attach_uplink(uplinks->bpf_dir, entry->ifindex, entry->name, uplinks->attach, &err)) {
		error_prefix(&err, "uplink %s", entry->name);
		pass_fail(pass, &err);
		if (!there)
			uplink_give_up(pass, entry);
		return;
	}
	if (known && pass->why != UPLINKS_RENEW) {
		uplinks->facts.repairs++;
		log_warning("uplink %s: the programs were gone; attached again", entry->name);
	} else {
		addresses_say(entry, there ? "programs renewed" : "programs attached");
	}
}

static void uplink_ensure(struct pass *pass, const struct uplink_entry *entry)
{
	const struct uplink_entry *held = uplink_find(&pass->have, entry->ifindex);
	bool same = held && !memcmp(&held->uplink, &entry->uplink, sizeof(held->uplink));
	struct error err;

	if (!same) {
		if (uplink_put(pass->uplinks->maps, entry->ifindex, &entry->uplink, &err)) {
			pass_fail(pass, &err);
			return;
		}
		pass->changed = true;
		if (held)
			addresses_say(entry, "addresses changed");
	}
	programs_ensure(pass, entry, uplink_find(&pass->uplinks->list, entry->ifindex));
}

/* A number that a pod's interface has by now stands for programs that are to stay. */
static void uplink_leave(struct pass *pass, const struct uplink_entry *entry)
{
	const struct link_fact *link = link_by_index(&pass->facts, entry->ifindex);
	struct error err;

	if (link && !link->pod) {
		attach_remove(pass->uplinks->bpf_dir, link->ifindex, link->name);
		log_info("uplink %s is none any more: programs taken off", link->name);
	} else {
		const struct uplink_entry *old = uplink_find(&pass->uplinks->list, entry->ifindex);

		log_info("uplink %s is gone", old ? old->name : "of an earlier agent");
	}
	pass->changed = true;
	if (uplink_delete(pass->uplinks->maps, entry->ifindex, &err))
		pass_fail(pass, &err);
}

static const char *wanted_name(const struct pass *pass, uint32_t ifindex)
{
	const struct uplink_entry *entry = ifindex ? uplink_find(&pass->want, ifindex) : NULL;

	return entry ? entry->name : NULL;
}

static bool name_is_wanted(const struct pass *pass, const char *name)
{
	for (size_t i = 0; i < pass->want.count; i++)
		if (!strcmp(pass->want.items[i].name, name))
			return true;
	return false;
}

/* Pins go with an interface that was renamed; those for no uplink go, whoever made them. */
static void pin_put_right(struct pass *pass, const struct link_pin *pin)
{
	const char *bpf_dir = pass->uplinks->bpf_dir;
	const char *name = wanted_name(pass, pin->ifindex);
	const struct link_fact *link;

	if (name && strcmp(name, pin->ifname) && link_pins_rename(bpf_dir, pin->ifname, name))
		return;
	if (name_is_wanted(pass, pin->ifname))
		return;
	link = link_by_name(&pass->facts, pin->ifname);
	attach_remove(bpf_dir, link ? link->ifindex : 0, pin->ifname);
}

static void pins_put_right(struct pass *pass)
{
	struct link_pin *pins;
	struct error err;
	size_t count;

	if (link_pins_list(pass->uplinks->bpf_dir, &pins, &count, &err)) {
		pass_fail(pass, &err);
		return;
	}
	for (size_t i = 0; i < count; i++)
		pin_put_right(pass, &pins[i]);
	free(pins);
}

/* The map has an uplink before its programs begin, and loses it when they have ended. */
static void pass_apply(struct pass *pass)
{
	pins_put_right(pass);
	for (size_t i = 0; i < pass->want.count; i++)
		uplink_ensure(pass, &pass->want.items[i]);
	for (size_t i = 0; i < pass->have.count; i++)
		if (!uplink_find(&pass->want, pass->have.items[i].ifindex))
			uplink_leave(pass, &pass->have.items[i]);
	if (pass->want.left_out) {
		struct error err;

		error_say(&err, -E2BIG,
			  "uplinks: %zu interfaces are left out; there is room for %d",
			  pass->want.left_out, UPLINK_ENTRIES_MAX);
		pass_fail(pass, &err);
	}
}

static int pass_look(struct pass *pass)
{
	const struct uplinks *uplinks = pass->uplinks;
	struct error err;

	if (network_read(&pass->facts, &err) ||
	    uplink_for_each(uplinks->maps, entry_hold, pass, &err)) {
		pass_fail(pass, &err);
		return err.code;
	}
	uplinks_pick(uplinks->config, &pass->facts, &pass->have, &pass->want);
	return 0;
}

static void problem_tell(struct uplinks *uplinks, const struct error *problem)
{
	if (*problem->text && strcmp(problem->text, uplinks->problem.text))
		log_error("%s", problem->text);
	uplinks->problem = *problem;
	uplinks->facts.problem = *problem->text ? uplinks->problem.text : NULL;
}

static void absence_tell(struct uplinks *uplinks)
{
	bool none = !uplinks->list.count;

	if (none && !uplinks->none_said)
		log_warning("no uplink: %s; until there is one, the node's stack forwards what "
			    "pods send outside",
			    uplinks->config->count ? "no interface is called as 'uplinks' says" :
						     "no interface has a default route");
	uplinks->none_said = none;
}

void uplinks_bring_in_line(struct uplinks *uplinks, enum uplinks_why why)
{
	struct pass pass = { .uplinks = uplinks, .why = why };

	if (pass_look(&pass) == 0) {
		pass_apply(&pass);
		uplinks->list = pass.want;
	}
	network_done(&pass.facts);
	if (pass.changed || why != UPLINKS_CHECK)
		epoch_advance(uplinks->epoch);
	problem_tell(uplinks, &pass.problem);
	absence_tell(uplinks);
}
