/* SPDX-License-Identifier: Apache-2.0 */
/* adopt - at start, what lived on without an agent is taken over. */
#include "agent/adopt.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "byway/ip_text.h"
#include "datapath/attach.h"
#include "datapath/record.h"

struct adoption {
	const struct datapath_maps *maps;
	enum attach_kind attach;
	uint32_t *done; /* ifindexes that have been attended to */
	size_t done_count, done_room;
	struct adopt_report report;
};

/* Once for each interface, although an endpoint has several addresses and a record besides. */
static bool interface_is_new(struct adoption *adoption, uint32_t ifindex)
{
	for (size_t i = adoption->done_count; i-- > 0;)
		if (adoption->done[i] == ifindex)
			return false;
	if (adoption->done_count == adoption->done_room) {
		size_t room = adoption->done_room ? adoption->done_room * 2 : 64;
		uint32_t *larger = realloc(adoption->done, room * sizeof(*larger));

		if (!larger)
			return true; /* attached twice: slower, not wrong */
		adoption->done = larger;
		adoption->done_room = room;
	}
	adoption->done[adoption->done_count++] = ifindex;
	return true;
}

/* The name proves that the interface is ours: its number may have been given away meanwhile. */
static void interface_adopt(struct adoption *adoption, uint32_t ifindex, const char *ifname)
{
	char name[IF_NAMESIZE];
	struct error err;

	if (!ifindex || !if_indextoname(ifindex, name) || strcmp(name, ifname) ||
	    !interface_is_new(adoption, ifindex))
		return;
	if (attach_pod(adoption->maps, ifindex, ifname, adoption->attach, &err)) {
		adoption->report.failed++;
		log_error("%s: %s", ifname, err.text);
		return;
	}
	adoption->report.attached++;
}

static int entries_adopt(struct adoption *adoption, struct error *err)
{
	struct endpoint_entry *entries;
	size_t count;
	int rc = endpoint_list(adoption->maps, &entries, &count, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++) {
		char ifname[IFNAME_MAX];

		host_ifname_of(entries[i].ep.owner, ifname);
		interface_adopt(adoption, entries[i].ep.ifindex, ifname);
	}
	free(entries);
	return 0;
}

static void address_restore(struct adoption *adoption, const struct ip_addr *addr,
			    const struct endpoint *ep, const char *ifname)
{
	struct endpoint held;
	struct error err;
	int rc = endpoint_lease(adoption->maps, addr, ep);

	if (rc == 0) {
		adoption->report.restored++;
		return;
	}
	if (rc == -EEXIST && endpoint_find(adoption->maps, addr, &held) == 0) {
		if (held.owner == ep->owner)
			return;
		error_say(&err, rc, "another endpoint has it");
	} else {
		error_set(&err, rc, "endpoints map");
	}
	adoption->report.failed++;
	log_error("%s: put address %s back: %s", ifname, ip_addr_text(addr).text, err.text);
}

static int record_adopt(const struct record *record, void *ctx)
{
	struct adoption *adoption = ctx;
	struct endpoint ep = { .owner = endpoint_owner(record->container_id, record->ifname),
			       .ifindex = record->ifindex };
	char name[IF_NAMESIZE];

	if (!if_indextoname(record->ifindex, name) || strcmp(name, record->host_ifname))
		return 0;
	memcpy(ep.pod_mac, record->mac, sizeof(ep.pod_mac));
	/*
	 * First the address, then the programs: the other way round they would drop what they see.
	 */
	for (size_t i = 0; i < record->address_count; i++)
		address_restore(adoption, &record->addresses[i], &ep, record->host_ifname);
	interface_adopt(adoption, record->ifindex, record->host_ifname);
	return 0;
}

int adopt(const struct datapath_maps *maps, const char *run_dir, enum attach_kind attach,
	  struct adopt_report *ret_report, struct error *err)
{
	struct adoption adoption = { .maps = maps, .attach = attach };
	int rc;

	rc = record_for_each(run_dir, record_adopt, NULL, &adoption, err);
	if (rc == 0)
		rc = entries_adopt(&adoption, err);
	free(adoption.done);
	if (rc == 0)
		*ret_report = adoption.report;
	return rc;
}
