/* SPDX-License-Identifier: Apache-2.0 */
/* test_record - records: what is written is read, and what anybody may have written is checked. */
#include "datapath/record.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "byway/ip_text.h"
#include "support/cases.h"

#define NAMES "\"containerID\":\"c1\",\"ifname\":\"eth0\",\"hostInterface\":\"veth1\","
#define MAC "\"mac\":\"02:0a:00:00:00:0a\""
#define LETTERS_16 "abcdefghijklmnop"
#define LETTERS_64 LETTERS_16 LETTERS_16 LETTERS_16 LETTERS_16
#define LETTERS_256 LETTERS_64 LETTERS_64 LETTERS_64 LETTERS_64

static char run_dir[] = "/tmp/byway-record-XXXXXX";
static struct error err;

struct parse_row {
	const char *sentence;
	const char *text;
	const char *error; /* NULL = understood */
};

/* clang-format off */
static const struct parse_row parse_rows[] = {
	{ "the least that a record needs", "{" NAMES MAC "}", NULL },
	{ "unknown fields of a later release are passed over", "{" NAMES MAC ",\"later\":[1,{}]}", NULL },
	{ "an address of each family", "{" NAMES MAC ",\"addresses\":[\"10.9.0.2\",\"fd09::2\"]}", NULL },
	{ "no JSON", "containerID=c1", "r is not valid JSON" },
	{ "half a record", "{" NAMES, "r is not valid JSON" },
	{ "a list", "[]", "r: containerID, ifname or hostInterface is no such name" },
	{ "no MAC address", "{" NAMES "\"mtu\":1500}", "r: mac: '' is no MAC address" },
	{ "a MAC address that is none", "{" NAMES "\"mac\":\"02:0a\"}", "r: mac: '02:0a' is no MAC address" },
	{ "no container", "{\"ifname\":\"eth0\",\"hostInterface\":\"veth1\"," MAC "}", "is no such name" },
	{ "a container's id that climbs out of the folder",
	  "{\"containerID\":\"../../etc\",\"ifname\":\"eth0\",\"hostInterface\":\"veth1\"," MAC "}", "is no such name" },
	{ "an interface's name that climbs out of the folder",
	  "{\"containerID\":\"c1\",\"ifname\":\"../x\",\"hostInterface\":\"veth1\"," MAC "}", "is no such name" },
	{ "a host interface that climbs out of the folder",
	  "{\"containerID\":\"c1\",\"ifname\":\"eth0\",\"hostInterface\":\"../x\"," MAC "}", "is no such name" },
	{ "an interface's name longer than the kernel has any",
	  "{\"containerID\":\"c1\",\"ifname\":\"" LETTERS_16 "\",\"hostInterface\":\"veth1\"," MAC "}",
	  "r: ifname: longer than 15 bytes" },
	{ "a container's id longer than a file's name may be",
	  "{\"containerID\":\"" LETTERS_256 "\",\"ifname\":\"eth0\",\"hostInterface\":\"veth1\"," MAC "}",
	  "r: containerID: longer than 200 bytes" },
	{ "a pod's name longer than any", "{" NAMES MAC ",\"pod\":{\"name\":\"" LETTERS_256 "\"}}", "r: name: longer than 253 bytes" },
	{ "a pod that is no object", "{" NAMES MAC ",\"pod\":\"web\"}", "r: pod: must be an object" },
	{ "an interface number below zero", "{" NAMES MAC ",\"ifindex\":-1}", "r: ifindex: must be a whole number" },
	{ "an interface number above all", "{" NAMES MAC ",\"ifindex\":2147483648}", "r: ifindex: must be a whole number" },
	{ "an MTU above all", "{" NAMES MAC ",\"mtu\":65536}", "r: mtu: must be a whole number from 0 to 65535" },
	{ "an address that is none", "{" NAMES MAC ",\"addresses\":[\"10.9.0\"]}", "r: addresses: not a short list" },
	{ "an address that is a number", "{" NAMES MAC ",\"addresses\":[10]}", "r: addresses: not a short list" },
	{ "a port mapping",
	  "{" NAMES MAC ",\"portMappings\":[{\"hostPort\":80,\"containerPort\":8080,\"protocol\":\"tcp\",\"hostIP\":\"::\"}]}", NULL },
	{ "a port mapping without a port",
	  "{" NAMES MAC ",\"portMappings\":[{\"containerPort\":8080,\"protocol\":\"tcp\",\"hostIP\":\"::\"}]}",
	  "r: portMappings: not a port" },
	{ "a port mapping with a port above all",
	  "{" NAMES MAC ",\"portMappings\":[{\"hostPort\":65536}]}", "portMappings.hostPort: must be a whole number" },
	{ "a port mapping of a protocol that has none",
	  "{" NAMES MAC ",\"portMappings\":[{\"hostPort\":80,\"containerPort\":8080,\"protocol\":\"icmp\",\"hostIP\":\"::\"}]}",
	  "r: portMappings: not a port" },
	{ "port mappings that are no list", "{" NAMES MAC ",\"portMappings\":{}}", "r: portMappings: must be a list" },
	{ "nine addresses", "{" NAMES MAC ",\"addresses\":[\"::1\",\"::2\",\"::3\",\"::4\",\"::5\",\"::6\",\"::7\",\"::8\",\"::9\"]}",
	  "r: addresses: not a short list" },
	{ "addresses that are no list", "{" NAMES MAC ",\"addresses\":\"10.9.0.2\"}", "r: addresses: must be a list" },
};

struct collision_row {
	const char *sentence;
	const char *ips[2];
	uint16_t ports[2];
	uint8_t protocols[2];
	bool collides;
};

#define ANY "::"
static const struct collision_row collision_rows[] = {
	{ "the same port of every address", { ANY, ANY }, { 80, 80 }, { 6, 6 }, true },
	{ "another port", { ANY, ANY }, { 80, 81 }, { 6, 6 }, false },
	{ "another protocol", { ANY, ANY }, { 80, 80 }, { 6, 17 }, false },
	{ "every address holds one", { ANY, "192.0.2.1" }, { 80, 80 }, { 6, 6 }, true },
	{ "one is held by every address", { "2001:db8::1", ANY }, { 80, 80 }, { 6, 6 }, true },
	{ "two addresses", { "192.0.2.1", "192.0.2.2" }, { 80, 80 }, { 6, 6 }, false },
	{ "one address twice", { "192.0.2.1", "192.0.2.1" }, { 80, 80 }, { 6, 6 }, true },
	{ "every IPv4 address holds one", { "0.0.0.0", "192.0.2.1" }, { 80, 80 }, { 6, 6 }, true },
	{ "and none of IPv6", { "0.0.0.0", "2001:db8::1" }, { 80, 80 }, { 6, 6 }, false },
};

struct name_row {
	const char *sentence;
	const char *name;
	bool container, ifname;
};

static const struct name_row name_rows[] = {
	{ "a plain name is both", "eth0", true, true },
	{ "a hash is a container's id and too long for an interface", LETTERS_64, true, false },
	{ "dots, dashes and underscores may follow", "a_b.c-d", true, true },
	{ "nothing is neither", "", false, false },
	{ "one dot is neither", ".", false, false },
	{ "two dots are neither", "..", false, false },
	{ "a container's id begins with a letter or digit", "-a", false, true },
	{ "a slash is in neither", "a/b", false, false },
	{ "a colon, which parts the two in a file's name, is in neither", "a:b", false, false },
	{ "a space is in neither", "a b", false, false },
	{ "a line's end is in neither", "a\n", false, false },
	{ "letters beyond ASCII are in neither", "\xc3\xa9", false, false },
	{ "15 letters are an interface's name", "abcdefghijklmno", true, true },
	{ "16 letters are none", LETTERS_16, true, false },
	{ "other signs are an interface's name only", "a+b@c", false, true },
	{ "more than 200 letters are neither", LETTERS_256, false, false },
};
/* clang-format on */

static void parse_test(void **state)
{
	const struct parse_row *row = *state;
	struct record record = { .mtu = 77 };
	int rc = record_parse(row->text, strlen(row->text), "r", &record, &err);

	if (!row->error) {
		assert_int_equal(rc, 0);
		assert_string_equal(record.container_id, "c1");
		return;
	}
	assert_true(rc < 0);
	if (!strstr(err.text, row->error))
		fail_msg("'%s' does not say '%s'", err.text, row->error);
	assert_int_equal(record.mtu, 77); /* untouched */
}

static void collision_test(void **state)
{
	const struct collision_row *row = *state;
	struct port_mapping mappings[2] = {};

	for (int i = 0; i < 2; i++) {
		mappings[i].host_port = row->ports[i];
		mappings[i].protocol = row->protocols[i];
		assert_true(ip_addr_parse(row->ips[i], &mappings[i].host_ip));
	}
	assert_int_equal(port_mapping_collides(&mappings[0], &mappings[1]), row->collides);
	assert_int_equal(port_mapping_collides(&mappings[1], &mappings[0]), row->collides);
}

static void name_test(void **state)
{
	const struct name_row *row = *state;

	assert_int_equal(container_id_is_valid(row->name), row->container);
	assert_int_equal(ifname_is_valid(row->name), row->ifname);
}

static struct record record_of(const char *container_id)
{
	struct record record = {
		.ifname = "eth0",
		.network = "byway",
		.netns = "/run/netns/with \"quotes\" and \\",
		.host_ifname = "veth0123456789a",
		.ifindex = 2147483647,
		.mtu = 65535,
		.mac = { 2, 10, 0, 255, 0, 10 },
		.address_count = 2,
		.mappings = { { .host_port = 53, .container_port = 5353, .protocol = 17 },
			      { .host_port = 65535, .container_port = 1, .protocol = 132 } },
		.mapping_count = 2,
		.ipam = "host-local",
		.pod_namespace = "default",
		.pod_name = "web-1",
		.pod_uid = "0e1f",
	};

	snprintf(record.container_id, sizeof(record.container_id), "%s", container_id);
	assert_true(ip_addr_parse("10.9.0.2", &record.addresses[0]));
	assert_true(ip_addr_parse("fd09::2", &record.addresses[1]));
	assert_true(ip_addr_parse("192.0.2.1", &record.mappings[0].host_ip));
	return record;
}

static void what_was_written_is_read(void **state)
{
	struct record record = record_of("c1"), again;

	(void)state;
	assert_int_equal(record_write(run_dir, &record, &err), 0);
	assert_int_equal(record_read(run_dir, "c1", "eth0", &again, &err), 0);
	assert_memory_equal(&again, &record, sizeof(record));
	assert_int_equal(record_remove(run_dir, "c1", "eth0", &err), 0);
}

static void removing_is_done_when_nothing_is_there(void **state)
{
	struct record record;

	(void)state;
	assert_int_equal(record_remove(run_dir, "c2", "eth0", &err), 0);
	assert_int_equal(record_read(run_dir, "c2", "eth0", &record, &err), -ENOENT);
}

struct seen {
	size_t records, broken;
	size_t stop_after;
};

static int record_seen(const struct record *record, void *ctx)
{
	struct seen *seen = ctx;

	assert_string_equal(record->ifname, "eth0");
	return ++seen->records == seen->stop_after ? 5 : 0;
}

static void broken_seen(const char *file, const struct error *why, void *ctx)
{
	struct seen *seen = ctx;

	assert_string_equal(file, "broken:eth0.json");
	assert_true(why->code < 0);
	seen->broken++;
}

static void records_make(void)
{
	static const char *const ids[] = { "c1", "c2", "c3" };
	char path[256];

	for (size_t i = 0; i < 3; i++) {
		struct record record = record_of(ids[i]);

		assert_int_equal(record_write(run_dir, &record, &err), 0);
	}
	snprintf(path, sizeof(path), "%s/endpoints/broken:eth0.json", run_dir);
	assert_int_equal(file_replace(path, "{", 0600, &err), 0);
	snprintf(path, sizeof(path), "%s/endpoints/.c4:eth0.json.1234", run_dir);
	assert_int_equal(file_replace(path, "{", 0600, &err), 0);
}

static void records_clear(void)
{
	char path[256];

	for (size_t i = 1; i <= 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "c%zu", i);
		assert_int_equal(record_remove(run_dir, id, "eth0", &err), 0);
	}
	assert_int_equal(record_remove(run_dir, "broken", "eth0", &err), 0);
	snprintf(path, sizeof(path), "%s/endpoints/.c4:eth0.json.1234", run_dir);
	assert_int_equal(unlink(path), 0);
}

static void a_walk_meets_every_record(void **state)
{
	struct seen seen = {};

	(void)state;
	records_make();
	assert_int_equal(record_for_each(run_dir, record_seen, broken_seen, &seen, &err), 0);
	assert_int_equal(seen.records, 3);
	assert_int_equal(seen.broken, 1);
	assert_int_equal(record_for_each(run_dir, record_seen, NULL, &seen, &err), 0);
	assert_int_equal(seen.records, 6);
	records_clear();
}

static void a_walk_stops_when_told(void **state)
{
	struct seen seen = { .stop_after = 2 };

	(void)state;
	records_make();
	assert_int_equal(record_for_each(run_dir, record_seen, broken_seen, &seen, &err), 5);
	assert_int_equal(seen.records, 2);
	records_clear();
}

static void no_folder_means_no_records(void **state)
{
	struct seen seen = {};

	(void)state;
	assert_int_equal(record_for_each("/nowhere", record_seen, broken_seen, &seen, &err), 0);
	assert_int_equal(seen.records + seen.broken, 0);
}

static void the_host_side_is_named_by_its_owner(void **state)
{
	char ifname[IFNAME_MAX];

	(void)state;
	host_ifname_of(0xffff0123456789abULL, ifname);
	assert_string_equal(ifname, "veth123456789ab");
	host_ifname_of(1, ifname);
	assert_string_equal(ifname, "veth00000000001");
	assert_true(ifname_is_valid(ifname));
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(run_dir) ? 0 : -1;
}

static int folder_remove(void **state)
{
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/endpoints", run_dir);
	rmdir(path);
	return rmdir(run_dir);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, parse_rows, parse_test);
	ROWS_ADD(&cases, name_rows, name_test);
	ROWS_ADD(&cases, collision_rows, collision_test);
	case_add(&cases, "what was written is read", what_was_written_is_read, NULL);
	case_add(&cases, "removing is done when nothing is there",
		 removing_is_done_when_nothing_is_there, NULL);
	case_add(&cases, "a walk meets every record, and none half written",
		 a_walk_meets_every_record, NULL);
	case_add(&cases, "a walk stops when told", a_walk_stops_when_told, NULL);
	case_add(&cases, "no folder means no records", no_folder_means_no_records, NULL);
	case_add(&cases, "the host side is named by its owner", the_host_side_is_named_by_its_owner,
		 NULL);
	return cases_run("record", &cases, folder_make, folder_remove);
}
