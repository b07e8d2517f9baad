/* SPDX-License-Identifier: Apache-2.0 */
/* test_directory - a real directory with files that come, change, break and go. */
#include "support/cases.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "agent/clock.h"
#include "agent/source/directory.h"
#include "base/cleanup.h"
#include "base/file.h"

#define MS 1000000
#define PATIENCE_MS 8000
#define LOG_SIZE 16384

#define NAMED(name, team) \
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: " name ", labels: {team: " team "}}\n"
#define A1 NAMED("a", "one")
#define A2 NAMED("a", "two")
#define B1 NAMED("b", "one")
#define B2 NAMED("b", "two")
#define B_BAD NAMED("b", "'?'")
#define C1 NAMED("c", "one")
#define NAMELESS "apiVersion: v1\nkind: Namespace\nmetadata: {name: ..}\n"
#define AND "---\n"

struct world {
	char dir[64];
	struct directory_source *source;
	char log[LOG_SIZE]; /* "+a=one " put, "-a " gone, ". " settled */
	unsigned int settled;
};

static void log_add(struct world *world, const char *sign, const char *name, const char *value)
{
	size_t used = strlen(world->log);

	snprintf(world->log + used, LOG_SIZE - used, "%s%s%s ", sign, name, value);
}

static void on_put(struct object *object, void *ctx)
{
	char value[80];

	snprintf(value, sizeof(value), "=%s", labels_get(&object->namespace_.labels, "team"));
	log_add(ctx, "+", object->name, value);
	object_free(&object);
}

static void on_gone(enum object_kind kind, const char *namespace, const char *name, void *ctx)
{
	assert_int_equal(kind, OBJECT_NAMESPACE);
	assert_string_equal(namespace, "");
	log_add(ctx, "-", name, "");
}

static void on_settled(void *ctx)
{
	struct world *world = ctx;

	world->settled++;
	log_add(world, ".", "", "");
}

static void path_of(const struct world *world, const char *name, char ret_path[256])
{
	snprintf(ret_path, 256, "%s/%s", world->dir, name);
}

static void file_write(const struct world *world, const char *name, const char *text)
{
	struct error err = {};
	char path[256];

	path_of(world, name, path);
	if (file_replace(path, text, 0644, &err))
		fail_msg("%s", err.text);
}

static void file_unlink(const struct world *world, const char *name)
{
	char path[256];

	path_of(world, name, path);
	assert_int_equal(unlink(path), 0);
}

static void link_make(const struct world *world, const char *target, const char *name)
{
	char path[256];

	path_of(world, name, path);
	assert_int_equal(symlink(target, path), 0);
}

static void source_start(struct world *world)
{
	struct source_sink sink = { on_put, on_gone, on_settled, world };
	struct error err = {};

	if (directory_source_new(world->dir, &sink, &world->source, &err))
		fail_msg("%s", err.text);
	assert_string_equal(world->log, "");
	assert_int_equal(directory_source_wait_ms(world->source), 0);
}

static void loop_once(struct world *world)
{
	struct pollfd fd = { directory_source_fd(world->source), POLLIN, 0 };

	poll(&fd, 1, directory_source_wait_ms(world->source));
	directory_source_take(world->source);
}

/* Until the next settled; then the log is what happened, and begins anew. */
static void settle(struct world *world, const char *expected)
{
	uint64_t until = clock_ns() + (uint64_t)PATIENCE_MS * MS;
	unsigned int before = world->settled;

	while (world->settled == before && clock_ns() < until)
		loop_once(world);
	assert_string_equal(world->log, expected);
	*world->log = '\0';
}

struct errors {
	char text[4096];
};

static void error_write(const char *file, unsigned int line, const char *reason, void *ctx)
{
	struct errors *errors = ctx;
	size_t used = strlen(errors->text);

	snprintf(errors->text + used, sizeof(errors->text) - used, "%s:%u: %s\n", file, line,
		 reason);
}

/* expected: a part of the list; "" = there is none. */
static void errors_are(const struct world *world, size_t count, const char *expected)
{
	struct errors errors = {};

	assert_int_equal(directory_source_errors(world->source, error_write, &errors), count);
	assert_int_equal(directory_source_errors(world->source, NULL, NULL), count);
	if (!strstr(errors.text, expected))
		fail_msg("the errors are \"%s\"", errors.text);
}

static void everything_is_told_once(struct world *world)
{
	file_write(world, "2.yml", B1);
	file_write(world, "1.yaml", A1);
	file_write(world, "3.json",
		   "{\"apiVersion\":\"v1\",\"kind\":\"NamespaceList\",\"items\":["
		   "{\"metadata\":{\"name\":\"c\",\"labels\":{\"team\":\"x\"}}}]}");
	source_start(world);
	settle(world, "+a=one +b=one +c=x . ");
	assert_true(directory_source_complete(world->source));
	assert_int_equal(directory_source_object_count(world->source), 3);
	assert_int_equal(directory_source_file_count(world->source), 3);
	errors_are(world, 0, "");
}

static void other_files_are_left_alone(struct world *world)
{
	char path[256];

	file_write(world, ".hidden.yaml", "{");
	file_write(world, "notes.txt", "{");
	file_write(world, "web.yaml~", "{");
	file_write(world, "yaml", "{");
	path_of(world, "sub.yaml", path);
	assert_int_equal(mkdir(path, 0755), 0);
	source_start(world);
	settle(world, ". ");
	errors_are(world, 0, "");
	assert_int_equal(directory_source_file_count(world->source), 0);
	file_write(world, ".hidden.yaml", "}");
	file_write(world, "a.yaml", A1);
	settle(world, "+a=one . ");
}

static void only_what_changed_is_told(struct world *world)
{
	file_write(world, "x.yaml", A1 AND B1);
	source_start(world);
	settle(world, "+a=one +b=one . ");
	file_write(world, "x.yaml", "# a comment\n" A1 AND B2 AND C1);
	settle(world, "+b=two +c=one . ");
	file_write(world, "x.yaml", C1 AND B2);
	settle(world, "-a . ");
	file_unlink(world, "x.yaml");
	file_write(world, "y.yaml", A1);
	settle(world, "+a=one -c -b . ");
	assert_int_equal(directory_source_object_count(world->source), 1);
}

static void a_file_written_in_place_is_read_when_closed(struct world *world)
{
	char path[256];
	int fd;

	source_start(world);
	settle(world, ". ");
	path_of(world, "x.yaml", path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, A1, strlen(A1)), strlen(A1));
	for (uint64_t until = clock_ns() + 50 * MS; clock_ns() < until;) {
		directory_source_take(world->source);
		nanosleep(&(struct timespec){ 0, 5 * MS }, NULL);
	}
	assert_string_equal(world->log, "");
	assert_int_equal(write(fd, AND B1, strlen(AND B1)), strlen(AND B1));
	close(fd);
	settle(world, "+a=one +b=one . ");
}

static void a_broken_file_keeps_what_it_gave(struct world *world)
{
	file_write(world, "x.yaml", A1 AND B1);
	file_write(world, "y.yaml", C1);
	source_start(world);
	settle(world, "+a=one +b=one +c=one . ");
	file_write(world, "x.yaml", A2 AND "a: [\n");
	settle(world, ". ");
	errors_are(world, 1, "x.yaml:6: not YAML: ");
	assert_int_equal(directory_source_object_count(world->source), 3);
	file_write(world, "x.yaml", A2);
	settle(world, "+a=two -b . ");
	errors_are(world, 0, "");
}

static void a_bad_object_keeps_its_former_version(struct world *world)
{
	file_write(world, "x.yaml", A1 AND B1 AND C1);
	source_start(world);
	settle(world, "+a=one +b=one +c=one . ");
	file_write(world, "x.yaml", A2 AND B_BAD);
	settle(world, "+a=two -c . ");
	errors_are(world, 1, "x.yaml:5: Namespace b: metadata.labels.team: '?' is not");
	file_write(world, "x.yaml", A2 AND B2);
	settle(world, "+b=two . ");
	errors_are(world, 0, "");
}

static void an_object_that_nobody_can_name_keeps_all(struct world *world)
{
	file_write(world, "x.yaml", A1 AND B1);
	source_start(world);
	settle(world, "+a=one +b=one . ");
	file_write(world, "x.yaml", A2 AND NAMELESS);
	settle(world, "+a=two . ");
	errors_are(world, 1, "x.yaml:5: Namespace: metadata.name: '..' is not a name");
	file_write(world, "x.yaml", A2);
	settle(world, "-b . ");
}

static void the_first_file_has_it(struct world *world)
{
	file_write(world, "2.yaml", A2 AND B1);
	source_start(world);
	settle(world, "+a=two +b=one . ");
	file_write(world, "1.yaml", A1);
	settle(world, "+a=one . ");
	errors_are(world, 1, "2.yaml:1: Namespace a: not used, because 1.yaml has it too\n");
	file_write(world, "3.yaml", "# other\n" A1);
	settle(world, ". ");
	errors_are(world, 2, "3.yaml:2: Namespace a: not used, because 1.yaml has it too\n");
	file_unlink(world, "1.yaml");
	settle(world, "+a=two . ");
	errors_are(world, 1, "3.yaml:2: Namespace a: not used, because 2.yaml has it too\n");
	file_unlink(world, "2.yaml");
	settle(world, "-b +a=one . ");
	errors_are(world, 0, "");
	file_unlink(world, "3.yaml");
	settle(world, "-a . ");
}

static void an_heir_of_the_same_content_is_silent(struct world *world)
{
	file_write(world, "1.yaml", A1);
	file_write(world, "2.yaml", A1);
	source_start(world);
	settle(world, "+a=one . ");
	file_unlink(world, "1.yaml");
	settle(world, ". ");
	file_write(world, "2.yaml", A2);
	settle(world, "+a=two . ");
}

static void an_object_that_moves_is_not_gone(struct world *world)
{
	file_write(world, "1.yaml", A1 AND B1);
	file_write(world, "2.yaml", C1);
	source_start(world);
	settle(world, "+a=one +b=one +c=one . ");
	file_write(world, "1.yaml", A1);
	file_write(world, "2.yaml", B2 AND C1);
	settle(world, "+b=two . ");
	file_write(world, "2.yaml", C1);
	file_write(world, "1.yaml", A1 AND B2);
	settle(world, ". ");
}

static void twice_in_one_file_is_a_mistake(struct world *world)
{
	file_write(world, "x.yaml", A1 AND A2);
	source_start(world);
	settle(world, "+a=one . ");
	errors_are(world, 1, "x.yaml:5: Namespace a: stands in this file already\n");
}

static void errors_beyond_twenty_are_counted(struct world *world)
{
	char text[4096] = "";

	for (int i = 0; i < 25; i++)
		strcat(text, NAMELESS AND);
	file_write(world, "x.yaml", text);
	source_start(world);
	settle(world, ". ");
	errors_are(world, 25, "x.yaml:0: and 5 more errors\n");
}

static void version_make(const struct world *world, const char *version, const char *text)
{
	char path[256];

	path_of(world, version, path);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/x.yaml", version);
	file_write(world, path, text);
}

static void a_mounted_config_map_is_followed(struct world *world)
{
	char from[256], to[256];

	version_make(world, "..1", A1);
	link_make(world, "..1", "..data");
	link_make(world, "..data/x.yaml", "x.yaml");
	source_start(world);
	settle(world, "+a=one . ");
	version_make(world, "..2", A2 AND B1);
	link_make(world, "..2", "..data_tmp");
	path_of(world, "..data_tmp", from);
	path_of(world, "..data", to);
	assert_int_equal(rename(from, to), 0);
	settle(world, "+a=two +b=one . ");
	errors_are(world, 0, "");
}

static void a_link_to_elsewhere_is_followed(struct world *world)
{
	struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	char path[256];

	path_of(world, "sub", path);
	assert_int_equal(mkdir(path, 0755), 0);
	file_write(world, "sub/y", A1);
	link_make(world, "sub/y", "x.yaml");
	source_start(world);
	settle(world, "+a=one . ");
	file_write(world, "sub/y", A2);
	path_of(world, "sub/y", path);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	settle(world, "+a=two . ");
}

static void a_link_to_nowhere_keeps_what_it_gave(struct world *world)
{
	file_write(world, "real", A1);
	link_make(world, "real", "x.yaml");
	source_start(world);
	settle(world, "+a=one . ");
	file_unlink(world, "x.yaml");
	link_make(world, "nowhere", "x.yaml");
	settle(world, ". ");
	errors_are(world, 1, "x.yaml:0: cannot be opened: No such file or directory\n");
	file_unlink(world, "x.yaml");
	settle(world, "-a . ");
}

static void dir_clear(const struct world *world)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", world->dir);
	assert_int_equal(system(command), 0);
}

static void the_directory_may_go_and_come(struct world *world)
{
	uint64_t until = clock_ns() + (uint64_t)PATIENCE_MS * MS;

	file_write(world, "x.yaml", A1 AND B1);
	source_start(world);
	settle(world, "+a=one +b=one . ");
	dir_clear(world);
	while (!directory_source_errors(world->source, NULL, NULL) && clock_ns() < until)
		loop_once(world);
	errors_are(world, 1, ":0: ");
	assert_string_equal(world->log, "");
	assert_int_equal(mkdir(world->dir, 0755), 0);
	file_write(world, "x.yaml", A2);
	settle(world, "+a=two -b . ");
	errors_are(world, 0, "");
	file_write(world, "x.yaml", A1);
	settle(world, "+a=one . ");
}

static void a_directory_that_is_late_is_waited_for(struct world *world)
{
	dir_clear(world);
	source_start(world);
	for (int i = 0; i < 2; i++)
		loop_once(world);
	assert_string_equal(world->log, "");
	assert_false(directory_source_complete(world->source));
	errors_are(world, 1, ":0: open directory '");
	assert_int_equal(mkdir(world->dir, 0755), 0);
	file_write(world, "x.yaml", A1);
	settle(world, "+a=one . ");
	assert_true(directory_source_complete(world->source));
}

static void a_start_with_a_broken_file_is_not_complete(struct world *world)
{
	file_write(world, "x.yaml", "{");
	file_write(world, "y.yaml", A1 AND B_BAD);
	source_start(world);
	settle(world, "+a=one . ");
	assert_false(directory_source_complete(world->source));
	file_write(world, "x.yaml", C1);
	settle(world, "+c=one . ");
	assert_false(directory_source_complete(world->source));
	file_write(world, "y.yaml", A1);
	settle(world, ". ");
	assert_true(directory_source_complete(world->source));
	file_write(world, "x.yaml", "{");
	settle(world, ". ");
	assert_true(directory_source_complete(world->source));
}

static void a_file_too_large_is_not_read(struct world *world)
{
	struct rusage before, after;
	char path[256];

	file_write(world, "x.yaml", A1);
	source_start(world);
	settle(world, "+a=one . ");
	getrusage(RUSAGE_SELF, &before);
	file_write(world, ".large", "");
	path_of(world, ".large", path);
	assert_int_equal(truncate(path, 100 * 1024 * 1024), 0);
	{
		char to[256];

		path_of(world, "x.yaml", to);
		assert_int_equal(rename(path, to), 0);
	}
	settle(world, ". ");
	errors_are(world, 1, "x.yaml:0: is larger than 64 MiB\n");
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 4096);
}

static void a_pipe_does_not_stop_the_source(struct world *world)
{
	char path[256];

	path_of(world, "x.yaml", path);
	assert_int_equal(mkfifo(path, 0644), 0);
	file_write(world, "y.yaml", A1);
	link_make(world, "/dev/zero", "z.yaml");
	source_start(world);
	settle(world, "+a=one . ");
	errors_are(world, 2, "x.yaml:0: is not a regular file\n");
	errors_are(world, 2, "z.yaml:0: is not a regular file\n");
}

static void binary_junk_harms_nothing_else(struct world *world)
{
	file_write(world, "x.json",
		   "\x7f"
		   "ELF\x02");
	file_write(world, "y.yaml", A1);
	source_start(world);
	settle(world, "+a=one . ");
	errors_are(world, 1, "x.json:1: not YAML: control characters are not allowed");
}

static void a_burst_is_one_pass(struct world *world)
{
	char name[32], text[256];

	source_start(world);
	settle(world, ". ");
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "%02d.yaml", i);
		snprintf(text, sizeof(text), NAMED("n%d", "x"), i);
		file_write(world, name, text);
	}
	while (directory_source_object_count(world->source) < 50)
		loop_once(world);
	assert_true(world->settled <= 3);
}

static void constant_change_is_told_within_its_bound(struct world *world)
{
	uint64_t begin;
	int i = 0;

	source_start(world);
	settle(world, ". ");
	begin = clock_ns();
	while (world->settled == 1 && clock_ns() - begin < (uint64_t)PATIENCE_MS * MS) {
		file_write(world, i % 2 ? "x.yaml" : "y.yaml", i % 4 ? A1 : A2);
		directory_source_take(world->source);
		nanosleep(&(struct timespec){ 0, 1 * MS }, NULL);
		i++;
	}
	assert_int_equal(world->settled, 2);
	assert_true(clock_ns() - begin >= 150 * (uint64_t)MS);
}

struct claim_row {
	const char *sentence;
	void (*check)(struct world *world);
};

static const struct claim_row claims[] = {
	{ "everything is told once, by name of file", everything_is_told_once },
	{ "other files are left alone", other_files_are_left_alone },
	{ "only what changed is told", only_what_changed_is_told },
	{ "a file written in place is read when it is closed",
	  a_file_written_in_place_is_read_when_closed },
	{ "a broken file keeps what it gave", a_broken_file_keeps_what_it_gave },
	{ "a bad object keeps its former version", a_bad_object_keeps_its_former_version },
	{ "an object that nobody can name keeps all of its file",
	  an_object_that_nobody_can_name_keeps_all },
	{ "of two files the first has an object, and the other inherits", the_first_file_has_it },
	{ "an heir of the same content is silent", an_heir_of_the_same_content_is_silent },
	{ "an object that moves to another file is not gone", an_object_that_moves_is_not_gone },
	{ "an object twice in one file is a mistake", twice_in_one_file_is_a_mistake },
	{ "errors beyond twenty are counted", errors_beyond_twenty_are_counted },
	{ "a mounted ConfigMap is followed", a_mounted_config_map_is_followed },
	{ "a link to elsewhere is followed", a_link_to_elsewhere_is_followed },
	{ "a link to nowhere keeps what it gave", a_link_to_nowhere_keeps_what_it_gave },
	{ "the directory may go and come", the_directory_may_go_and_come },
	{ "a directory that is late is waited for", a_directory_that_is_late_is_waited_for },
	{ "a start with a broken file is not complete",
	  a_start_with_a_broken_file_is_not_complete },
	{ "a file of 100 MiB is refused and not read", a_file_too_large_is_not_read },
	{ "pipes and devices do not stop the source", a_pipe_does_not_stop_the_source },
	{ "binary junk harms nothing else", binary_junk_harms_nothing_else },
	{ "a burst of files is one pass", a_burst_is_one_pass },
	{ "constant change is told within its bound", constant_change_is_told_within_its_bound },
};

static void claim_holds(void **state)
{
	const struct claim_row *row = *state;
	struct world world = { .dir = "/tmp/byway_test_directory_XXXXXX" };

	assert_non_null(mkdtemp(world.dir));
	row->check(&world);
	directory_source_free(&world.source);
	dir_clear(&world);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, claims, claim_holds);
	return cases_run("agent/source/directory", &cases, NULL, NULL);
}
