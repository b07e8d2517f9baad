/* SPDX-License-Identifier: Apache-2.0 */
/* test_local_pods - what records tell reaches the cluster, and goes with them. */
#include "support/cases.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "agent/local_pods.h"
#include "byway/ip_text.h"

static struct error err;

static struct record record_of(const char *container, const char *pod, const char *addr,
			       uint16_t host_port)
{
	struct record record = { .ifname = "eth0", .address_count = 1 };

	snprintf(record.container_id, sizeof(record.container_id), "%s", container);
	snprintf(record.pod_namespace, sizeof(record.pod_namespace), "%s", *pod ? "default" : "");
	snprintf(record.pod_name, sizeof(record.pod_name), "%s", pod);
	assert_true(ip_addr_parse(addr, &record.addresses[0]));
	if (host_port)
		record.mappings[record.mapping_count++] = (struct port_mapping){
			.host_port = host_port, .container_port = 80, .protocol = IPPROTO_TCP
		};
	return record;
}

/* The host ports that the cluster knows, in the order in which they came: "8080 8081 ". */
static void ports_are(const struct cluster *cluster, const char *wanted)
{
	const struct cluster_service *service = cluster_services(cluster);
	char text[128] = "";

	for (; service; service = service->hh.next)
		if (service->object && service->host_port)
			sprintf(text + strlen(text), "%u ",
				service->object->service.ports[0].node_port);
	assert_string_equal(text, wanted);
}

/* The address that a Pod object without a status has by what was told. */
static void address_is(struct cluster *cluster, const char *pod, const char *wanted)
{
	struct object *object = calloc(1, sizeof(*object));
	struct cluster_service *service;
	struct addrs addrs = {};
	bool local;

	object->kind = OBJECT_POD;
	object->namespace = object_text("default");
	object->name = object_text(pod);
	object->pod.node_name = object_text("node-1");
	object->pod.uid = object_text("");
	object->pod.ready = true;
	assert_int_equal(cluster_put(cluster, object, &err), 0);

	object = calloc(1, sizeof(*object));
	object->kind = OBJECT_SERVICE;
	object->namespace = object_text("default");
	object->name = object_text("probe");
	/* Who selects nothing is not asked for pods. */
	object->service.selector.items = calloc(1, sizeof(struct label));
	object->service.selector.items[0] = (struct label){ object_text("a"), object_text("b") };
	object->service.selector.count = 1;
	assert_int_equal(cluster_put(cluster, object, &err), 0);
	service = cluster_service_find(cluster, "default/probe");
	assert_non_null(service);
	for (struct cluster_pod *each = cluster_pods(service); each; each = each->next)
		if (!strcmp(each->object->name, pod))
			addrs = cluster_pod_ips(cluster, each, &local);
	assert_int_equal(addrs.count, *wanted ? 1 : 0);
	if (*wanted)
		assert_string_equal(ip_addr_text(&addrs.items[0]).text, wanted);
}

struct world {
	struct cluster *cluster;
	struct local_pods pods;
};

static int world_begin(void **state)
{
	static struct world world;

	world = (struct world){ .cluster = cluster_new("node-1") };
	world.pods.cluster = world.cluster;
	*state = &world;
	return world.cluster ? 0 : -1;
}

static int world_end(void **state)
{
	struct world *world = *state;

	local_pods_done(&world->pods);
	cluster_free(&world->cluster);
	return 0;
}

static void put(struct world *world, const struct record *record)
{
	assert_int_equal(local_pods_put(&world->pods, record, &err), 0);
}

static void a_record_tells_of_address_and_port(void **state)
{
	struct world *world = *state;
	struct record record = record_of("c1", "web", "10.9.1.2", 8080);

	put(world, &record);
	ports_are(world->cluster, "8080 ");
	address_is(world->cluster, "web", "10.9.1.2");
	local_pods_gone(&world->pods, "c1:eth0");
	ports_are(world->cluster, "");
	address_is(world->cluster, "web", "");
	local_pods_gone(&world->pods, "c1:eth0");
}

static void a_changed_record_replaces_what_it_told(void **state)
{
	struct world *world = *state;
	struct record record = record_of("c1", "web", "10.9.1.2", 8080);

	put(world, &record);
	record = record_of("c1", "web", "10.9.1.3", 8081);
	put(world, &record);
	ports_are(world->cluster, "8081 ");
	address_is(world->cluster, "web", "10.9.1.3");
	record.mapping_count = 0;
	put(world, &record);
	ports_are(world->cluster, "");
}

static void a_new_sandbox_outlives_the_old_ones_record(void **state)
{
	struct world *world = *state;
	struct record old = record_of("c1", "web", "10.9.1.2", 0);
	struct record new = record_of("c2", "web", "10.9.1.3", 0);

	put(world, &old);
	put(world, &new);
	address_is(world->cluster, "web", "10.9.1.3");
	local_pods_gone(&world->pods, "c1:eth0");
	address_is(world->cluster, "web", "10.9.1.3");
	local_pods_gone(&world->pods, "c2:eth0");
	address_is(world->cluster, "web", "");
}

static void a_pod_without_a_name_has_its_ports(void **state)
{
	struct world *world = *state;
	struct record record = record_of("c1", "", "10.9.1.2", 8080);

	put(world, &record);
	ports_are(world->cluster, "8080 ");
	local_pods_gone(&world->pods, "c1:eth0");
	ports_are(world->cluster, "");
}

static void a_scan_takes_away_what_it_did_not_meet(void **state)
{
	struct world *world = *state;
	struct record a = record_of("c1", "web", "10.9.1.2", 8080);
	struct record b = record_of("c2", "api", "10.9.1.3", 8081);

	put(world, &a);
	put(world, &b);
	local_pods_scan_begin(&world->pods);
	put(world, &b);
	local_pods_scan_end(&world->pods);
	ports_are(world->cluster, "8081 ");
	address_is(world->cluster, "api", "10.9.1.3");
	address_is(world->cluster, "web", "");
}

static void each_mapping_is_a_port(void **state)
{
	struct world *world = *state;
	struct record record = record_of("c1", "web", "10.9.1.2", 8080);

	record.mappings[1] = record.mappings[0];
	record.mappings[1].host_port = 8081;
	record.mapping_count = 2;
	put(world, &record);
	ports_are(world->cluster, "8080 8081 ");
	record.mapping_count = 1;
	put(world, &record);
	ports_are(world->cluster, "8080 ");
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, world_begin, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_record_tells_of_address_and_port),
		CASE(a_changed_record_replaces_what_it_told),
		CASE(a_new_sandbox_outlives_the_old_ones_record),
		CASE(a_pod_without_a_name_has_its_ports),
		CASE(a_scan_takes_away_what_it_did_not_meet),
		CASE(each_mapping_is_a_port),
	};

	return cmocka_run_group_tests_name("agent/local_pods", tests, NULL, NULL);
}
