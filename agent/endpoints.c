/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints - the hands that keep endpoint_policy and the attached programs as the records say. */
#include "agent/endpoints.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "agent/endpoints_diff.h"
#include "base/log.h"
#include "datapath/attach.h"

/* Nothing enforces policies yet: every group is 0, which means "no rule". */
static const struct endpoint_policy policy_open = { .flags = ENDPOINT_READY };

void endpoints_init(struct endpoints *endpoints, const struct datapath_maps *maps,
		    const char *run_dir, enum attach_kind attach)
{
	*endpoints = (struct endpoints){ .maps = maps, .run_dir = run_dir, .attach = attach };
}

void endpoints_done(struct endpoints *endpoints)
{
	known_done(&endpoints->known);
}

/* An ifindex may have been given to another interface since the record was written. */
static bool link_is(uint32_t ifindex, const char *ifname)
{
	char name[IF_NAMESIZE];

	return if_indextoname(ifindex, name) && !strcmp(name, ifname);
}

static bool link_exists(uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	return if_indextoname(ifindex, name) != NULL;
}

static struct endpoint_facts facts_of_record(const struct known_endpoint *known)
{
	bool link = link_is(known->ifindex, known->host_ifname);

	return (struct endpoint_facts){
		.ifindex = known->ifindex, .record = link, .forgotten = !link, .link = link
	};
}

static struct endpoint_facts facts_of_entry(const struct datapath_maps *maps, uint32_t ifindex)
{
	struct endpoint_policy policy = {};
	bool there = endpoint_policy_get(maps, ifindex, &policy);

	return (struct endpoint_facts){ .ifindex = ifindex,
					.link = link_exists(ifindex),
					.policy = there,
					.ready = policy.flags & ENDPOINT_READY };
}

/* facts_gather - from the records and from the map; the caller frees *ret_facts. */
static int facts_gather(const struct endpoints *endpoints, struct endpoint_facts **ret_facts,
			size_t *ret_count, struct error *err)
{
	struct endpoint_facts *facts;
	uint32_t *entries;
	size_t entry_count, count = 0;
	int rc = endpoint_policy_list(endpoints->maps, &entries, &entry_count, err);

	if (rc)
		return rc;
	facts = calloc(entry_count + HASH_COUNT(endpoints->known.by_key) + 1, sizeof(*facts));
	if (!facts) {
		free(entries);
		return error_set(err, -ENOMEM, "look at the endpoints");
	}
	for (struct known_endpoint *each = endpoints->known.by_key; each; each = each->hh.next)
		facts[count++] = facts_of_record(each);
	for (size_t i = 0; i < entry_count; i++)
		facts[count++] = facts_of_entry(endpoints->maps, entries[i]);
	free(entries);
	*ret_facts = facts;
	*ret_count = endpoints_merge(facts, count);
	return 0;
}

static int step_take(struct endpoints *endpoints, const struct endpoint_facts *facts,
		     struct error *err)
{
	int rc;

	switch (endpoint_decide(facts)) {
	case ENDPOINT_PUT:
		rc = endpoint_policy_set(endpoints->maps, facts->ifindex, &policy_open, err);
		endpoints->adopted += rc == 0;
		return rc;
	case ENDPOINT_DELETE:
		endpoint_policy_delete(endpoints->maps, facts->ifindex);
		return 0;
	default:
		return 0;
	}
}

int endpoints_sync(struct endpoints *endpoints, struct error *err)
{
	struct endpoint_facts *facts = NULL;
	size_t count = 0;
	int rc = facts_gather(endpoints, &facts, &count, err), failed = 0;

	if (rc)
		return rc;
	if (endpoints->sink.settled)
		endpoints->sink.settled(endpoints->sink.ctx);
	/* One that fails (the map is full) must not keep the others waiting. */
	for (size_t i = 0; i < count; i++) {
		rc = step_take(endpoints, &facts[i], err);
		failed = rc ? rc : failed;
	}
	free(facts);
	return failed;
}

static int record_know(struct endpoints *endpoints, const struct record *record)
{
	if (!known_put(&endpoints->known, record))
		return -ENOMEM;
	if (endpoints->sink.put)
		endpoints->sink.put(record, endpoints->sink.ctx);
	return 0;
}

static int record_learn(const struct record *record, void *ctx)
{
	return record_know(ctx, record);
}

static void record_broken(const char *file, const struct error *why, void *ctx)
{
	struct endpoints *endpoints = ctx;

	endpoints->broken++;
	log_warning("record '%s': %s", file, why->text);
}

int endpoints_scan(struct endpoints *endpoints, struct error *err)
{
	int rc;

	known_done(&endpoints->known);
	if (endpoints->sink.scan_begin)
		endpoints->sink.scan_begin(endpoints->sink.ctx);
	rc = record_for_each(endpoints->run_dir, record_learn, record_broken, endpoints, err);
	if (rc == 0 && endpoints->sink.scan_end)
		endpoints->sink.scan_end(endpoints->sink.ctx);
	if (rc == -ENOMEM)
		return error_set(err, rc, "read the records");
	return rc ? rc : endpoints_sync(endpoints, err);
}

/* What a vanished record told of loses its policy at once, before its number can be used again. */
static void record_forget(struct endpoints *endpoints, struct known_endpoint *known)
{
	uint32_t ifindex = known->ifindex;

	if (endpoints->sink.gone)
		endpoints->sink.gone(known->key, endpoints->sink.ctx);
	known_remove(&endpoints->known, known);
	if (!known_by_ifindex(&endpoints->known, ifindex))
		endpoint_policy_delete(endpoints->maps, ifindex);
}

void endpoints_look(struct endpoints *endpoints, const char *file)
{
	char container_id[CONTAINER_ID_MAX + 1], ifname[IFNAME_MAX], key[KNOWN_KEY_SIZE];
	struct known_endpoint *known;
	struct record record;
	struct error why;
	int rc;

	if (!known_key_parse(file, container_id, ifname))
		return;
	rc = record_read(endpoints->run_dir, container_id, ifname, &record, &why);
	if (rc == 0 && record_know(endpoints, &record) == 0)
		return;
	if (rc == 0)
		rc = error_set(&why, -ENOMEM, "remember it");
	snprintf(key, sizeof(key), "%s:%s", container_id, ifname);
	known = known_find(&endpoints->known, key);
	if (rc == -ENOENT && known)
		record_forget(endpoints, known);
	else if (rc != -ENOENT)
		record_broken(file, &why, endpoints);
}

int endpoints_admit(struct endpoints *endpoints, const char *container_id, const char *ifname,
		    struct error *err)
{
	struct endpoint_policy policy = {};
	struct record record;
	int rc = record_read(endpoints->run_dir, container_id, ifname, &record, err);

	if (rc)
		return rc;
	if (!link_is(record.ifindex, record.host_ifname))
		return error_say(err, -ENODEV, "there is no interface '%s' with index %u",
				 record.host_ifname, record.ifindex);
	if (record_know(endpoints, &record))
		return error_set(err, -ENOMEM, "remember the endpoint");
	if (endpoints->sink.settled)
		endpoints->sink.settled(endpoints->sink.ctx);
	if (endpoint_policy_get(endpoints->maps, record.ifindex, &policy) &&
	    policy.flags & ENDPOINT_READY)
		return 0;
	if ((rc = endpoint_policy_set(endpoints->maps, record.ifindex, &policy_open, err)))
		return rc;
	if (!endpoint_policy_get(endpoints->maps, record.ifindex, &policy) ||
	    !(policy.flags & ENDPOINT_READY))
		return error_say(err, -EIO, "the policy was put in place and is not there");
	endpoints->adopted++;
	return 0;
}

static void attachment_repair(struct endpoints *endpoints, const struct known_endpoint *known)
{
	enum attach_kind kind;
	struct error err;

	if (!link_is(known->ifindex, known->host_ifname) ||
	    attach_query(endpoints->maps->bpf_dir, known->ifindex, known->host_ifname, &kind))
		return;
	if (attach_pod(endpoints->maps, known->ifindex, known->host_ifname, endpoints->attach,
		       &err)) {
		/* Its DEL may be under way: then there is nothing to repair. */
		if (link_exists(known->ifindex))
			log_warning("%s: programs are missing: %s", known->label, err.text);
		return;
	}
	endpoints->repairs++;
	log_warning("%s: the programs on %s were gone; attached again", known->label,
		    known->host_ifname);
}

void endpoints_repair(struct endpoints *endpoints, bool all)
{
	for (struct known_endpoint *each = endpoints->known.by_key; each; each = each->hh.next) {
		if (!all && !each->suspect)
			continue;
		each->suspect = false;
		attachment_repair(endpoints, each);
	}
}
