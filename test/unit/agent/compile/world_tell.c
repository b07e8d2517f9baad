/* SPDX-License-Identifier: Apache-2.0 */
/* world_tell - parts of a world as objects for the cluster model. */
#include "world_tell.h"

#include "support/cases.h"
#include "support/objects.h"

#define NAMESPACE "default"

static const char *const nodes[NODES] = { "node_1", "node_2", "node_3" };
static const char *const zones[ZONES] = { "zone_a", "zone_b", "zone_c" };

struct label_text {
	char text[32];
};

static struct label_text numbered(const char *what, int number)
{
	struct label_text out;

	snprintf(out.text, sizeof(out.text), "%s_%d", what, number);
	return out;
}

static void put(struct cluster *cluster, struct object *object)
{
	struct error err;

	assert_int_equal(cluster_put(cluster, object, &err), 0);
}

static void ports_make(const struct w_service *service, struct object *object)
{
	for (int p = 0; p < service->port_count; p++) {
		const struct w_port *port = &service->ports[p];
		struct service_port *made =
			service_port_push(object, port->name, port->port, port->protocol);

		made->node_port = port->node_port;
		made->target_port = port->target;
		made->target_name = object_text(port->target_name);
	}
}

void service_tell_cluster(const struct world *world, int s, struct cluster *cluster)
{
	const struct w_service *service = &world->services[s];
	struct label_text name = numbered("svc", s);
	const char app[] = { service->app, '\0' };
	struct object *object;

	if (!service->there) {
		cluster_gone(cluster, OBJECT_SERVICE, NAMESPACE, name.text);
		return;
	}
	object = object_make(OBJECT_SERVICE, NAMESPACE, name.text);
	object->service.ignored = service->ignored;
	object->service.external_local = service->external_local;
	object->service.internal_local = service->internal_local;
	object->service.publish_not_ready = service->publish_not_ready;
	object->service.affinity_s = service->affinity_s;
	if (service->selects)
		label_push(&object->service.selector, "app", app);
	if (service->v4)
		addr_push(&object->service.cluster_ips, service->cluster_v4);
	if (service->v6)
		addr_push(&object->service.cluster_ips, service->cluster_v6);
	for (int i = 0; i < service->external_count; i++)
		addr_push(&object->service.external_ips, service->external[i]);
	for (int i = 0; i < service->balancer_count; i++)
		addr_push(&object->service.load_balancer_ips, service->balancer[i]);
	for (int i = 0; i < service->range_count; i++)
		prefix_push(&object->service.source_ranges,
			    ip_prefix_text(&service->ranges[i]).text);
	ports_make(service, object);
	put(cluster, object);
}

static void member_make(const struct world *world, const struct w_slice *slice,
			const struct w_member *member, struct object *object)
{
	const struct w_service *service = &world->services[slice->service];
	struct slice_endpoint *endpoint = endpoint_push(
		object, place_addr(member->place, member->v6), nodes[place_node(member->place)]);
	bool hinted = member->place != service->hint_gap;

	endpoint->ready = member->ready;
	endpoint->serving = member->serving;
	endpoint->terminating = member->terminating;
	for (int z = 0; z < ZONES; z++)
		if (hinted && service->hints_zones && world->hint_zones[member->place] >> z & 1)
			name_push(&endpoint->hint_zones, zones[z]);
	for (int n = 0; n < NODES; n++)
		if (hinted && service->hints_nodes && world->hint_nodes[member->place] >> n & 1)
			name_push(&endpoint->hint_nodes, nodes[n]);
}

void slice_tell_cluster(const struct world *world, int i, struct cluster *cluster)
{
	const struct w_slice *slice = &world->slices[i];
	struct label_text name = numbered("slice", i);
	struct object *object;

	if (!slice->there) {
		cluster_gone(cluster, OBJECT_SLICE, NAMESPACE, name.text);
		return;
	}
	object = object_make(OBJECT_SLICE, NAMESPACE, name.text);
	object->slice.ignored = slice->ignored;
	slice_of(object, numbered("svc", slice->service).text);
	for (int p = 0; p < slice->port_count; p++)
		slice_port_push(object, slice->names[p], slice->numbers[p], slice->protocols[p]);
	for (int m = 0; m < slice->member_count; m++)
		member_make(world, slice, &slice->members[m], object);
	put(cluster, object);
}

static void pod_make(const struct w_pod *pod, int i, struct object *object)
{
	const char app[] = { pod->app, '\0' };

	label_push(&object->pod.labels, "app", app);
	if (pod->node >= 0)
		object->pod.node_name = object_text(nodes[pod->node]);
	if (pod->status && pod->v4)
		addr_push(&object->pod.ips, pod_addr(i, false));
	if (pod->status && pod->v6)
		addr_push(&object->pod.ips, pod_addr(i, true));
	object->pod.ready = pod->ready;
	object->pod.terminating = pod->terminating;
	object->pod.finished = pod->finished;
	if (pod->web)
		pod_port_push(object, "web", pod->web, IPPROTO_TCP);
}

void pod_tell_cluster(const struct world *world, int i, struct cluster *cluster)
{
	const struct w_pod *pod = &world->pods[i];
	struct label_text name = numbered("pod", i);
	struct ip_addr told[2];
	struct error err;
	size_t count = 0;
	struct object *object;

	if (pod->told && pod->v4)
		told[count++] = pod_addr(i, false);
	if (pod->told && pod->v6)
		told[count++] = pod_addr(i, true);
	assert_int_equal(cluster_pod_addresses(cluster, NAMESPACE, name.text, told, count, &err),
			 0);
	if (!pod->there) {
		cluster_gone(cluster, OBJECT_POD, NAMESPACE, name.text);
		return;
	}
	object = object_make(OBJECT_POD, NAMESPACE, name.text);
	pod_make(pod, i, object);
	put(cluster, object);
}

void host_port_tell_cluster(const struct world *world, int i, struct cluster *cluster)
{
	const struct w_host_port *port = &world->host_ports[i];
	struct label_text key = numbered("container", i);
	struct host_port given = { .label = "default/pod",
				   .host_port = port->port,
				   .pod_port = port->pod_port,
				   .protocol = port->protocol };
	struct error err;

	if (!port->there) {
		cluster_host_port_gone(cluster, key.text);
		return;
	}
	if (!port->wildcard)
		given.host_ip = host_port_ip(i);
	if (port->v4)
		given.pod[given.pod_count++] = pod_addr(i, false);
	if (port->v6)
		given.pod[given.pod_count++] = pod_addr(i, true);
	assert_int_equal(cluster_host_port_put(cluster, key.text, &given, &err), 0);
}

void zone_tell_cluster(const struct world *world, struct cluster *cluster)
{
	struct object *object;

	if (world->zone < 0) {
		cluster_gone(cluster, OBJECT_NODE, "", nodes[0]);
		return;
	}
	object = object_make(OBJECT_NODE, "", nodes[0]);
	object->node.zone = object_text(zones[world->zone]);
	put(cluster, object);
}

void world_tell(const struct world *world, struct cluster *cluster)
{
	for (int i = SLICES - 1; i >= 0; i--)
		slice_tell_cluster(world, i, cluster);
	for (int i = 0; i < SERVICES; i++)
		service_tell_cluster(world, i, cluster);
	for (int i = 0; i < PODS; i++)
		pod_tell_cluster(world, i, cluster);
	for (int i = 0; i < HOST_PORTS; i++)
		host_port_tell_cluster(world, i, cluster);
	zone_tell_cluster(world, cluster);
}
