/* SPDX-License-Identifier: Apache-2.0 */
/* test_service_maps - maps of services and connections: a walk sees all, another size keeps all. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "byway/conntrack.h"
#include "byway/service.h"
#include "datapath/map_walk.h"
#include "datapath/service_maps.h"
#include "packet/world.h"
#include "support/cases.h"

#define BPF_FS "/sys/fs/bpf"

static struct world world = { .maps = DATAPATH_MAPS_CLOSED };
static struct service_maps maps = SERVICE_MAPS_CLOSED;
static const char *missing;
static struct error err;

static void load_with(const struct map_sizes *sizes)
{
	struct load_settings settings = { .sizes = *sizes };

	service_maps_close(&maps);
	if (world_load(&world, &settings, NULL, &err) ||
	    service_maps_open(world.bpf_dir, &maps, &err))
		fail_msg("%s", err.text);
}

/* As after a reboot. */
static void begin_with(const struct map_sizes *sizes)
{
	if (missing)
		skip();
	service_maps_close(&maps);
	datapath_maps_close(&world.maps);
	assert_int_equal(umount(BPF_FS), 0);
	assert_int_equal(mount("bpf", BPF_FS, "bpf", 0, NULL), 0);
	load_with(sizes);
}

/* A key for the number, whatever the map's keys are: those of a trie have a whole prefix. */
static void key_fill(int fd, uint32_t number, void *key)
{
	struct source_range_key *range = key;

	memset(key, 0, 40);
	if (fd == maps.source_ranges)
		*range = (struct source_range_key){ .prefix = SOURCE_RANGE_PREFIX(128),
						    .service = number };
	else
		memcpy(key, &number, sizeof(number));
}

static void entries_put(int fd, uint32_t count)
{
	static char value[sizeof(struct maglev)];
	char key[64];

	for (uint32_t i = 0; i < count; i++) {
		key_fill(fd, i, key);
		memcpy(value, &i, 1);
		assert_int_equal(bpf_map_update_elem(fd, key, value, BPF_ANY), 0);
	}
}

static void entries_check(int fd, uint32_t count)
{
	static char value[sizeof(struct maglev)];
	char key[64];

	assert_int_equal(map_count(fd), count);
	for (uint32_t i = 0; i < count; i++) {
		key_fill(fd, i, key);
		assert_int_equal(bpf_map_lookup_elem(fd, key, value), 0);
		assert_memory_equal(value, &i, 1);
	}
}

static void a_walk_sees_each_entry_once(void **state)
{
	(void)state;
	begin_with(&(struct map_sizes){ .backends = 60000 });
	assert_int_equal(map_count(maps.backends), 0);
	entries_put(maps.backends, 50000); /* several batches */
	entries_check(maps.backends, 50000);
	entries_put(maps.maglev, 300);
	entries_check(maps.maglev, 300);
	entries_put(maps.source_ranges, 20000);
	entries_check(maps.source_ranges, 20000);
	entries_put(maps.conntrack, 5000);
	entries_check(maps.conntrack, 5000);
}

static int stop_at_once(const void *keys, const void *values, uint32_t count, void *ctx)
{
	(void)keys, (void)values;
	assert_true(count > 0);
	++*(int *)ctx;
	return 7;
}

static void a_walk_stops_when_told(void **state)
{
	int calls = 0;

	(void)state;
	begin_with(&(struct map_sizes){});
	entries_put(maps.backends, 50000);
	assert_int_equal(map_walk(maps.backends, stop_at_once, &calls, &err), 7);
	assert_int_equal(calls, 1);
}

static void sizes_are_taken(void **state)
{
	const struct map_sizes sizes = { 1000, 2000, 3000, 4000, 5000, 6000 };

	(void)state;
	begin_with(&sizes);
	assert_int_equal(map_capacity(maps.conntrack), sizes.conntrack);
	assert_int_equal(map_capacity(maps.services), sizes.services);
	assert_int_equal(map_capacity(maps.backends), sizes.backends);
	assert_int_equal(map_capacity(maps.maglev), sizes.maglev);
	assert_int_equal(map_capacity(maps.source_ranges), sizes.source_ranges);
	assert_int_equal(map_capacity(maps.affinity), sizes.affinity);
}

static void carry_over(const struct map_sizes *from, const struct map_sizes *to)
{
	begin_with(from);
	entries_put(maps.conntrack, 500);
	entries_put(maps.services, 100);
	entries_put(maps.backends, 100);
	entries_put(maps.maglev, 100);
	entries_put(maps.source_ranges, 100);
	entries_put(maps.affinity, 500);
	load_with(to);
	assert_int_equal(map_capacity(maps.conntrack), to->conntrack);
	entries_check(maps.conntrack, 500);
	entries_check(maps.services, 100);
	entries_check(maps.backends, 100);
	entries_check(maps.maglev, 100);
	entries_check(maps.source_ranges, 100);
	entries_check(maps.affinity, 500);
}

static void larger_maps_get_the_entries(void **state)
{
	(void)state;
	carry_over(&(struct map_sizes){ 4000, 200, 200, 200, 200, 4000 },
		   &(struct map_sizes){ 8000, 400, 400, 400, 400, 8000 });
}

static void smaller_maps_that_have_room_get_the_entries(void **state)
{
	(void)state;
	carry_over(&(struct map_sizes){ 8000, 400, 400, 400, 400, 8000 },
		   &(struct map_sizes){ 4000, 100, 100, 100, 100, 4000 });
}

/* A table of connections gives up the oldest; that is what it is for. */
static void too_many_connections_are_no_failure(void **state)
{
	(void)state;
	begin_with(&(struct map_sizes){ .conntrack = 8000 });
	entries_put(maps.conntrack, 5000);
	load_with(&(struct map_sizes){ .conntrack = 1000 });
	assert_true(map_count(maps.conntrack) > 0);
	assert_true(map_count(maps.conntrack) <= 1000);
}

static void too_many_services_leave_everything(void **state)
{
	struct load_settings settings = { .sizes = { .services = 50 } };

	(void)state;
	begin_with(&(struct map_sizes){ .services = 200 });
	entries_put(maps.services, 100);
	assert_int_equal(world_load(&world, &settings, NULL, &err), -E2BIG);
	assert_non_null(strstr(err.text, "services"));
	service_maps_close(&maps);
	assert_int_equal(service_maps_open(world.bpf_dir, &maps, &err), 0);
	assert_int_equal(map_capacity(maps.services), 200);
	entries_check(maps.services, 100);
}

static void unloaded_maps_are_not_opened(void **state)
{
	struct service_maps none = SERVICE_MAPS_CLOSED;

	(void)state;
	begin_with(&(struct map_sizes){});
	assert_int_equal(service_maps_open("/sys/fs/bpf/nowhere", &none, &err), -ENOENT);
	assert_int_equal(none.services, -1);
	service_maps_close(&none);
}

static int world_begin(void **state)
{
	(void)state;
	missing = world_enter();
	if (missing) {
		fprintf(stderr, "# skipped: %s\n", missing);
		return 0;
	}
	return world_make(&world, &err);
}

static int world_end(void **state)
{
	(void)state;
	service_maps_close(&maps);
	datapath_maps_close(&world.maps);
	return 0;
}

int main(void)
{
	static struct cases cases;

	case_add(&cases, "a walk sees each entry once", a_walk_sees_each_entry_once, NULL);
	case_add(&cases, "a walk stops when told", a_walk_stops_when_told, NULL);
	case_add(&cases, "sizes are taken", sizes_are_taken, NULL);
	case_add(&cases, "larger maps get the entries", larger_maps_get_the_entries, NULL);
	case_add(&cases, "smaller maps that have room get the entries",
		 smaller_maps_that_have_room_get_the_entries, NULL);
	case_add(&cases, "too many connections are no failure", too_many_connections_are_no_failure,
		 NULL);
	case_add(&cases, "too many services leave everything as it is",
		 too_many_services_leave_everything, NULL);
	case_add(&cases, "maps that are not loaded are not opened", unloaded_maps_are_not_opened,
		 NULL);
	return cases_run("service_maps", &cases, world_begin, world_end);
}
