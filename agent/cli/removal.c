/* SPDX-License-Identifier: Apache-2.0 */
/* removal - takes away what is Byway's, piece by piece, and nothing else; and tells of each. */
#include "agent/cli/removal.h"

#include <ctype.h>
#include <dirent.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>

#include "agent/cli/traces.h"
#include "agent/conflist.h"
#include "agent/known.h"
#include "agent/run_lock.h"
#include "base/file.h"
#include "datapath/attach.h"
#include "datapath/link_pins.h"
#include "datapath/maps.h"
#include "datapath/socket_attach.h"

#define CONFLIST_LIMIT (1024 * 1024)

__attribute__((format(printf, 2, 3))) static void say(cJSON *list, const char *fmt, ...)
{
	char text[BYWAY_PATH_SIZE + 256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* Names of files come from outside and must not steer a terminal. */
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

static void path_remove(struct removal *removal, const char *path)
{
	if (unlink(path) == 0)
		say(removal->removed, "%s", path);
	else if (errno != ENOENT)
		say(removal->failed, "%s: %s", path, strerror(errno));
}

/* A directory that somebody else has something in stays, and says so. */
static void dir_remove(struct removal *removal, const char *path)
{
	if (rmdir(path) == 0)
		say(removal->removed, "%s", path);
	else if (errno == ENOTEMPTY || errno == EEXIST)
		say(removal->kept, "%s: holds what is not Byway's", path);
	else if (errno != ENOENT)
		say(removal->failed, "%s: %s", path, strerror(errno));
}

typedef bool name_fn(const char *name);

/* Those files of a directory whose names are ours. */
static void files_remove(struct removal *removal, const char *path, name_fn *is_ours)
{
	DIR *dir = opendir(path);
	struct dirent *item;

	if (!dir)
		return;
	while ((item = readdir(dir)))
		if (is_ours(item->d_name))
			path_remove(removal, path_below(path, item->d_name).text);
	closedir(dir);
}

static bool is_conflist(const char *name)
{
	const char *ending = strrchr(name, '.');

	return name[0] != '.' && ending && !strcmp(ending, ".conflist");
}

/* First, so that the runtime starts no more pods. */
void conflist_remove(struct removal *removal)
{
	const struct options *options = removal->options;
	DIR *dir = opendir(options->cni_conf_dir);
	struct dirent *item;

	if (!dir)
		return;
	while ((item = readdir(dir))) {
		struct byway_path path = path_below(options->cni_conf_dir, item->d_name);
		CLEANUP(str_free) char *text = NULL;
		struct error ignored;

		if (is_conflist(item->d_name) &&
		    file_read(path.text, CONFLIST_LIMIT, &text, NULL, &ignored) == 0 &&
		    conflist_is_ours(text, options->run_dir))
			path_remove(removal, path.text);
	}
	closedir(dir);
}

/* ifname is what must have the index: it may be another's by now. 0 = whatever has the name. */
static void interface_remove(struct removal *removal, uint32_t ifindex, const char *ifname)
{
	uint32_t now = if_nametoindex(ifname);
	struct error err;

	if (!now || (ifindex && now != ifindex))
		return;
	if (link_delete(now, &err) == 0)
		say(removal->removed, "interface %s, with its routes", ifname);
	else
		say(removal->failed, "interface %s: %s", ifname, err.text);
}

static int record_interface_remove(const struct record *record, void *ctx)
{
	char ifname[IFNAME_MAX];

	/* A record that somebody made up must not name another's interface. */
	host_ifname_of(endpoint_owner(record->container_id, record->ifname), ifname);
	if (!strcmp(ifname, record->host_ifname))
		interface_remove(ctx, record->ifindex, record->host_ifname);
	return 0;
}

static void leases_interfaces_remove(struct removal *removal)
{
	CLEANUP(datapath_maps_close) struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	struct endpoint_entry *entries;
	struct error ignored;
	size_t count;

	if (datapath_maps_open(removal->options->bpf_dir, &maps, &ignored) ||
	    endpoint_list(&maps, &entries, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++) {
		char ifname[IFNAME_MAX];

		host_ifname_of(entries[i].ep.owner, ifname);
		if (entries[i].ep.ifindex)
			interface_remove(removal, entries[i].ep.ifindex, ifname);
	}
	free(entries);
}

/* By record, by lease, and by name and alias: each knows of some that the others have lost. */
void interfaces_remove(struct removal *removal)
{
	struct traces traces;
	struct error err;

	if (record_for_each(removal->options->run_dir, record_interface_remove, NULL, removal,
			    &err))
		say(removal->failed, "%s", err.text);
	leases_interfaces_remove(removal);
	if (traces_find(&traces, &err)) {
		say(removal->failed, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < traces.link_count; i++)
		interface_remove(removal, traces.links[i].ifindex, traces.links[i].name);
	traces_done(&traces);
}

/* What others have on the interface stays, and so does the clsact qdisc, which anybody may use. */
static void uplink_release(struct removal *removal, uint32_t ifindex, const char *ifname)
{
	attach_remove(removal->options->bpf_dir, ifindex, ifname);
	say(removal->removed, "programs on uplink %s", ifname);
}

static void uplink_filters_remove(struct removal *removal)
{
	struct if_nameindex *links = if_nameindex();

	for (struct if_nameindex *each = links; each && each->if_index; each++)
		if (attach_has_uplink_filters(each->if_index))
			uplink_release(removal, each->if_index, each->if_name);
	if (links)
		if_freenameindex(links);
}

/* By link, and by the programs in filters: nothing needs to remember which were uplinks. */
void uplinks_release(struct removal *removal)
{
	struct link_pin *pins;
	struct error err;
	size_t count;

	if (link_pins_list(removal->options->bpf_dir, &pins, &count, &err)) {
		say(removal->failed, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < count; i++)
		uplink_release(removal, pins[i].ifindex, pins[i].ifname);
	free(pins);
	uplink_filters_remove(removal);
}

static bool is_link_pin(const char *name)
{
	char ifname[IFNAME_MAX];

	return pin_name_parse(name, ifname) || socket_pin_is_ours(name);
}

/* At once and in good order: a link whose pin just goes lets go of its cgroup a little later. */
static void sockets_release(struct removal *removal, const char *bpf_dir)
{
	unsigned int count = socket_detach(bpf_dir);

	if (count)
		say(removal->removed, "%u hooks on sockets", count);
}

void pins_remove(struct removal *removal)
{
	static const struct {
		const char *dir;
		name_fn *is_ours;
	} places[] = {
		{ "links", is_link_pin },
		{ "programs", program_pin_is_ours },
		{ "maps", map_pin_is_ours },
	};
	const char *bpf_dir = removal->options->bpf_dir;

	sockets_release(removal, bpf_dir);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct byway_path path = path_below(bpf_dir, places[i].dir);

		files_remove(removal, path.text, places[i].is_ours);
		dir_remove(removal, path.text);
	}
	dir_remove(removal, bpf_dir);
}

/* Also what is half written: see file_beside(). */
static bool is_record(const char *name)
{
	char container_id[CONTAINER_ID_MAX + 1], ifname[IFNAME_MAX];
	char bare[NAME_MAX + 1];
	char *ending;

	if (name[0] != '.')
		return known_key_parse(name, container_id, ifname);
	snprintf(bare, sizeof(bare), "%s", name + 1);
	ending = strrchr(bare, '.');
	if (!ending || strcmp(ending, ".new"))
		return false;
	*ending = '\0';
	return known_key_parse(bare, container_id, ifname);
}

static bool is_run_file(const char *name)
{
	static const char *const files[] = { "node.json", ".node.json.new", AGENT_SOCKET,
					     "lock",	  RUN_LOCK_EVENTS,  RUN_LOCK_AGENT };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!strcmp(name, files[i]))
			return true;
	return false;
}

void run_dir_remove(struct removal *removal)
{
	const char *run_dir = removal->options->run_dir;
	struct byway_path records = path_below(run_dir, "endpoints");

	files_remove(removal, records.text, is_record);
	dir_remove(removal, records.text);
	files_remove(removal, run_dir, is_run_file);
	dir_remove(removal, run_dir);
}
