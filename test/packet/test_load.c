/* SPDX-License-Identifier: Apache-2.0 */
/* test_load - loading and loading again: every setting, and what the maps held stays. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/cli/own_names.h"
#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "datapath/paths.h"
#include "packet/world.h"
#include "support/cases.h"

#define BPF_FS "/sys/fs/bpf"

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static const char *missing;
static struct error err;

/* A bpffs as empty as after a reboot. */
static void bpffs_renew(void)
{
	if (missing)
		skip();
	datapath_maps_close(&world.maps);
	assert_int_equal(umount(BPF_FS), 0);
	assert_int_equal(mount("bpf", BPF_FS, "bpf", 0, NULL), 0);
}

static void load_ok(const struct load_settings *settings)
{
	if (world_load(&world, settings, NULL, &err))
		fail_msg("%s", err.text);
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	return info.id;
}

static uint32_t pin_id(const char *map)
{
	CLEANUP(fd_close) int fd = bpf_obj_get(map_path(world.bpf_dir, map).text);

	assert_true(fd >= 0);
	return map_id(fd);
}

static uint32_t program_id(const char *program)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);
	CLEANUP(fd_close) int fd = bpf_obj_get(program_path(world.bpf_dir, program).text);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	return info.id;
}

/* Each pin must be one that uninstall would know for ours. */
static uint32_t pins_below(const char *where, bool (*is_ours)(const char *name))
{
	DIR *dir = opendir(path_below(world.bpf_dir, where).text);
	struct dirent *item;
	uint32_t count = 0;

	assert_non_null(dir);
	while ((item = readdir(dir))) {
		if (item->d_name[0] == '.')
			continue;
		if (!is_ours(item->d_name))
			fail_msg("uninstall does not know the pin '%s'", item->d_name);
		count++;
	}
	closedir(dir);
	return count;
}

struct pins {
	uint32_t ids[7];
	uint32_t maps, programs;
};

static struct pins pins_read(void)
{
	return (struct pins){ {
				      pin_id("endpoints"),
				      pin_id("endpoint_policy"),
				      pin_id("metrics"),
				      pin_id("events"),
				      pin_id("event_budget"),
				      program_id("from_pod"),
				      program_id("to_pod"),
			      },
			      pins_below("maps", map_pin_is_ours),
			      pins_below("programs", program_pin_is_ours) };
}

/* What each program cost the verifier. */
static void verified_print(const char *sentence)
{
	DIR *dir = opendir(path_below(world.bpf_dir, "programs").text);
	struct dirent *item;

	assert_non_null(dir);
	printf("# %s: the verifier saw", sentence);
	while ((item = readdir(dir))) {
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);

		if (item->d_name[0] == '.')
			continue;
		CLEANUP(fd_close)
		int fd = bpf_obj_get(program_path(world.bpf_dir, item->d_name).text);

		assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
		assert_true(info.verified_insns > 0);
		printf(" %s %u", item->d_name, info.verified_insns);
	}
	puts(" instructions");
	closedir(dir);
}

/* Every pin of before and not one more. */
static void assert_pins(const struct pins *want)
{
	struct pins have = pins_read();

	assert_memory_equal(&have, want, sizeof(have));
}

static struct ip_addr address(unsigned int i)
{
	return ip_addr_from_v4(htonl(0x0a090000u + i));
}

static void endpoints_put(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct endpoint ep = { .owner = 100 + i, .ifindex = i, .pod_mac = POD_A_MAC };
		struct ip_addr addr = address(i);

		assert_int_equal(endpoint_lease(&world.maps, &addr, &ep), 0);
	}
}

static void policies_put(unsigned int count)
{
	struct endpoint_policy policy = { .flags = ENDPOINT_READY, .ingress_group = 7 };

	for (unsigned int i = 1; i <= count; i++)
		assert_int_equal(endpoint_policy_set(&world.maps, i, &policy, &err), 0);
}

static void endpoints_check(unsigned int count)
{
	struct endpoint_entry *entries;
	size_t found;

	for (unsigned int i = 0; i < count; i++) {
		struct ip_addr addr = address(i);
		struct endpoint want = { .owner = 100 + i, .ifindex = i, .pod_mac = POD_A_MAC };
		struct endpoint ep;

		assert_int_equal(endpoint_find(&world.maps, &addr, &ep), 0);
		assert_memory_equal(&ep, &want, sizeof(ep));
	}
	assert_int_equal(endpoint_list(&world.maps, &entries, &found, &err), 0);
	free(entries);
	assert_int_equal(found, count);
}

static void policies_check(unsigned int count)
{
	struct endpoint_policy policy;
	uint32_t *ifindexes;
	size_t found;

	for (unsigned int i = 1; i <= count; i++) {
		assert_true(endpoint_policy_get(&world.maps, i, &policy));
		assert_int_equal(policy.ingress_group, 7);
	}
	assert_int_equal(endpoint_policy_list(&world.maps, &ifindexes, &found, &err), 0);
	free(ifindexes);
	assert_int_equal(found, count);
}

struct setting_row {
	const char *sentence;
	struct load_settings settings;
};

/* clang-format off */
static const struct setting_row setting_rows[] = {
	{ "loads with nothing set", {} },
	{ "loads without drop records", { .drop_events = 0, .endpoints_max = 16, .events_bytes = 4096 } },
	{ "loads with one drop record a second", { .drop_events = 1 } },
	{ "loads with any number of drop records", { .drop_events = UINT32_MAX } },
	{ "loads with room for one endpoint", { .drop_events = 100, .endpoints_max = 1 } },
	{ "loads with room for 65536 endpoints", { .drop_events = 100, .endpoints_max = 65536 } },
	{ "loads with services for the node's own sockets only", { .drop_events = 100, .host_sockets_only = true } },
	{ "loads with masquerade", { .drop_events = 100, .masquerade = true } },
	{ "loads with a ring of 8 MiB", { .drop_events = 100, .events_bytes = 8 << 20 } },
};
/* clang-format on */

static void setting_test(void **state)
{
	const struct setting_row *row = *state;

	bpffs_renew();
	load_ok(&row->settings);
	verified_print(row->sentence);
	if (row->settings.endpoints_max)
		assert_int_equal(map_capacity(world.maps.endpoints), row->settings.endpoints_max);
	if (row->settings.events_bytes)
		assert_int_equal(map_capacity(world.maps.events), row->settings.events_bytes);
	pins_read();
}

static void the_same_maps_are_used_again(void **state)
{
	struct load_settings settings = { .drop_events = 100 };
	struct pins before;

	(void)state;
	bpffs_renew();
	load_ok(&settings);
	endpoints_put(50);
	policies_put(40);
	before = pins_read();

	settings.drop_events = 5; /* of the programs alone */
	load_ok(&settings);
	endpoints_check(50);
	policies_check(40);
	assert_true(program_id("from_pod") != before.ids[5]);
	assert_true(program_id("to_pod") != before.ids[6]);
	before.ids[5] = program_id("from_pod");
	before.ids[6] = program_id("to_pod");
	assert_pins(&before);
}

static void carry_over(uint32_t from, uint32_t to)
{
	struct load_settings settings = { .endpoints_max = from };

	bpffs_renew();
	load_ok(&settings);
	endpoints_put(60);
	policies_put(60);
	settings.endpoints_max = to;
	load_ok(&settings);
	assert_int_equal(map_capacity(world.maps.endpoints), to);
	assert_int_equal(map_capacity(world.maps.endpoint_policy), to);
	endpoints_check(60);
	policies_check(60);
}

static void a_larger_map_gets_the_entries(void **state)
{
	(void)state;
	carry_over(64, 512);
}

static void a_smaller_map_that_has_room_gets_the_entries(void **state)
{
	(void)state;
	carry_over(512, 60);
}

/* Loads with room for 64 endpoints, then tries with settings that cannot be. */
static void load_fails(unsigned int endpoints, unsigned int policies,
		       const struct load_settings *settings, int code)
{
	struct load_settings good = { .drop_events = 9, .endpoints_max = 64 };
	struct pins before;

	bpffs_renew();
	load_ok(&good);
	endpoints_put(endpoints);
	policies_put(policies);
	before = pins_read();
	assert_int_equal(world_load(&world, settings, NULL, &err), code);
	assert_pins(&before);
	endpoints_check(endpoints);
	policies_check(policies);
}

static void too_few_endpoints_leave_everything(void **state)
{
	struct load_settings settings = { .endpoints_max = 10 };

	(void)state;
	load_fails(11, 5, &settings, -E2BIG);
	assert_non_null(strstr(err.text, "endpoints"));
}

static void too_few_policies_leave_everything(void **state)
{
	struct load_settings settings = { .endpoints_max = 10 };

	(void)state;
	load_fails(5, 11, &settings, -E2BIG);
	assert_non_null(strstr(err.text, "endpoint_policy"));
}

static void what_the_kernel_refuses_leaves_everything(void **state)
{
	struct load_settings settings = { .endpoints_max = UINT32_MAX };

	(void)state;
	load_fails(5, 5, &settings, -E2BIG);
}

static void a_directory_that_is_no_bpffs_is_refused(void **state)
{
	char dir[] = "/tmp/byway-load-XXXXXX";
	struct load_settings settings = { .bpf_dir = dir };

	(void)state;
	if (missing)
		skip();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(datapath_load(&settings, NULL, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "mount -t bpf"));
	assert_int_equal(rmdir(dir), 0); /* and nothing was left in it */
}

static void maps_that_nobody_loaded_cannot_be_opened(void **state)
{
	(void)state;
	bpffs_renew();
	assert_int_equal(datapath_maps_open(world.bpf_dir, &world.maps, &err), -ENOENT);
	assert_non_null(strstr(err.text, "not loaded"));
	assert_int_equal(world.maps.endpoints, -1);
}

static void leases_are_exclusive_and_bounded(void **state)
{
	struct load_settings settings = { .endpoints_max = 3 };
	struct endpoint ep = { .owner = 1 };
	struct ip_addr addr = address(0), fourth = address(3);

	(void)state;
	bpffs_renew();
	load_ok(&settings);
	endpoints_put(3);
	assert_int_equal(endpoint_lease(&world.maps, &addr, &ep), -EEXIST);
	assert_int_equal(endpoint_lease(&world.maps, &fourth, &ep), -E2BIG);
	assert_int_equal(endpoint_update(&world.maps, &fourth, &ep, &err), -ENOENT);
	endpoints_check(3);
	endpoint_release(&world.maps, &addr);
	assert_int_equal(endpoint_find(&world.maps, &addr, &ep), -ENOENT);
	assert_int_equal(endpoint_lease(&world.maps, &fourth, &ep), 0);
}

static int world_begin(void **state)
{
	(void)state;
	missing = world_enter();
	if (missing) {
		fprintf(stderr, "# skipped: %s\n", missing);
		return 0;
	}
	if (world_make(&world, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	datapath_maps_close(&world.maps);
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, setting_rows, setting_test);
	case_add(&cases, "a second load goes on with the same maps", the_same_maps_are_used_again,
		 NULL);
	case_add(&cases, "a larger map gets the entries", a_larger_map_gets_the_entries, NULL);
	case_add(&cases, "a smaller map that has room gets the entries",
		 a_smaller_map_that_has_room_gets_the_entries, NULL);
	case_add(&cases, "too small a map for the endpoints fails and leaves everything",
		 too_few_endpoints_leave_everything, NULL);
	case_add(&cases, "too small a map for the policies fails and leaves everything",
		 too_few_policies_leave_everything, NULL);
	case_add(&cases, "a map larger than the kernel has any fails and leaves everything",
		 what_the_kernel_refuses_leaves_everything, NULL);
	case_add(&cases, "a directory that is no bpffs is refused, with what to do",
		 a_directory_that_is_no_bpffs_is_refused, NULL);
	case_add(&cases, "maps that nobody loaded cannot be opened",
		 maps_that_nobody_loaded_cannot_be_opened, NULL);
	case_add(&cases, "leases are exclusive and bounded", leases_are_exclusive_and_bounded,
		 NULL);
	return cases_run("load", &cases, world_begin, world_end);
}
