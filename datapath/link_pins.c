/* SPDX-License-Identifier: Apache-2.0 */
/* link_pins - the pinned links, by the names in their pins and the interfaces that they are on. */
#include "link_pins.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "paths.h"

#define POD_NAME_LEN 15 /* host_ifname_of() */

static const char *const places[] = { "ingress", "egress" };
#define PLACES (sizeof(places) / sizeof(*places))

bool link_pin_parse(const char *file, char ret_ifname[IFNAME_MAX])
{
	const char *ending = strrchr(file, '_');
	size_t len = ending ? (size_t)(ending - file) : 0;

	if (len == 0 || len >= IFNAME_MAX ||
	    (strcmp(ending, "_ingress") && strcmp(ending, "_egress")))
		return false;
	memcpy(ret_ifname, file, len);
	ret_ifname[len] = '\0';
	for (char *c = ret_ifname; *c; c++)
		if (*c == ':')
			*c = '.';
	return true;
}

static bool name_is_pods(const char *ifname)
{
	return strlen(ifname) == POD_NAME_LEN && !strncmp(ifname, "veth", 4) &&
	       strspn(ifname + 4, "0123456789abcdef") == POD_NAME_LEN - 4;
}

static uint32_t pin_ifindex(const char *path)
{
	/* bpf_link_info.tcx.ifindex stands where older headers have xdp.ifindex. */
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);
	CLEANUP(fd_close) int link = bpf_obj_get(path);

	return link < 0 || bpf_obj_get_info_by_fd(link, &info, &len) < 0 ? 0 : info.xdp.ifindex;
}

static bool pins_have(const struct link_pin *pins, size_t count, const char *ifname)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(pins[i].ifname, ifname))
			return true;
	return false;
}

static void pin_read(const char *bpf_dir, const char *ifname, struct link_pin *ret_pin)
{
	strcpy(ret_pin->ifname, ifname);
	ret_pin->ifindex = 0;
	for (size_t i = 0; i < PLACES && !ret_pin->ifindex; i++)
		ret_pin->ifindex = pin_ifindex(link_path(bpf_dir, ifname, places[i]).text);
}

static int pins_read(const char *bpf_dir, DIR *dir, struct link_pin **pins, size_t *count)
{
	struct dirent *item;

	while ((item = readdir(dir))) {
		char ifname[IFNAME_MAX];
		struct link_pin *larger;

		if (!link_pin_parse(item->d_name, ifname) || name_is_pods(ifname) ||
		    pins_have(*pins, *count, ifname))
			continue;
		larger = realloc(*pins, (*count + 1) * sizeof(**pins));
		if (!larger)
			return -ENOMEM;
		*pins = larger;
		pin_read(bpf_dir, ifname, &(*pins)[(*count)++]);
	}
	return 0;
}

int link_pins_list(const char *bpf_dir, struct link_pin **ret_pins, size_t *ret_count,
		   struct error *err)
{
	DIR *dir = opendir(path_below(bpf_dir, "links").text);
	struct link_pin *pins = NULL;
	size_t count = 0;
	int rc = 0;

	if (dir) {
		rc = pins_read(bpf_dir, dir, &pins, &count);
		closedir(dir);
	}
	if (rc) {
		free(pins);
		return error_set(err, rc, "list the pinned links");
	}
	*ret_pins = pins;
	*ret_count = count;
	return 0;
}

bool link_pins_rename(const char *bpf_dir, const char *from, const char *to)
{
	for (size_t i = 0; i < PLACES; i++)
		if (access(link_path(bpf_dir, to, places[i]).text, F_OK) == 0)
			return false;
	for (size_t i = 0; i < PLACES; i++)
		rename(link_path(bpf_dir, from, places[i]).text,
		       link_path(bpf_dir, to, places[i]).text);
	return true;
}
