/* SPDX-License-Identifier: Apache-2.0 */
/* load - programs and maps into the kernel and pinned, with what the maps held before. */
#include "load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "byway/config.h"
#include "byway/ct_clock.h"
#include "datapath.skel.h"
#include "map_walk.h"
#include "netns_cookie.h"
#include "epoch.h"
#include "paths.h"
#include "stamp.h"

static void skeleton_free(struct datapath **skeleton)
{
	datapath__destroy(*skeleton);
	*skeleton = NULL;
}

int bpf_dir_ensure(const char *bpf_dir, struct error *err)
{
	static const char *const below[] = { "maps", "programs", "links" };
	struct statfs fs;
	int rc;

	if (strlen(bpf_dir) > BYWAY_DIR_MAX)
		return error_set(err, -ENAMETOOLONG, "bpfDir");
	rc = dir_make(bpf_dir, 0700, err);
	if (rc == -EPERM && strchr(bpf_dir, '.'))
		return error_say(err, rc, "bpfDir: bpffs takes no name with a dot, as in '%s'",
				 bpf_dir);
	if (rc)
		return rc;
	if (statfs(bpf_dir, &fs) < 0)
		return error_set(err, -errno, "look at '%s'", bpf_dir);
	if (fs.f_type != BPF_FS_MAGIC)
		return error_say(err, -ENOTSUP,
				 "'%s' is not on a bpffs; mount one: mount -t bpf bpf /sys/fs/bpf",
				 bpf_dir);
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		if ((rc = dir_make(path_below(bpf_dir, below[i]).text, 0700, err)))
			return rc;
	return 0;
}

/* A pin appears under its name at once: pinned beside it, then renamed over what stood there. */
static int pin_replace(int fd, const char *path, struct error *err)
{
	struct byway_path beside;

	snprintf(beside.text, sizeof(beside.text), "%.*s_new", BYWAY_DIR_MAX, path);
	unlink(beside.text);
	if (bpf_obj_pin(fd, beside.text) < 0)
		return error_set(err, -errno, "pin '%s'", beside.text);
	if (rename(beside.text, path) < 0) {
		int rc = -errno;

		unlink(beside.text);
		return error_set(err, rc, "pin '%s'", path);
	}
	return 0;
}

static int batch_carry(const void *keys, const void *values, uint32_t count, void *ctx)
{
	return bpf_map_update_batch(*(int *)ctx, keys, values, &count, NULL);
}

static int map_carry(int from, int to, struct error *err)
{
	struct error why = {};
	int rc = map_walk(from, batch_carry, &to, &why);

	if (!rc)
		return 0;
	return *why.text ? (*err = why).code : error_set(err, rc, "carry map entries over");
}

/*
 * A hash map or a trie is carried over when only its size changed; anything else of another shape
 * starts empty, and only the datapath's own counters and records live in those.
 */
static bool map_fits(struct bpf_map *map, const struct bpf_map_info *pinned)
{
	return pinned->type == bpf_map__type(map) && pinned->key_size == bpf_map__key_size(map) &&
	       pinned->value_size == bpf_map__value_size(map) &&
	       pinned->max_entries == bpf_map__max_entries(map);
}

static bool map_is_carried(const struct bpf_map *map, const struct bpf_map_info *pinned)
{
	return pinned->type == bpf_map__type(map) &&
	       (pinned->type == BPF_MAP_TYPE_HASH || pinned->type == BPF_MAP_TYPE_LRU_HASH ||
		pinned->type == BPF_MAP_TYPE_LPM_TRIE);
}

/* Returns 0 with ret_old < 0 when there is nothing pinned yet or the map was reused whole. */
static int map_adopt(struct bpf_map *map, const char *path, int *ret_old, struct error *err)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);
	CLEANUP(fd_close) int fd = bpf_obj_get(path);

	*ret_old = -1;
	if (fd < 0)
		return errno == ENOENT ? 0 : error_set(err, -errno, "open pinned map '%s'", path);
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return error_set(err, -errno, "read about pinned map '%s'", path);
	if (map_fits(map, &info)) {
		int rc = bpf_map__reuse_fd(map, fd);

		return rc ? error_set(err, rc, "reuse pinned map '%s'", path) : 0;
	}
	if (map_is_carried(map, &info) && info.key_size == bpf_map__key_size(map) &&
	    info.value_size == bpf_map__value_size(map))
		*ret_old = fd_take(&fd);
	return 0;
}

#define MAPS_MAX 32

/*
 * The maps of before that hand their entries on, by their place in the object; -1 where none does.
 */
struct old_maps {
	int fd[MAPS_MAX];
};

static void old_maps_close(struct old_maps *old)
{
	for (int i = 0; i < MAPS_MAX; i++)
		fd_close(&old->fd[i]);
}

static int maps_adopt(struct datapath *skeleton, const char *bpf_dir, struct old_maps *old,
		      struct error *err)
{
	struct bpf_map *map;
	int rc, i = 0;

	bpf_object__for_each_map(map, skeleton->obj) {
		if (bpf_map__is_internal(map))
			continue;
		if (i == MAPS_MAX)
			return error_say(err, -E2BIG, "more maps than MAPS_MAX");
		rc = map_adopt(map, map_path(bpf_dir, bpf_map__name(map)).text, &old->fd[i++], err);
		if (rc)
			return rc;
	}
	return 0;
}

static int maps_carry(struct datapath *skeleton, const struct old_maps *old, struct error *err)
{
	struct bpf_map *map;
	int rc, i = 0;

	bpf_object__for_each_map(map, skeleton->obj) {
		int from;

		if (bpf_map__is_internal(map))
			continue;
		from = old->fd[i++];
		if (from >= 0 && (rc = map_carry(from, bpf_map__fd(map), err)))
			return error_prefix(err, "%s", bpf_map__name(map));
	}
	return 0;
}

static int maps_pin(struct datapath *skeleton, const char *bpf_dir, struct error *err)
{
	struct bpf_map *map;
	int rc;

	bpf_object__for_each_map(map, skeleton->obj) {
		struct byway_path path = map_path(bpf_dir, bpf_map__name(map));

		if (bpf_map__is_internal(map))
			continue;
		if ((rc = pin_replace(bpf_map__fd(map), path.text, err)))
			return rc;
	}
	return 0;
}

static int programs_pin(struct datapath *skeleton, const char *bpf_dir, struct error *err)
{
	struct bpf_program *program;
	int rc;

	bpf_object__for_each_program(program, skeleton->obj) {
		struct byway_path path = program_path(bpf_dir, bpf_program__name(program));

		if ((rc = pin_replace(bpf_program__fd(program), path.text, err)))
			return rc;
	}
	return 0;
}

static uint32_t verified_insns(const char *bpf_dir, const char *program)
{
	CLEANUP(fd_close) int fd = bpf_obj_get(program_path(bpf_dir, program).text);
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return 0;
	return info.verified_insns;
}

/* libbpf's own words (the verifier's log, mostly) go to stderr only when something failed. */
static int libbpf_say(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

static void size_apply(struct bpf_map *map, uint32_t entries)
{
	if (entries)
		bpf_map__set_max_entries(map, entries);
}

static void sizes_apply(struct datapath *skeleton, const struct map_sizes *sizes)
{
	size_apply(skeleton->maps.conntrack, sizes->conntrack);
	size_apply(skeleton->maps.services, sizes->services);
	size_apply(skeleton->maps.backends, sizes->backends);
	size_apply(skeleton->maps.maglev, sizes->maglev);
	size_apply(skeleton->maps.source_ranges, sizes->source_ranges);
	size_apply(skeleton->maps.affinity, sizes->affinity);
}

static void timeouts_apply(struct datapath *skeleton, const struct load_settings *settings)
{
	static const uint32_t defaults[CT_STATE_COUNT] = {
#define X(name, label, timeout, text) [CT_##name] = (timeout),
		CT_STATES(X)
#undef X
	};

	for (int i = 0; i < CT_STATE_COUNT; i++)
		skeleton->rodata->config.timeout_ticks[i] = ct_ticks_of_seconds(
			settings->timeouts_s[i] ? settings->timeouts_s[i] : defaults[i]);
}

/* RFC 6335's dynamic ports where the kernel does not say what it gives its own sockets. */
static void local_ports_apply(struct datapath *skeleton)
{
	unsigned int first = 49152, last = 65535;
	CLEANUP(file_close) FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");

	if (file && (fscanf(file, "%u %u", &first, &last) != 2 || first > last || last > 65535))
		first = 49152, last = 65535;
	skeleton->rodata->config.local_ports_first = (uint16_t)first;
	skeleton->rodata->config.local_ports_last = (uint16_t)last;
}

static int settings_apply(struct datapath *skeleton, const struct load_settings *settings,
			  struct error *err)
{
	uint64_t netns;
	int rc = netns_cookie_own(&netns);

	if (rc)
		return error_set(err, rc, "ask for the network namespace's cookie");
	skeleton->rodata->config.node_netns = netns;
	skeleton->rodata->config.host_sockets_only = settings->host_sockets_only;
	skeleton->rodata->config.masquerade = settings->masquerade;
	local_ports_apply(skeleton);
	timeouts_apply(skeleton, settings);
	skeleton->rodata->config.drop_events = settings->drop_events;
	if (settings->endpoints_max) {
		bpf_map__set_max_entries(skeleton->maps.endpoints, settings->endpoints_max);
		bpf_map__set_max_entries(skeleton->maps.endpoint_policy, settings->endpoints_max);
	}
	if (settings->events_bytes)
		bpf_map__set_max_entries(skeleton->maps.events, settings->events_bytes);
	sizes_apply(skeleton, &settings->sizes);
	return 0;
}

static uint64_t stamp_of(const struct datapath *skeleton)
{
	size_t size;
	const void *object = datapath__elf_bytes(&size);
	uint64_t stamp = stamp_add(STAMP_BEGIN, object, size);

	return stamp_add(stamp, skeleton->rodata, sizeof(*skeleton->rodata));
}

/* Every map was found as it is wanted, and every program's pin is there. */
static bool pins_are_complete(struct datapath *skeleton, const char *bpf_dir)
{
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_map(map, skeleton->obj)
		if (!bpf_map__is_internal(map) && bpf_map__fd(map) < 0)
			return false;
	bpf_object__for_each_program(program, skeleton->obj)
		if (access(program_path(bpf_dir, bpf_program__name(program)).text, F_OK))
			return false;
	return true;
}

/* No pin is replaced before every map is whole. */
static int load_and_pin(struct datapath *skeleton, const char *bpf_dir, const struct old_maps *old,
			struct error *err)
{
	struct epoch epoch = {};
	int rc;

	libbpf_set_print(libbpf_say);
	rc = datapath__load(skeleton);
	libbpf_set_print(NULL);
	if (rc)
		return error_set(err, rc, "load the BPF programs");
	if ((rc = maps_carry(skeleton, old, err)))
		return rc;
	stamp_clear(bpf_dir);
	if ((rc = maps_pin(skeleton, bpf_dir, err)) ||
	    (rc = programs_pin(skeleton, bpf_dir, err)) || (rc = epoch_open(bpf_dir, &epoch, err)))
		return rc;
	epoch_advance(&epoch); /* connections were judged by other settings */
	epoch_close(&epoch);
	return stamp_write(bpf_dir, stamp_of(skeleton), err);
}

int datapath_load(const struct load_settings *settings, struct load_report *ret_report,
		  struct error *err)
{
	CLEANUP(skeleton_free) struct datapath *skeleton = NULL;
	const char *bpf_dir = settings->bpf_dir;
	CLEANUP(old_maps_close) struct old_maps old;
	int rc;

	memset(&old, 0xff, sizeof(old)); /* every descriptor -1 */
	if ((rc = bpf_dir_ensure(bpf_dir, err)))
		return rc;
	skeleton = datapath__open();
	if (!skeleton)
		return error_set(err, -errno, "open the BPF object");
	if ((rc = settings_apply(skeleton, settings, err)) ||
	    (rc = maps_adopt(skeleton, bpf_dir, &old, err)))
		return rc;
	/* Verifying takes more than a second on a slow machine: not again for what is there. */
	if (!pins_are_complete(skeleton, bpf_dir) || !stamp_is(bpf_dir, stamp_of(skeleton)))
		rc = load_and_pin(skeleton, bpf_dir, &old, err);
	if (rc)
		return rc;

	if (ret_report) {
		ret_report->from_pod_insns = verified_insns(bpf_dir, "from_pod");
		ret_report->to_pod_insns = verified_insns(bpf_dir, "to_pod");
	}
	return 0;
}
