/* SPDX-License-Identifier: Apache-2.0 */
/* gc - GC: free what belongs to no attachment that the runtime still knows. */
#include <errno.h>
#include <stdlib.h>

#include "attachment.h"
#include "base/cleanup.h"
#include "cni_error.h"
#include "delegate.h"
#include "interface.h"
#include "verbs.h"

/*
 * Three places tell of attachments: records, leases and interfaces. A record says to which network
 * it belongs, and only those of this one are judged by the list. Leases and interfaces without a
 * record are what a killed ADD left: GC holds the exclusive lock, so that no ADD is under way.
 */
struct owners {
	uint64_t *list;
	size_t count, room;
};

struct collection {
	struct attachment *at;
	struct owners keep;
	struct record *stale; /* records of this network that the runtime does not know */
	size_t stale_count;
	struct owners strays;
	int rc; /* the first failure; the rest is still collected */
	struct error first;
};

static void collection_done(struct collection *gc)
{
	free(gc->keep.list);
	free(gc->strays.list);
	free(gc->stale);
}

static bool owners_have(const struct owners *owners, uint64_t owner)
{
	for (size_t i = 0; i < owners->count; i++)
		if (owners->list[i] == owner)
			return true;
	return false;
}

static int owners_add(struct owners *owners, uint64_t owner)
{
	if (owners_have(owners, owner))
		return 0;
	if (owners->count == owners->room) {
		size_t room = owners->room ? owners->room * 2 : 64;
		uint64_t *list = realloc(owners->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		owners->list = list;
		owners->room = room;
	}
	owners->list[owners->count++] = owner;
	return 0;
}

static bool attachment_is_valid(const struct netconf *conf, const struct record *record)
{
	for (size_t i = 0; i < conf->valid_count; i++)
		if (!strcmp(conf->valid[i].container_id, record->container_id) &&
		    !strcmp(conf->valid[i].ifname, record->ifname))
			return true;
	return false;
}

static int record_judge(const struct record *record, void *ctx)
{
	struct collection *gc = ctx;
	struct record *stale;

	if (strcmp(record->network, gc->at->conf->name) ||
	    attachment_is_valid(gc->at->conf, record))
		return owners_add(&gc->keep, endpoint_owner(record->container_id, record->ifname));
	stale = realloc(gc->stale, (gc->stale_count + 1) * sizeof(*stale));
	if (!stale)
		return -ENOMEM;
	gc->stale = stale;
	gc->stale[gc->stale_count++] = *record;
	return 0;
}

/* A record that cannot be read could be a valid pod's: then nothing without a record is judged. */
static void record_broken(const char *file, const struct error *why, void *ctx)
{
	struct collection *gc = ctx;

	if (!gc->rc)
		gc->rc = error_say(&gc->first, CNI_IO, "record '%.200s': %.200s", file, why->text);
}

static void stray_interface(const char *ifname, const char *alias, void *ctx)
{
	struct collection *gc = ctx;
	const char *id = alias + strlen(ALIAS_PREFIX), *slash = strrchr(id, '/');
	char container_id[CONTAINER_ID_MAX + 1], expected[IFNAME_MAX];
	uint64_t owner;

	if (!slash || (size_t)(slash - id) >= sizeof(container_id))
		return;
	memcpy(container_id, id, (size_t)(slash - id));
	container_id[slash - id] = '\0';
	owner = endpoint_owner(container_id, slash + 1);
	host_ifname_of(owner, expected);
	if (!strcmp(expected, ifname) && !owners_have(&gc->keep, owner))
		owners_add(&gc->strays, owner);
}

static int strays_find(struct collection *gc, struct error *err)
{
	struct endpoint_entry *entries = NULL;
	size_t count = 0;
	int rc;

	if (attachment_has_maps(gc->at) &&
	    (rc = endpoint_list(&gc->at->maps, &entries, &count, err)))
		return rc;
	for (size_t i = 0; i < count; i++)
		if (!owners_have(&gc->keep, entries[i].ep.owner))
			owners_add(&gc->strays, entries[i].ep.owner);
	free(entries);
	return interface_for_each(&gc->at->host, stray_interface, gc, err);
}

static void failure_note(struct collection *gc, int rc, const struct error *err)
{
	if (rc && !gc->rc) {
		gc->rc = rc;
		gc->first = *err;
	}
}

/*
 * Foreign plugins older than spec 1.1.0 know no GC: each stale attachment gets the DEL that it
 * never had. environ is what delegate_run() hands on.
 */
static int delegate_release(const struct collection *gc, const struct record *record,
			    struct error *err)
{
	const struct attachment *at = gc->at;

	if (!at->conf->delegate || strcmp(at->conf->delegate, record->ipam))
		return 0;
	if (setenv("CNI_CONTAINERID", record->container_id, 1) ||
	    setenv("CNI_IFNAME", record->ifname, 1) || setenv("CNI_NETNS", "", 1))
		return error_set(err, -errno, "collect garbage");
	return delegate_run(at->env, at->conf, "DEL", NULL, err);
}

static void stale_clear(struct collection *gc)
{
	struct error err;

	for (size_t i = 0; i < gc->stale_count; i++) {
		const struct record *record = &gc->stale[i];
		uint64_t owner = endpoint_owner(record->container_id, record->ifname);
		int rc = attachment_clear(gc->at, owner, record, &err);

		if (rc == 0)
			rc = delegate_release(gc, record, &err);
		if (rc == 0)
			rc = record_remove(gc->at->conf->run_dir, record->container_id,
					   record->ifname, &err);
		failure_note(gc, rc, &err);
	}
}

static void strays_clear(struct collection *gc)
{
	struct error err;

	for (size_t i = 0; i < gc->strays.count; i++)
		failure_note(gc, attachment_clear(gc->at, gc->strays.list[i], NULL, &err), &err);
}

int verb_gc(const struct environment *env, const struct netconf *conf, struct error *err)
{
	CLEANUP(attachment_close)
	struct attachment at = { .lock = -1, .maps = DATAPATH_MAPS_CLOSED };
	CLEANUP(collection_done) struct collection gc = { .at = &at };
	int rc;

	if (!conf->valid)
		return error_say(err, CNI_CONFIG,
				 "cni.dev/valid-attachments is missing; nothing was touched");
	if ((rc = attachment_open(&at, env, conf, NULL, err)))
		return rc;
	if ((rc = record_for_each(conf->run_dir, record_judge, record_broken, &gc, err)))
		return rc == -ENOMEM ? error_set(err, rc, "collect garbage") : rc;
	records_tidy(conf->run_dir);
	stale_clear(&gc);
	if (!gc.rc && (rc = strays_find(&gc, err)))
		failure_note(&gc, rc, err);
	strays_clear(&gc);
	if (conf->delegate && (rc = delegate_run(env, conf, "GC", NULL, err)))
		failure_note(&gc, rc, err);
	if (gc.rc)
		*err = gc.first;
	return gc.rc;
}
