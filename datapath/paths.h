/* SPDX-License-Identifier: Apache-2.0 */
/* paths - where things are pinned, below one bpfDir, and what runDir holds. */
#pragma once

#include <stdio.h>

#define BYWAY_RUN_DIR "/run/byway"
#define BYWAY_BPF_DIR "/sys/fs/bpf/byway"
#define AGENT_SOCKET "agent.sock" /* in runDir */

/* Long enough for every path we make out of a directory of at most DIR_MAX bytes. */
#define BYWAY_DIR_MAX 3500
#define BYWAY_PATH_SIZE 4096

/*
 * A map's layout is part of its pin's name: a release that changes the layout bumps the number and
 * carries the entries over; the old programs go on with the old map until they are replaced.
 */
#define MAP_LAYOUT "v1"

struct byway_path {
	char text[BYWAY_PATH_SIZE];
};

static inline struct byway_path map_path(const char *bpf_dir, const char *map)
{
	struct byway_path path;

	snprintf(path.text, sizeof(path.text), "%.*s/maps/%s_" MAP_LAYOUT, BYWAY_DIR_MAX, bpf_dir,
		 map);
	return path;
}

static inline struct byway_path program_path(const char *bpf_dir, const char *program)
{
	struct byway_path path;

	snprintf(path.text, sizeof(path.text), "%.*s/programs/%s", BYWAY_DIR_MAX, bpf_dir, program);
	return path;
}

/*
 * where is "ingress" or "egress"; ifname is the interface's. bpffs keeps names with a dot for
 * itself (EPERM), hence the underscore; a VLAN's name has one, and no name has a colon.
 */
static inline struct byway_path link_path(const char *bpf_dir, const char *ifname,
					  const char *where)
{
	struct byway_path path;

	int used = snprintf(path.text, sizeof(path.text), "%.*s/links/", BYWAY_DIR_MAX, bpf_dir);

	snprintf(path.text + used, sizeof(path.text) - (size_t)used, "%s_%s", ifname, where);
	for (char *c = path.text + used; *c; c++)
		if (*c == '.')
			*c = ':';
	return path;
}

/* below - DIR/NAME, for the few fixed names in runDir and bpfDir. */
static inline struct byway_path path_below(const char *dir, const char *name)
{
	struct byway_path path;

	snprintf(path.text, sizeof(path.text), "%.*s/%s", BYWAY_DIR_MAX, dir, name);
	return path;
}
