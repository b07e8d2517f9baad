/* SPDX-License-Identifier: Apache-2.0 */
/* services - a node with an uplink and services: what the rows about translation stand on. */
#include "packet/services.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "byway/conntrack.h"
#include "byway/ip_text.h"
#include "byway/route.h"
#include "byway/service.h"
#include "datapath/paths.h"
#include "packet/network.h"
#include "packet/veth.h"

#define WEB_ID 1

/* clang-format off */
/* Each is there in both families, for TCP, UDP and SCTP, under one id. */
static const struct { const char *addr; uint16_t port; const char *backend; uint16_t to; uint32_t flags; } table[] = {
	{ SVC_WEB, SVC_PORT, POD_B_V4, BACKEND_PORT, 0 },
	{ SVC_SHOP, SVC_PORT, POD_B_V4, BACKEND_PORT, 0 },
	{ SVC_FAR, SVC_PORT, POD_FAR, BACKEND_PORT, 0 },
	{ SVC_SELF, SVC_PORT, POD_A_V4, BACKEND_PORT, 0 },
	{ SVC_EMPTY, SVC_PORT, NULL, NO_BACKEND_REJECT, 0 },
	{ SVC_ELSEWHERE, SVC_PORT, NULL, NO_BACKEND_DROP, 0 },
	{ SVC_GUARDED, SVC_PORT, POD_B_V4, BACKEND_PORT, SERVICE_SOURCE_RANGES },
	{ SVC_HOST, SVC_PORT, NODE, HOST_PORT, 0 },
	{ SVC_EVEN, SVC_PORT, POD_B_V4, SVC_PORT, 0 },
	{ SVC_EVEN_TOO, SVC_PORT, POD_B_V4, SVC_PORT, 0 },
	{ SVC_WORLD, SVC_PORT, OUTSIDE_V4, WORLD_PORT, 0 },
	{ "0.0.0.0", NODE_PORT_WEB, POD_B_V4, BACKEND_PORT, 0 },
	{ "0.0.0.0", NODE_PORT_FAR, POD_FAR, BACKEND_PORT, 0 },
	{ "0.0.0.0", NODE_PORT_HOST, NODE, HOST_PORT, 0 },
	{ "0.0.0.0", NODE_PORT_KEEP, POD_FAR, BACKEND_PORT, SERVICE_KEEP_SOURCE },
};

static const struct { const char *net; uint8_t prefix; enum route_kind kind; } routes[] = {
	{ "10.9.0.0", 96 + 24, ROUTE_LOCAL },	{ "fd09::", 64, ROUTE_LOCAL },
	{ "10.9.1.0", 96 + 24, ROUTE_CLUSTER }, { "fd09:0:0:1::", 64, ROUTE_CLUSTER },
};
/* clang-format on */

static struct ip_addr address(const char *text)
{
	struct ip_addr addr;

	if (!ip_addr_parse(text, &addr))
		abort();
	return addr;
}

static const char *in_family(const char *v4, bool v6)
{
	return v6 ? address_v6(v4) : v4;
}

/* The interfaces are without a carrier until both ends are up. */
static int neighbour_up(const struct world *world)
{
	int rc;

	if (setns(world->pods_netns, CLONE_NEWNET) < 0)
		return -errno;
	rc = veth_up("neighbour");
	return setns(world->node_netns, CLONE_NEWNET) < 0 ? -errno : rc;
}

int uplink_make(struct world *world, struct error *err)
{
	static const uint8_t own[MAC_SIZE] = UPLINK_MAC,
			     other[MAC_SIZE] = { 2, 0x0a, 0, 0, 0, 0xee };
	struct veth_end here = { "uplink", own, -1 },
			there = { "neighbour", other, world->pods_netns };
	uint32_t *uplink = &world->ifindex[UPLINK];
	int rc;

	if ((rc = veth_make(&here, &there, uplink)) || (rc = neighbour_up(world)) ||
	    (rc = veth_up("uplink")) || (rc = network_mtu_set(*uplink, 1500)) ||
	    (rc = network_forward()) || (rc = network_local_ports_set(NODE_LOCAL_PORTS)) ||
	    (rc = network_address_add(*uplink, NODE, 24)) ||
	    (rc = network_address_add(*uplink, address_v6(NODE), 64)) ||
	    (rc = network_route_add(*uplink, "0.0.0.0", 0)) ||
	    (rc = network_route_add(*uplink, "::", 0)))
		return error_set(err, rc, "make the uplink");
	return 0;
}

static int pin_open(const struct byway_path path, int *ret_fd, struct error *err)
{
	*ret_fd = bpf_obj_get(path.text);
	return *ret_fd < 0 ? error_set(err, -errno, "open '%s'", path.text) : 0;
}

int node_open(const struct world *world, struct node *ret_node, struct error *err)
{
	const char *dir = world->bpf_dir;
	int rc;

	ret_node->uplink = world->ifindex[UPLINK];
	if ((rc = service_maps_open(dir, &ret_node->maps, err)) ||
	    (rc = pin_open(map_path(dir, "uplinks"), &ret_node->uplinks, err)) ||
	    (rc = pin_open(map_path(dir, "routes"), &ret_node->routes, err)) ||
	    (rc = pin_open(map_path(dir, "fragments"), &ret_node->fragments, err)) ||
	    (rc = pin_open(program_path(dir, "from_uplink"), &ret_node->from_uplink, err)) ||
	    (rc = pin_open(program_path(dir, "to_uplink"), &ret_node->to_uplink, err)) ||
	    (rc = pin_open(program_path(dir, "sweep"), &ret_node->sweep, err)))
		return rc;
	return 0;
}

void node_close(struct node *node)
{
	service_maps_close(&node->maps);
	fd_close(&node->uplinks);
	fd_close(&node->routes);
	fd_close(&node->fragments);
	fd_close(&node->from_uplink);
	fd_close(&node->to_uplink);
	fd_close(&node->sweep);
}

static void put(int map, const void *key, const void *value)
{
	if (bpf_map_update_elem(map, key, value, BPF_ANY))
		abort();
}

static void map_clear(int map)
{
	uint8_t key[64];

	while (!bpf_map_get_next_key(map, NULL, key))
		if (bpf_map_delete_elem(map, key))
			abort();
}

static void frontend_put(const struct node *node, const char *addr, uint16_t port,
			 const struct service *service)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };

	for (size_t i = 0; i < sizeof(protocols); i++) {
		struct service_key key = { .addr = address(addr),
					   .port = htons(port),
					   .protocol = protocols[i] };

		put(node->maps.services, &key, service);
	}
}

static void backend_put(const struct node *node, uint32_t id, const char *addr, uint16_t port,
			uint16_t flags)
{
	struct backend_key key = { .service = id };
	struct backend backend = { .addr = address(addr), .port = htons(port), .flags = flags };

	put(node->maps.backends, &key, &backend);
}

static uint32_t id_of(size_t index, bool v6)
{
	return (uint32_t)(index * 2 + v6 + WEB_ID);
}

static void service_put(const struct node *node, size_t index, bool v6)
{
	struct service service = { .id = id_of(index, v6), .flags = table[index].flags };

	if (table[index].backend) {
		service.inside.slots = service.outside.slots = 1;
		backend_put(node, service.id, in_family(table[index].backend, v6), table[index].to,
			    0);
	} else {
		service.inside.no_backend = service.outside.no_backend = (uint8_t)table[index].to;
	}
	frontend_put(node, in_family(table[index].addr, v6), table[index].port, &service);
}

static void source_range_put(const struct node *node, const char *v4)
{
	uint8_t yes = 1;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		for (int v6 = 0; v6 < 2; v6++) {
			struct source_range_key key = { .prefix = SOURCE_RANGE_PREFIX(128),
							.service = htonl(id_of(i, v6)),
							.addr = address(in_family(v4, v6)) };

			put(node->maps.source_ranges, &key, &yes);
		}
}

static void node_addresses_put(const struct node *node)
{
	struct uplink uplink = { .v4 = address(NODE), .v6 = address(address_v6(NODE)) };
	uint32_t flags = NODE_ADDRESS_NODE_PORTS;

	put(node->uplinks, &node->uplink, &uplink);
	put(node->maps.node_addresses, &uplink.v4, &flags);
	put(node->maps.node_addresses, &uplink.v6, &flags);
}

void connections_clear(const struct node *node)
{
	map_clear(node->maps.conntrack);
	map_clear(node->fragments);
}

void node_reset(const struct node *node, const struct world *world)
{
	world_reset(world);
	connections_clear(node);
	map_clear(node->maps.affinity);
	map_clear(node->maps.services);
	map_clear(node->maps.backends);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		service_put(node, i, false);
		service_put(node, i, true);
	}
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		struct route_key key = { .prefix = routes[i].prefix,
					 .addr = address(routes[i].net) };
		struct route route = { .kind = (uint8_t)routes[i].kind };

		put(node->routes, &key, &route);
	}
	source_range_put(node, OUTSIDE_V4);
	node_addresses_put(node);
}

void web_moves_to_far(const struct node *node, const struct world *world)
{
	backend_put(node, id_of(0, false), POD_FAR, BACKEND_PORT, 0);
	backend_put(node, id_of(0, true), address_v6(POD_FAR), BACKEND_PORT, 0);
	epoch_advance(&world->maps.epoch);
}

void web_loses_all(const struct node *node, const struct world *world)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct service service = { .id = id_of(0, v6) };
		struct backend_key key = { .service = service.id };

		frontend_put(node, in_family(SVC_WEB, v6), SVC_PORT, &service);
		bpf_map_delete_elem(node->maps.backends, &key);
	}
	epoch_advance(&world->maps.epoch);
}

void web_drains(const struct node *node, const struct world *world)
{
	backend_put(node, id_of(0, false), POD_B_V4, BACKEND_PORT, BACKEND_DRAINING);
	backend_put(node, id_of(0, true), POD_B_V6, BACKEND_PORT, BACKEND_DRAINING);
	epoch_advance(&world->maps.epoch);
}

void pod_b_goes(const struct node *node, const struct world *world)
{
	struct ip_addr addrs[] = { address(POD_B_V4), address(POD_B_V6) };

	(void)node;
	endpoint_release(&world->maps, &addrs[0]);
	endpoint_release(&world->maps, &addrs[1]);
}

void nothing_happens(const struct node *node, const struct world *world)
{
	(void)node;
	epoch_advance(&world->maps.epoch);
}

/* As a full table does it: one half of a pair goes. */
void replies_are_lost(const struct node *node, const struct world *world)
{
	struct ct_key key, *last = NULL;
	struct conntrack ct;
	bool again = true;

	while (again) {
		again = false;
		for (last = NULL; !bpf_map_get_next_key(node->maps.conntrack, last, &key);
		     last = &key)
			if (!bpf_map_lookup_elem(node->maps.conntrack, &key, &ct) &&
			    ct.flags & CT_REPLY) {
				again = !bpf_map_delete_elem(node->maps.conntrack, &key);
				break;
			}
	}
	epoch_advance(&world->maps.epoch);
}

void uplink_loses_its_addresses(const struct node *node, const struct world *world)
{
	struct uplink uplink = {};

	(void)world;
	put(node->uplinks, &node->uplink, &uplink);
}

void far_becomes_a_service(const struct node *node, const struct world *world)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct service service = { .id = id_of(0, v6), .inside.slots = 1 };

		frontend_put(node, in_family(POD_FAR, v6), SVC_PORT, &service);
	}
	epoch_advance(&world->maps.epoch);
}
