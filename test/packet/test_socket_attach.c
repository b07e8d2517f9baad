/* SPDX-License-Identifier: Apache-2.0 */
/* test_socket_attach - the hooks on sockets come, are renewed and go, and leave others' alone. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "datapath/load.h"
#include "datapath/paths.h"
#include "datapath/socket_attach.h"
#include "packet/sockets.h"
#include "support/cases.h"

#define HOOK "socket_connect4"
#define PORT 80

static const char *missing;
static struct error err;

static uint32_t program_of(int link)
{
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(link, &info, &len), 0);
	return info.prog_id;
}

static uint32_t id_of(int link)
{
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(link, &info, &len), 0);
	return info.id;
}

static int pin_open(void)
{
	int link = bpf_obj_get(path_below(SOCKETS_BPF_DIR "/links", HOOK).text);

	assert_true(link >= 0);
	return link;
}

static void attach_ok(const char *cgroup)
{
	if (socket_attach(SOCKETS_BPF_DIR, cgroup, &err))
		fail_msg("%s", err.text);
	assert_int_equal(socket_attached(SOCKETS_BPF_DIR), SOCKET_HOOK_COUNT);
}

/* With another setting: the same programs would not be loaded again. */
static void load_again(void)
{
	const struct load_settings settings = { .bpf_dir = SOCKETS_BPF_DIR, .drop_events = 7 };

	if (datapath_load(&settings, NULL, &err))
		fail_msg("%s", err.text);
}

/* How many programs the test's cgroup has at connect4, of whomever. */
static uint32_t programs_on(const char *cgroup)
{
	CLEANUP(fd_close) int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t ids[16], count = 16;

	assert_int_equal(bpf_prog_query(fd, BPF_CGROUP_INET4_CONNECT, 0, NULL, ids, &count), 0);
	return count;
}

static const struct service_spec web = { .n = 1, .port = PORT, .protocol = IPPROTO_TCP, .slots = 1 };

static void a_restart_replaces_the_programs(void)
{
	CLEANUP(fd_close) int link = pin_open(), after = -1;
	CLEANUP(fd_close) int fd = socket_of(V4, SOCK_STREAM);
	uint32_t program = program_of(link);

	service_put(&web, WEB);
	backend_put(web.n, 0, 0, 0);
	assert_int_equal(connect_to(fd, V4, WEB, PORT), 0);
	load_again();
	assert_int_equal(program_of(link), program);
	attach_ok(world.cgroup);
	after = pin_open();
	assert_int_equal(id_of(after), id_of(link)); /* the same link: nothing was ever off */
	assert_true(program_of(link) != program);
	assert_int_equal(programs_on(world.cgroup), 1);
	assert_peer(fd, V4, WEB, PORT); /* and sockets know what they knew */
}

static void another_cgroup_is_moved_to(void)
{
	struct byway_path below = path_below(world.cgroup, "below");

	assert_int_equal(mkdir(below.text, 0755), 0);
	attach_ok(below.text);
	assert_int_equal(programs_on(world.cgroup), 0);
	assert_int_equal(programs_on(below.text), 1);
	attach_ok(world.cgroup);
	assert_int_equal(programs_on(world.cgroup), 1);
	assert_int_equal(programs_on(below.text), 0);
	assert_int_equal(rmdir(below.text), 0);
}

static void a_cgroup_that_is_gone_is_left(void)
{
	struct byway_path below = path_below(world.cgroup, "below");

	assert_int_equal(mkdir(below.text, 0755), 0);
	attach_ok(below.text);
	assert_int_equal(rmdir(below.text), 0);
	attach_ok(world.cgroup);
	assert_int_equal(programs_on(world.cgroup), 1);
}

static void others_programs_stay(void)
{
	CLEANUP(fd_close) int cgroup = open(world.cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(fd_close) int ours = bpf_obj_get(program_path(SOCKETS_BPF_DIR, HOOK).text);
	CLEANUP(fd_close)
	int others = bpf_link_create(ours, cgroup, BPF_CGROUP_INET4_CONNECT, NULL);

	assert_true(others >= 0);
	attach_ok(world.cgroup);
	assert_int_equal(programs_on(world.cgroup), 2);
	assert_int_equal(socket_detach(SOCKETS_BPF_DIR), SOCKET_HOOK_COUNT);
	assert_int_equal(programs_on(world.cgroup), 1);
	attach_ok(world.cgroup);
	assert_int_equal(programs_on(world.cgroup), 2);
}

static void detaching_leaves_nothing(void)
{
	CLEANUP(fd_close) int fd = socket_of(V4, SOCK_STREAM);

	assert_int_equal(socket_detach(SOCKETS_BPF_DIR), SOCKET_HOOK_COUNT);
	assert_int_equal(socket_attached(SOCKETS_BPF_DIR), 0);
	assert_int_equal(programs_on(world.cgroup), 0);
	assert_int_equal(socket_detach(SOCKETS_BPF_DIR), 0);
	assert_int_equal(rmdir(SOCKETS_BPF_DIR "/links"), 0); /* empty */
	assert_int_equal(mkdir(SOCKETS_BPF_DIR "/links", 0700), 0);
	service_put(&web, WEB);
	backend_put(web.n, 0, 0, 0);
	assert_int_equal(connect_to(fd, V4, WEB, PORT), -ENETUNREACH);
	attach_ok(world.cgroup);
	assert_int_equal(connect_to(fd, V4, WEB, PORT), 0);
}

static void other_directories_are_refused(void)
{
	assert_int_equal(socket_attach(SOCKETS_BPF_DIR, "/tmp", &err), -EINVAL);
	assert_int_equal(socket_attach(SOCKETS_BPF_DIR, "/nowhere/at/all", &err), -EINVAL);
	assert_int_equal(socket_attach(SOCKETS_BPF_DIR, "/etc/passwd", &err), -EINVAL);
	assert_int_equal(socket_attached(SOCKETS_BPF_DIR), SOCKET_HOOK_COUNT);
}

struct attach_row {
	const char *sentence;
	void (*test)(void);
};

/* clang-format off */
static const struct attach_row rows[] = {
	{ "a restart replaces the programs and loses no socket", a_restart_replaces_the_programs },
	{ "another cgroup is moved to", another_cgroup_is_moved_to },
	{ "a cgroup that is gone is left for another", a_cgroup_that_is_gone_is_left },
	{ "programs of others stay where they are", others_programs_stay },
	{ "detaching leaves nothing and can be undone", detaching_leaves_nothing },
	{ "what is no cgroup2 is refused", other_directories_are_refused },
};
/* clang-format on */

static void row_test(void **state)
{
	const struct attach_row *row = *state;

	if (missing)
		skip();
	sockets_renew(false);
	row->test();
}

static int world_begin(void **state)
{
	(void)state;
	missing = sockets_begin();
	if (missing)
		fprintf(stderr, "# skipped: %s\n", missing);
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	sockets_end();
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	return cases_run("socket_attach", &cases, world_begin, world_end);
}
