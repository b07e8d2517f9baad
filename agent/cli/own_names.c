/* SPDX-License-Identifier: Apache-2.0 */
/* own_names - by what an interface and a pin of ours are known. Pure. */
#include "agent/cli/own_names.h"

#include <string.h>

#include "datapath/socket_attach.h"

#define NAME_LEN 15 /* "veth" and 11 hex digits */

static bool alias_split(const char *alias, struct trace_link *link)
{
	const char *id = alias + strlen(ALIAS_PREFIX), *slash;

	if (strncmp(alias, ALIAS_PREFIX, strlen(ALIAS_PREFIX)) || !(slash = strchr(id, '/')) ||
	    (size_t)(slash - id) > CONTAINER_ID_MAX || strlen(slash + 1) >= IFNAME_MAX)
		return false;
	memcpy(link->container_id, id, (size_t)(slash - id));
	link->container_id[slash - id] = '\0';
	strcpy(link->ifname, slash + 1);
	return container_id_is_valid(link->container_id) && ifname_is_valid(link->ifname);
}

bool link_is_byways(const char *name, const char *alias, struct trace_link *ret_link)
{
	struct trace_link link = {};

	if (!name || !alias || strlen(name) != NAME_LEN || !alias_split(alias, &link))
		return false;
	link.owner = endpoint_owner(link.container_id, link.ifname);
	host_ifname_of(link.owner, link.name);
	if (strcmp(link.name, name))
		return false;
	*ret_link = link;
	return true;
}

bool pin_name_parse(const char *file, char ret_ifname[IFNAME_MAX])
{
	if (strlen(file) < NAME_LEN || strncmp(file, "veth", 4) ||
	    strspn(file + 4, "0123456789abcdef") != NAME_LEN - 4 ||
	    (strcmp(file + NAME_LEN, "_ingress") && strcmp(file + NAME_LEN, "_egress")))
		return false;
	memcpy(ret_ifname, file, NAME_LEN);
	ret_ifname[NAME_LEN] = '\0';
	return true;
}

/* Also what a load that was killed left. */
static bool name_is(const char *name, const char *ours)
{
	size_t len = strlen(ours);

	return !strncmp(name, ours, len) && (!name[len] || !strcmp(name + len, "_new"));
}

bool socket_pin_is_ours(const char *name)
{
#define X(hook, type) #hook,
	static const char *const hooks[] = { SOCKET_HOOKS(X) };
#undef X

	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		if (name_is(name, hooks[i]))
			return true;
	return false;
}

/* Every map of bpf/maps.h. */
static const char *const maps[] = {
	"endpoints", "endpoint_policy", "metrics",  "events",	 "event_budget",  "conntrack",
	"epoch",     "services",	"backends", "maglev",	 "source_ranges", "node_addresses",
	"affinity",  "uplinks",		"routes",   "fragments", "judgements",	  "tcp_peers",
	"udp_peers", "udp_flows",	"stamp",
};

bool map_pin_is_ours(const char *name)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		size_t len = strlen(maps[i]);
		const char *rest = name + len;

		if (strncmp(name, maps[i], len) || strncmp(rest, "_v", 2))
			continue;
		rest += 2 + strspn(rest + 2, "0123456789");
		if (!*rest || !strcmp(rest, "_new"))
			return true;
	}
	return false;
}

bool program_pin_is_ours(const char *name)
{
	static const char *const programs[] = { "from_pod",  "to_pod", "from_uplink",
						"to_uplink", "sweep",  "socket_stale" };

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (name_is(name, programs[i]))
			return true;
	return socket_pin_is_ours(name);
}
