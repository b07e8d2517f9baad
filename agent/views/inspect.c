/* SPDX-License-Identifier: Apache-2.0 */
/* inspect - the endpoints one by one: what the records say, and what is really there. */
#include "agent/views/inspect.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/attach.h"

struct inspection {
	const struct datapath_maps *maps;
	struct endpoint_entry *entries; /* of the endpoints map; owner 0 = accounted for */
	size_t entry_count;
	endpoint_view_fn *fn;
	void *ctx;
};

const char *endpoint_state_name(enum endpoint_state state)
{
	static const char *const names[ENDPOINT_STATE_COUNT] = { "ready", "pending", "gone" };

	return names[state];
}

/*
 * How many of the owner's entries there are; they are marked, and without a record copied into it.
 */
static size_t entries_account(struct inspection *inspection, struct endpoint_view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < inspection->entry_count; i++) {
		struct endpoint_entry *entry = &inspection->entries[i];
		struct record *record = &view->record;

		if (entry->ep.owner != view->owner)
			continue;
		if (!view->recorded && record->address_count < ADDRESSES_MAX)
			record->addresses[record->address_count++] = entry->addr;
		entry->ep.owner = 0;
		count++;
	}
	return count;
}

static void reality_look(const struct datapath_maps *maps, struct endpoint_view *view)
{
	const struct record *record = &view->record;
	struct endpoint_policy policy = {};
	char name[IF_NAMESIZE];

	if (!record->ifindex || !if_indextoname(record->ifindex, name) ||
	    strcmp(name, record->host_ifname)) {
		view->state = ENDPOINT_STATE_GONE;
		return;
	}
	endpoint_policy_get(maps, record->ifindex, &policy);
	view->state = policy.flags & ENDPOINT_READY ? ENDPOINT_STATE_READY : ENDPOINT_STATE_PENDING;
	if (!attach_query(maps->bpf_dir, record->ifindex, record->host_ifname, &view->attach))
		view->attach = ATTACH_AUTO;
}

static int record_inspect(const struct record *record, void *ctx)
{
	struct inspection *inspection = ctx;
	struct endpoint_view view = { .record = *record, .recorded = true };

	view.owner = endpoint_owner(record->container_id, record->ifname);
	view.leased = entries_account(inspection, &view);
	reality_look(inspection->maps, &view);
	return inspection->fn(&view, inspection->ctx);
}

static int entry_inspect(struct inspection *inspection, const struct endpoint_entry *entry)
{
	struct endpoint_view view = { .owner = entry->ep.owner };

	host_ifname_of(entry->ep.owner, view.record.host_ifname);
	view.record.ifindex = entry->ep.ifindex;
	memcpy(view.record.mac, entry->ep.pod_mac, sizeof(view.record.mac));
	view.leased = entries_account(inspection, &view);
	reality_look(inspection->maps, &view);
	return inspection->fn(&view, inspection->ctx);
}

int endpoints_inspect(const struct datapath_maps *maps, const char *run_dir, endpoint_view_fn *fn,
		      void *ctx, struct error *err)
{
	struct inspection inspection = { .maps = maps, .fn = fn, .ctx = ctx };
	int rc = endpoint_list(maps, &inspection.entries, &inspection.entry_count, err);

	if (rc)
		return rc;
	rc = record_for_each(run_dir, record_inspect, NULL, &inspection, err);
	for (size_t i = 0; rc == 0 && i < inspection.entry_count; i++)
		if (inspection.entries[i].ep.owner)
			rc = entry_inspect(&inspection, &inspection.entries[i]);
	free(inspection.entries);
	return rc;
}
