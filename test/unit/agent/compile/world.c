/* SPDX-License-Identifier: Apache-2.0 */
/* world - random worlds, and random changes. */
#include "world.h"

#include <netinet/in.h>

#include "world_tell.h"

unsigned int dice_roll(struct dice *dice, unsigned int sides)
{
	dice->state += 0x9e3779b97f4a7c15ULL;
	uint64_t z = dice->state;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (unsigned int)((z ^ z >> 31) % sides);
}

static bool once_in(struct dice *dice, unsigned int sides)
{
	return dice_roll(dice, sides) == 0;
}

static struct ip_addr addr_in(const char *v4, const char *v6, bool is_v6, unsigned int number)
{
	struct ip_addr addr;
	char text[64];

	snprintf(text, sizeof(text), "%s%u", is_v6 ? v6 : v4, number);
	ip_addr_parse(text, &addr);
	return addr;
}

static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };

/* --- services --------------------------------------------------------------------------------- */

static struct w_port port_random(struct dice *dice, int p)
{
	static const char *const names[] = { "http", "dns" };
	struct w_port port = {
		.name = names[once_in(dice, 20) ? 0 : p],
		.port = (uint16_t)(80 + (once_in(dice, 10) ? 0 : p)),
		.protocol = protocols[dice_roll(dice, 4)],
		.target_name = once_in(dice, 3) ? "web" : "",
		.target = once_in(dice, 2) ? 8080 : 0,
	};

	if (once_in(dice, 2))
		port.node_port = (uint16_t)(30000 + dice_roll(dice, 6));
	return port;
}

static void addrs_random(struct dice *dice, struct w_service *service)
{
	service->external_count = (int)dice_roll(dice, IPS + 1);
	service->balancer_count = (int)dice_roll(dice, IPS + 1);
	/* Few of them, so that services meet. */
	for (int i = 0; i < IPS; i++) {
		service->external[i] =
			addr_in("192.0.2.", "2001:db8::", once_in(dice, 3), dice_roll(dice, 5));
		service->balancer[i] =
			addr_in("192.0.2.", "2001:db8::", once_in(dice, 3), 3 + dice_roll(dice, 5));
	}
}

static void ranges_random(struct dice *dice, struct w_service *service)
{
	static const char *const texts[] = { "10.0.0.0/8", "192.168.7.9/16", "0.0.0.0/0",
					     "fd00::/8",   "::/0",	     "2001:db8::1/128" };

	service->range_count = once_in(dice, 2) ? 0 : (int)dice_roll(dice, RANGES + 1);
	for (int i = 0; i < RANGES; i++)
		ip_prefix_parse(texts[dice_roll(dice, 6)], &service->ranges[i]);
}

static void service_random(struct dice *dice, int s, struct w_service *service)
{
	unsigned int families = dice_roll(dice, 4);

	*service = (struct w_service){
		.there = !once_in(dice, 6),
		.ignored = once_in(dice, 15),
		.v4 = families != 3,
		.v6 = families >= 2,
		.selects = once_in(dice, 2),
		.external_local = once_in(dice, 3),
		.internal_local = once_in(dice, 4),
		.publish_not_ready = once_in(dice, 5),
		.port_count = 1 + (int)dice_roll(dice, PORTS),
		.cluster_v4 = addr_in("10.96.0.", "", false, (unsigned int)s + 1),
		.cluster_v6 = addr_in("", "fd96::", true, (unsigned int)s + 1),
		.affinity_s = once_in(dice, 4) ? 10800 : 0,
		.app = (char)('a' + dice_roll(dice, 2)),
		.hints_nodes = once_in(dice, 4),
		.hints_zones = once_in(dice, 3),
		.hint_gap = once_in(dice, 3) ? (int)dice_roll(dice, PLACES) : -1,
	};
	for (int p = 0; p < PORTS; p++)
		service->ports[p] = port_random(dice, p);
	addrs_random(dice, service);
	ranges_random(dice, service);
}

/* --- slices, pods, host ports ----------------------------------------------------------------- */

static void member_random(struct dice *dice, bool v6, struct w_member *member)
{
	unsigned int condition = dice_roll(dice, 10);

	*member = (struct w_member){ .place = (int)dice_roll(dice, PLACES), .v6 = v6 };
	member->ready = condition < 6;
	member->serving = condition < 8;
	member->terminating = condition >= 6 && condition < 9;
	/* What the API allows, although its own controller does not do it. */
	if (once_in(dice, 20)) {
		member->ready = once_in(dice, 2);
		member->serving = once_in(dice, 2);
		member->terminating = once_in(dice, 2);
	}
}

static void slice_random(struct dice *dice, const struct world *world, struct w_slice *slice)
{
	bool v6 = once_in(dice, 3);

	*slice = (struct w_slice){
		.there = !once_in(dice, 5),
		.ignored = once_in(dice, 20),
		.service = (int)dice_roll(dice, SERVICES),
		.port_count = PORTS,
		.member_count = (int)dice_roll(dice, MEMBERS + 1),
	};
	for (int p = 0; p < PORTS; p++) {
		const struct w_port *port = &world->services[slice->service].ports[p];

		slice->names[p] = once_in(dice, 20) ? "other" : port->name;
		slice->protocols[p] = once_in(dice, 20) ? IPPROTO_UDP : port->protocol;
		slice->numbers[p] = (uint16_t)(once_in(dice, 20) ? 0 : 8080 + dice_roll(dice, 2));
	}
	for (int m = 0; m < MEMBERS; m++)
		member_random(dice, v6, &slice->members[m]);
}

static void pod_random(struct dice *dice, struct w_pod *pod)
{
	*pod = (struct w_pod){
		.there = !once_in(dice, 4),
		.v4 = !once_in(dice, 5),
		.v6 = once_in(dice, 2),
		.status = !once_in(dice, 3),
		.told = once_in(dice, 2),
		.ready = !once_in(dice, 3),
		.terminating = once_in(dice, 4),
		.finished = once_in(dice, 10),
		.app = (char)('a' + dice_roll(dice, 3)),
		.node = (int)dice_roll(dice, NODES + 1) - 1,
		.web = (uint16_t)(once_in(dice, 3) ? 0 : 8000 + dice_roll(dice, 2)),
	};
}

static void host_port_random(struct dice *dice, struct w_host_port *port)
{
	*port = (struct w_host_port){
		.there = once_in(dice, 2),
		.v4 = true,
		.v6 = once_in(dice, 2),
		.wildcard = once_in(dice, 2),
		.port = (uint16_t)(30000 + dice_roll(dice, 6)),
		.pod_port = 80,
		.protocol = protocols[dice_roll(dice, 4)],
	};
}

void world_make(struct dice *dice, struct world *ret_world)
{
	*ret_world = (struct world){ .zone = (int)dice_roll(dice, ZONES + 1) - 1 };
	for (int i = 0; i < PLACES; i++) {
		ret_world->hint_zones[i] = dice_roll(dice, 1 << ZONES);
		ret_world->hint_nodes[i] = dice_roll(dice, 1 << NODES);
	}
	for (int s = 0; s < SERVICES; s++)
		service_random(dice, s, &ret_world->services[s]);
	for (int i = 0; i < SLICES; i++)
		slice_random(dice, ret_world, &ret_world->slices[i]);
	for (int i = 0; i < PODS; i++)
		pod_random(dice, &ret_world->pods[i]);
	for (int i = 0; i < HOST_PORTS; i++)
		host_port_random(dice, &ret_world->host_ports[i]);
}

/* --- changes ---------------------------------------------------------------------------------- */

static void service_change(struct dice *dice, struct world *world, struct cluster *cluster)
{
	int s = (int)dice_roll(dice, SERVICES);
	struct w_service *service = &world->services[s];

	switch (dice_roll(dice, 6)) {
	case 0:
		service_random(dice, s, service);
		break;
	case 1:
		service->there = !service->there;
		break;
	case 2:
		service->external_local = !service->external_local;
		break;
	case 3:
		service->internal_local = !service->internal_local;
		break;
	case 4:
		addrs_random(dice, service);
		break;
	default:
		service->ports[0] = port_random(dice, 0);
	}
	service_tell_cluster(world, s, cluster);
	/* Hints stand in the slices. */
	for (int i = 0; i < SLICES; i++)
		if (world->slices[i].service == s)
			slice_tell_cluster(world, i, cluster);
}

static void slice_change(struct dice *dice, struct world *world, struct cluster *cluster)
{
	int i = (int)dice_roll(dice, SLICES);
	struct w_slice *slice = &world->slices[i];

	if (once_in(dice, 4) || !slice->member_count)
		slice_random(dice, world, slice);
	else if (once_in(dice, 5))
		slice->there = !slice->there;
	else
		member_random(dice, slice->members[0].v6,
			      &slice->members[dice_roll(dice, (unsigned int)slice->member_count)]);
	slice_tell_cluster(world, i, cluster);
}

static void hints_change(struct dice *dice, struct world *world, struct cluster *cluster)
{
	unsigned int place = dice_roll(dice, PLACES);

	world->hint_zones[place] = dice_roll(dice, 1 << ZONES);
	world->hint_nodes[place] = dice_roll(dice, 1 << NODES);
	for (int i = 0; i < SLICES; i++)
		slice_tell_cluster(world, i, cluster);
}

static void some_change(struct dice *dice, struct world *world, struct cluster *cluster)
{
	unsigned int which = dice_roll(dice, 12);
	int i;

	if (which < 3) {
		service_change(dice, world, cluster);
	} else if (which < 8) {
		slice_change(dice, world, cluster);
	} else if (which < 10) {
		i = (int)dice_roll(dice, PODS);
		pod_random(dice, &world->pods[i]);
		pod_tell_cluster(world, i, cluster);
	} else if (which == 10) {
		i = (int)dice_roll(dice, HOST_PORTS);
		host_port_random(dice, &world->host_ports[i]);
		host_port_tell_cluster(world, i, cluster);
	} else if (once_in(dice, 2)) {
		world->zone = (int)dice_roll(dice, ZONES + 1) - 1;
		zone_tell_cluster(world, cluster);
	} else {
		hints_change(dice, world, cluster);
	}
}

void world_change(struct dice *dice, struct world *world, struct cluster *cluster)
{
	for (unsigned int left = 1 + dice_roll(dice, 3); left; left--)
		some_change(dice, world, cluster);
}
