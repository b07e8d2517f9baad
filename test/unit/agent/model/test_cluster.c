/* SPDX-License-Identifier: Apache-2.0 */
/* test_cluster - which services a change makes dirty, and what is known afterwards. */
#include "support/cases.h"

#include <errno.h>
#include <stdio.h>

#include "agent/model/cluster.h"
#include "agent/model/name_table.h"
#include "support/objects.h"

static void put(struct cluster *cluster, struct object *object)
{
	struct error err;

	assert_int_equal(cluster_put(cluster, object, &err), 0);
}

static void service_put_text(struct cluster *cluster, const char *name, const char *app)
{
	struct object *object = object_make(OBJECT_SERVICE, "default", name);

	if (app)
		label_push(&object->service.selector, "app", app);
	put(cluster, object);
}

static void slice_put_text(struct cluster *cluster, const char *namespace, const char *name,
			   const char *service, const char *hint)
{
	struct object *object = object_make(OBJECT_SLICE, namespace, name);
	struct slice_endpoint *endpoint;

	slice_of(object, service);
	slice_port_push(object, "http", 8080, IPPROTO_TCP);
	endpoint = endpoint_push(object, addr_of("10.1.0.1"), "node_2");
	if (hint)
		name_push(&endpoint->hint_zones, hint);
	put(cluster, object);
}

static void pod_put_text(struct cluster *cluster, const char *namespace, const char *name,
			 const char *app)
{
	struct object *object = object_make(OBJECT_POD, namespace, name);

	label_push(&object->pod.labels, "app", app);
	put(cluster, object);
}

static void node_put_text(struct cluster *cluster, const char *name, const char *zone)
{
	struct object *object = object_make(OBJECT_NODE, "", name);

	object->node.zone = object_text(zone);
	put(cluster, object);
}

/*
 * The stage: svc_web with a slice (hinted), svc_db with a slice, svc_api, which selects app=api and
 * has no slice, and pod_api.
 */
static struct cluster *stage(void)
{
	struct cluster *cluster = cluster_new("node_1");

	assert_non_null(cluster);
	service_put_text(cluster, "svc_web", "web");
	slice_put_text(cluster, "default", "web-1", "svc_web", "zone_a");
	service_put_text(cluster, "svc_db", "db");
	slice_put_text(cluster, "default", "db-1", "svc_db", NULL);
	service_put_text(cluster, "svc_api", "api");
	pod_put_text(cluster, "default", "pod_api", "api");
	while (cluster_dirty_next(cluster))
		;
	return cluster;
}

static void web_again(struct cluster *cluster)
{
	service_put_text(cluster, "svc_web", "web");
}

static void web_gone(struct cluster *cluster)
{
	cluster_gone(cluster, OBJECT_SERVICE, "default", "svc_web");
}

static void slice_again(struct cluster *cluster)
{
	slice_put_text(cluster, "default", "web-1", "svc_web", NULL);
}

static void slice_moved(struct cluster *cluster)
{
	slice_put_text(cluster, "default", "web-1", "svc_db", NULL);
}

static void slice_gone_text(struct cluster *cluster)
{
	cluster_gone(cluster, OBJECT_SLICE, "default", "web-1");
}

static void slice_elsewhere(struct cluster *cluster)
{
	slice_put_text(cluster, "other", "web-1", "svc_web", NULL);
}

static void slice_of_nobody(struct cluster *cluster)
{
	slice_put_text(cluster, "default", "stray", "", NULL);
}

static void slice_for_api(struct cluster *cluster)
{
	slice_put_text(cluster, "default", "api-1", "svc_api", NULL);
}

static void api_pod_again(struct cluster *cluster)
{
	pod_put_text(cluster, "default", "pod_api", "api");
}

static void api_pod_relabelled(struct cluster *cluster)
{
	pod_put_text(cluster, "default", "pod_api", "other");
}

static void api_pod_gone(struct cluster *cluster)
{
	cluster_gone(cluster, OBJECT_POD, "default", "pod_api");
}

static void api_pod_elsewhere(struct cluster *cluster)
{
	pod_put_text(cluster, "other", "pod_api", "api");
}

static void web_pod(struct cluster *cluster)
{
	pod_put_text(cluster, "default", "pod_web", "web");
}

static void api_pod_told(struct cluster *cluster)
{
	struct ip_addr addr = addr_of("10.1.0.9");
	struct error err;

	assert_int_equal(cluster_pod_addresses(cluster, "default", "pod_api", &addr, 1, &err), 0);
}

static void zone_known(struct cluster *cluster)
{
	node_put_text(cluster, "node_1", "zone_a");
}

static void zone_same(struct cluster *cluster)
{
	node_put_text(cluster, "node_1", "");
}

static void zone_of_other(struct cluster *cluster)
{
	node_put_text(cluster, "node_2", "zone_a");
}

static void host_port(struct cluster *cluster)
{
	struct host_port port = { .label = "default/pod_a",
				  .host_port = 8080,
				  .pod_port = 80,
				  .protocol = IPPROTO_TCP,
				  .pod = { addr_of("10.1.0.1") },
				  .pod_count = 1 };
	struct error err;

	assert_int_equal(cluster_host_port_put(cluster, "container:eth0:0", &port, &err), 0);
}

static void host_port_twice(struct cluster *cluster)
{
	host_port(cluster);
	cluster_host_port_gone(cluster, "container:eth0:0");
}

static void twice(struct cluster *cluster)
{
	web_again(cluster);
	slice_again(cluster);
}

static void unknown_gone(struct cluster *cluster)
{
	cluster_gone(cluster, OBJECT_SERVICE, "default", "nobody");
	cluster_gone(cluster, OBJECT_SLICE, "default", "nobody");
	cluster_gone(cluster, OBJECT_POD, "default", "nobody");
	cluster_gone(cluster, OBJECT_NODE, "", "nobody");
	cluster_gone(cluster, OBJECT_NAMESPACE, "", "nobody");
	cluster_host_port_gone(cluster, "nobody");
}

static void no_container_port(struct cluster *cluster)
{
	cluster_host_port_gone(cluster, "default/svc_web");
}

struct row {
	const char *sentence;
	void (*change)(struct cluster *cluster);
	const char *dirty; /* in order */
};

/* clang-format off */
static const struct row rows[] = {
	{ "a Service", web_again, "default/svc_web " },
	{ "a Service that goes", web_gone, "default/svc_web " },
	{ "a slice", slice_again, "default/svc_web " },
	{ "a slice that goes", slice_gone_text, "default/svc_web " },
	{ "a slice that goes over to another service", slice_moved, "default/svc_web default/svc_db " },
	{ "a slice belongs to the service of its own namespace", slice_elsewhere, "other/svc_web " },
	{ "a slice without a service", slice_of_nobody, "" },
	{ "the first slice of a service that selected pods", slice_for_api, "default/svc_api " },
	{ "a pod that a service without slices selects", api_pod_again, "default/svc_api " },
	{ "a pod that such a service selected until now", api_pod_relabelled, "default/svc_api " },
	{ "such a pod goes", api_pod_gone, "default/svc_api " },
	{ "such a pod is told its address", api_pod_told, "default/svc_api " },
	{ "a pod of another namespace", api_pod_elsewhere, "" },
	{ "a pod whose service has slices", web_pod, "" },
	{ "this node's zone: services with hints", zone_known, "default/svc_web " },
	{ "this node's zone is what it was", zone_same, "" },
	{ "another node's zone", zone_of_other, "" },
	{ "a host port", host_port, "container:eth0:0 " },
	{ "a host port that came and went", host_port_twice, "container:eth0:0 " },
	{ "two changes of one service", twice, "default/svc_web " },
	{ "what was never known goes", unknown_gone, "" },
	{ "a Service is no host port", no_container_port, "" },
};
/* clang-format on */

static void these_are_dirty(void **state)
{
	const struct row *row = *state;
	struct cluster *cluster = stage();
	struct cluster_service *service;
	char dirty[256] = "";

	row->change(cluster);
	while ((service = cluster_dirty_next(cluster))) {
		strcat(dirty, service->key);
		strcat(dirty, " ");
	}
	assert_string_equal(dirty, row->dirty);
	cluster_free(&cluster);
}

static void gone_service_is_forgotten(void **state)
{
	struct cluster *cluster = stage();
	struct cluster_service *service;

	(void)state;
	web_gone(cluster);
	service = cluster_dirty_next(cluster);
	assert_null(service->object);
	assert_non_null(cluster_service_find(cluster, "default/svc_web"));
	slice_gone_text(cluster);
	service = cluster_dirty_next(cluster);
	assert_string_equal(service->key, "default/svc_web");
	assert_null(cluster_service_find(cluster, "default/svc_web"));
	assert_null(cluster_dirty_next(cluster));
	cluster_free(&cluster);
}

static void everything_is_counted(void **state)
{
	struct cluster *cluster = stage();

	(void)state;
	host_port(cluster);
	put(cluster, object_make(OBJECT_NAMESPACE, "", "default"));
	zone_known(cluster);
	zone_of_other(cluster);
	assert_int_equal(cluster_count(cluster, OBJECT_SERVICE), 3);
	assert_int_equal(cluster_count(cluster, OBJECT_SLICE), 2);
	assert_int_equal(cluster_count(cluster, OBJECT_POD), 1);
	assert_int_equal(cluster_count(cluster, OBJECT_NODE), 2);
	assert_int_equal(cluster_count(cluster, OBJECT_NAMESPACE), 1);
	assert_int_equal(cluster_endpoint_count(cluster), 3);
	web_gone(cluster);
	slice_gone_text(cluster);
	assert_int_equal(cluster_count(cluster, OBJECT_SERVICE), 2);
	assert_int_equal(cluster_endpoint_count(cluster), 2);
	assert_string_equal(cluster_zone(cluster), "zone_a");
	cluster_gone(cluster, OBJECT_NODE, "", "node_1");
	assert_string_equal(cluster_zone(cluster), "");
	assert_non_null(cluster_object_find(cluster, OBJECT_NODE, "", "node_2"));
	assert_null(cluster_object_find(cluster, OBJECT_NODE, "", "node_1"));
	assert_non_null(cluster_object_find(cluster, OBJECT_POD, "default", "pod_api"));
	cluster_free(&cluster);
}

/* --- a pod's addresses ------------------------------------------------------------------------ */

struct pod_row {
	const char *sentence;
	const char *node, *status; /* of the object */
	bool told_before, told_after;
	const char *ip; /* "" = none */
	bool local;
};

static const struct pod_row pod_rows[] = {
	{ "a status", "node_2", "10.1.0.1", false, false, "10.1.0.1", false },
	{ "a status on this node", "node_1", "10.1.0.1", false, false, "10.1.0.1", true },
	{ "a status and the plugin's: the status counts", "node_1", "10.1.0.1", true, false,
	  "10.1.0.1", true },
	{ "no status, told before the object", "", NULL, true, false, "10.1.0.9", true },
	{ "no status, told after the object", "", NULL, false, true, "10.1.0.9", true },
	{ "no status, and bound to this node", "node_1", NULL, true, false, "10.1.0.9", true },
	{ "no status, and bound to another node", "node_2", NULL, true, false, "", false },
	{ "no status and never told", "", NULL, false, false, "", false },
};

static void pod_told(struct cluster *cluster, size_t count)
{
	struct ip_addr addr = addr_of("10.1.0.9");
	struct error err;

	assert_int_equal(cluster_pod_addresses(cluster, "default", "pod_a", &addr, count, &err), 0);
}

static void pod_has_address(void **state)
{
	const struct pod_row *row = *state;
	struct cluster *cluster = cluster_new("node_1");
	struct object *object = object_make(OBJECT_POD, "default", "pod_a");
	const struct cluster_pod *pod;
	struct addrs ips;
	bool local;

	service_put_text(cluster, "svc_web", "web");
	if (row->told_before)
		pod_told(cluster, 1);
	label_push(&object->pod.labels, "app", "web");
	object->pod.node_name = object_text(row->node);
	if (row->status)
		addr_push(&object->pod.ips, addr_of(row->status));
	put(cluster, object);
	if (row->told_after)
		pod_told(cluster, 1);
	pod = cluster_pods(cluster_service_find(cluster, "default/svc_web"));
	assert_non_null(pod);
	ips = cluster_pod_ips(cluster, pod, &local);
	assert_string_equal(ips.count ? ip_addr_text(&ips.items[0]).text : "", row->ip);
	assert_int_equal(local, row->local);
	pod_told(cluster, 0);
	ips = cluster_pod_ips(cluster, pod, &local);
	assert_string_equal(ips.count ? ip_addr_text(&ips.items[0]).text : "",
			    row->status ? row->status : "");
	cluster_free(&cluster);
}

/* --- bad input -------------------------------------------------------------------------------- */

static void too_long_a_name(void **state)
{
	struct cluster *cluster = cluster_new("node_1");
	char name[600];
	struct error err;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(cluster_put(cluster, object_make(OBJECT_SERVICE, "default", name), &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "too long"));
	name[253] = '\0';
	assert_int_equal(cluster_put(cluster, object_make(OBJECT_SERVICE, name, name), &err), 0);
	cluster_free(&cluster);
}

static void bad_host_ports(void **state)
{
	struct cluster *cluster = cluster_new("node_1");
	struct host_port port = { .label = "x", .host_port = 1, .pod_port = 1 };
	struct error err;

	(void)state;
	assert_int_equal(cluster_host_port_put(cluster, "key", &port, &err), -EINVAL);
	port.pod_count = 1;
	assert_int_equal(cluster_host_port_put(cluster, "a/b", &port, &err), -EINVAL);
	port.host_port = 0;
	assert_int_equal(cluster_host_port_put(cluster, "key", &port, &err), -EINVAL);
	assert_null(cluster_dirty_next(cluster));
	cluster_free(&cluster);
}

/* --- names ------------------------------------------------------------------------------------ */

static void names_are_shared(void **state)
{
	struct name_table names = {};
	uint32_t id, other;

	(void)state;
	assert_int_equal(name_hold(&names, ""), 0);
	id = name_hold(&names, "node_1");
	assert_int_equal(name_hold(&names, "node_1"), id);
	other = name_hold(&names, "node_2");
	assert_int_not_equal(id, other);
	name_drop(&names, id);
	assert_string_equal(name_text(&names, id), "node_1");
	name_drop(&names, id);
	assert_int_equal(name_hold(&names, "node_3"), id);
	assert_string_equal(name_text(&names, id), "node_3");
	assert_string_equal(name_text(&names, 0), "");
	name_table_done(&names);
}

static void many_names(void **state)
{
	struct name_table names = {};
	char text[16];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1000; i++) {
			snprintf(text, sizeof(text), "name_%d_%d", round, i);
			assert_string_equal(name_text(&names, name_hold(&names, text)), text);
		}
		for (uint32_t id = 1; id <= 1000; id++)
			name_drop(&names, id);
	}
	assert_int_equal(names.count, 1000);
	name_table_done(&names);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, these_are_dirty);
	ROWS_ADD(&cases, pod_rows, pod_has_address);
	case_add(&cases, "a service of which nothing is left is told once more, then forgotten",
		 gone_service_is_forgotten, NULL);
	case_add(&cases, "everything is counted, and host ports are no Services",
		 everything_is_counted, NULL);
	case_add(&cases, "a name that is too long", too_long_a_name, NULL);
	case_add(&cases, "host ports that lead nowhere", bad_host_ports, NULL);
	case_add(&cases, "a name is kept once, as long as somebody holds it", names_are_shared,
		 NULL);
	case_add(&cases, "numbers of names that nobody holds are used again", many_names, NULL);
	return cases_run("agent/model/cluster", &cases, NULL, NULL);
}
