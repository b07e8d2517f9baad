/* SPDX-License-Identifier: Apache-2.0 */
/* oracle - a slow and simple model of what services mean, to judge the compiler by. */
#include "oracle.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct ip_addr addr_make(uint32_t v4, uint8_t v6_net, bool v6, int number)
{
	struct ip_addr addr = { .bytes = { 0xfd, v6_net } };

	if (!v6)
		return ip_addr_from_v4(htonl(v4 + (uint32_t)number));
	addr.bytes[15] = (uint8_t)number;
	return addr;
}

struct ip_addr place_addr(int place, bool v6)
{
	return addr_make(0x0a010000, 1, v6, place + 1);
}

struct ip_addr pod_addr(int pod, bool v6)
{
	return addr_make(0x0a020000, 2, v6, pod + 1);
}

struct ip_addr host_port_ip(int host_port)
{
	return addr_make(0xcb007100, 3, false, host_port + 1);
}

/* One address and port with what is known of it. */
struct fact {
	struct target target;
	bool v6, ready, serving, terminating;
	unsigned int zones, nodes;
};

struct facts {
	struct fact items[TARGETS];
	int count;
};

static int worth(const struct fact *fact)
{
	return !fact->terminating * 4 + fact->ready * 2 + fact->serving;
}

static void fact_tell(struct facts *facts, const struct fact *fact)
{
	for (int i = 0; i < facts->count; i++) {
		struct fact *known = &facts->items[i];

		if (!ip_addr_equal(&known->target.addr, &fact->target.addr) ||
		    known->target.port != fact->target.port)
			continue;
		if (worth(fact) > worth(known))
			*known = *fact;
		return;
	}
	facts->items[facts->count++] = *fact;
}

static bool slice_counts(const struct world *world, int slice, int service)
{
	return world->slices[slice].there && !world->slices[slice].ignored &&
	       world->slices[slice].service == service;
}

static void slice_tell(const struct world *world, int s, const struct w_service *service,
		       const struct w_port *port, struct facts *facts)
{
	const struct w_slice *slice = &world->slices[s];

	for (int p = 0; p < slice->port_count; p++)
		for (int m = 0; m < slice->member_count; m++) {
			const struct w_member *member = &slice->members[m];
			bool hinted = member->place != service->hint_gap;
			struct fact fact = {
				.target = { place_addr(member->place, member->v6),
					    slice->numbers[p], place_node(member->place) == 0 },
				.v6 = member->v6,
				.ready = member->ready,
				.serving = member->serving,
				.terminating = member->terminating,
			};

			if (hinted && service->hints_zones)
				fact.zones = world->hint_zones[member->place];
			if (hinted && service->hints_nodes)
				fact.nodes = world->hint_nodes[member->place];
			if (slice->numbers[p] && slice->protocols[p] == port->protocol &&
			    !strcmp(slice->names[p], port->name))
				fact_tell(facts, &fact);
		}
}

static uint16_t pod_target(const struct w_pod *pod, const struct w_port *port)
{
	if (!*port->target_name)
		return port->target ? port->target : port->port;
	if (!strcmp(port->target_name, "web") && port->protocol == IPPROTO_TCP)
		return pod->web;
	return 0;
}

static void pod_tell(const struct world *world, int p, const struct w_service *service,
		     const struct w_port *port, struct facts *facts)
{
	const struct w_pod *pod = &world->pods[p];
	bool here = pod->node == 0 || (!pod->status && pod->told && pod->node == -1);
	bool known = pod->status || (pod->told && pod->node <= 0);

	if (!pod->there || pod->finished || pod->app != service->app || !known)
		return;
	for (int v6 = 0; v6 < 2; v6++) {
		struct fact fact = {
			.target = { pod_addr(p, v6), pod_target(pod, port), here },
			.v6 = v6,
			.ready = service->publish_not_ready || (pod->ready && !pod->terminating),
			.serving = pod->ready,
			.terminating = pod->terminating,
		};

		if ((v6 ? pod->v6 : pod->v4) && fact.target.port)
			fact_tell(facts, &fact);
	}
}

static void service_tell(const struct world *world, int s, const struct w_port *port,
			 struct facts *facts)
{
	const struct w_service *service = &world->services[s];
	bool slices = false;

	for (int i = 0; i < SLICES; i++)
		if (slice_counts(world, i, s)) {
			slices = true;
			slice_tell(world, i, service, port, facts);
		}
	for (int i = 0; i < PODS && !slices && service->selects; i++)
		pod_tell(world, i, service, port, facts);
}

/* --- who is right ----------------------------------------------------------------------------- */

static bool all_ready_have(const struct facts *facts, bool v6, bool nodes, unsigned int bit)
{
	bool ours = false;

	for (int i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		unsigned int hints = nodes ? fact->nodes : fact->zones;

		if (fact->v6 != v6 || !fact->ready)
			continue;
		if (!hints)
			return false;
		ours |= (hints & bit) != 0;
	}
	return ours;
}

static void right_find(const struct world *world, const struct facts *facts, bool v6,
		       bool local_only, struct targets *ret)
{
	unsigned int zone = world->zone < 0 ? 0 : 1u << world->zone;
	bool by_node = !local_only && all_ready_have(facts, v6, true, 1);
	bool by_zone = !local_only && !by_node && zone && all_ready_have(facts, v6, false, zone);

	ret->count = 0;
	for (int i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];

		if (fact->v6 == v6 && fact->ready && (!local_only || fact->target.local) &&
		    (!by_node || fact->nodes & 1) && (!by_zone || fact->zones & zone))
			ret->items[ret->count++] = fact->target;
	}
	if (ret->count)
		return;
	for (int i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];

		if (fact->v6 == v6 && fact->serving && fact->terminating &&
		    (!local_only || fact->target.local))
			ret->items[ret->count++] = fact->target;
	}
}

static void serving_find(const struct facts *facts, bool v6, struct targets *ret)
{
	ret->count = 0;
	for (int i = 0; i < facts->count; i++)
		if (facts->items[i].v6 == v6 && (facts->items[i].serving || facts->items[i].ready))
			ret->items[ret->count++] = facts->items[i].target;
}

/* --- whose address it is ---------------------------------------------------------------------- */

enum whose { NOBODYS, CLUSTERS, BALANCERS, EXTERNALS, NODES_OWN };

static bool one_of(const struct ip_addr *addrs, int count, const struct ip_addr *addr)
{
	for (int i = 0; i < count; i++)
		if (ip_addr_equal(&addrs[i], addr))
			return true;
	return false;
}

static bool unspecified(const struct ip_addr *addr)
{
	const struct ip_addr v4 = ip_addr_from_v4(0), v6 = {};

	return ip_addr_equal(addr, &v4) || ip_addr_equal(addr, &v6);
}

static enum whose whose_is(const struct w_service *service, const struct w_port *port,
			   const struct ip_addr *addr, uint16_t number, uint8_t protocol)
{
	bool v6 = !ip_addr_is_v4(addr);

	if (protocol != port->protocol || !(v6 ? service->v6 : service->v4))
		return NOBODYS;
	if (unspecified(addr))
		return port->node_port && number == port->node_port ? NODES_OWN : NOBODYS;
	if (number != port->port)
		return NOBODYS;
	if (ip_addr_equal(addr, v6 ? &service->cluster_v6 : &service->cluster_v4))
		return CLUSTERS;
	if (one_of(service->balancer, service->balancer_count, addr))
		return BALANCERS;
	return one_of(service->external, service->external_count, addr) ? EXTERNALS : NOBODYS;
}

static bool named_before(const struct w_service *service, int p)
{
	for (int i = 0; i < p; i++)
		if (!strcmp(service->ports[i].name, service->ports[p].name) &&
		    service->ports[i].protocol == service->ports[p].protocol)
			return true;
	return false;
}

static void ranges_copy(const struct w_service *service, bool v6, struct answer *answer)
{
	bool open = false;

	for (int i = 0; i < service->range_count; i++) {
		const struct ip_prefix *range = &service->ranges[i];

		if (ip_addr_is_v4(&range->addr) == v6)
			continue;
		answer->ranges[answer->range_count++] = *range;
		open |= range->length == (v6 ? 0 : IPV4_PREFIX_BASE);
	}
	if (open)
		answer->range_count = 0;
	answer->guarded = answer->range_count > 0;
}

static void service_answer(const struct world *world, int s, int p, enum whose whose, bool v6,
			   struct answer *answer)
{
	const struct w_service *service = &world->services[s];
	bool local_inside = whose == CLUSTERS && service->internal_local;
	bool local_outside = whose == CLUSTERS ? local_inside : service->external_local;
	struct targets anyone;
	struct facts facts;

	facts.count = 0;
	service_tell(world, s, &service->ports[p], &facts);
	right_find(world, &facts, v6, false, &anyone);
	right_find(world, &facts, v6, local_inside, &answer->right[0]);
	right_find(world, &facts, v6, local_outside, &answer->right[1]);
	serving_find(&facts, v6, &answer->serving);
	answer->there = true;
	answer->guarded = false;
	answer->range_count = 0;
	answer->owner = s;
	answer->owner_port = p;
	answer->otherwise[0] = local_inside && anyone.count ? VERDICT_DROP : VERDICT_REJECT;
	answer->otherwise[1] = local_outside && anyone.count ? VERDICT_DROP : VERDICT_REJECT;
	answer->affinity_s = service->affinity_s;
	answer->keep_source = whose != CLUSTERS && service->external_local;
	answer->many_outside = whose != CLUSTERS && !service->external_local && anyone.count > 1;
	if (whose == BALANCERS)
		ranges_copy(service, v6, answer);
}

static void host_port_answer(const struct world *world, int h, const struct ip_addr *addr,
			     uint16_t number, uint8_t protocol, struct answer *answer)
{
	const struct w_host_port *port = &world->host_ports[h];
	struct ip_addr given = host_port_ip(h);
	bool v6 = !ip_addr_is_v4(addr);

	if (!port->there || port->port != number || port->protocol != protocol ||
	    !(v6 ? port->v6 : port->v4) ||
	    !(port->wildcard ? unspecified(addr) : ip_addr_equal(addr, &given)))
		return;
	answer->there = true;
	answer->guarded = answer->keep_source = answer->many_outside = false;
	answer->affinity_s = 0;
	answer->range_count = answer->owner_port = 0;
	answer->owner = SERVICES + h;
	for (int side = 0; side < 2; side++) {
		answer->right[side].items[0] =
			(struct target){ pod_addr(h, v6), port->pod_port, true };
		answer->right[side].count = 1;
	}
	answer->serving = answer->right[0];
}

/* The first by name has it: services are called svc_0, svc_1, …; host ports come before. */
void oracle_ask(const struct world *world, const struct ip_addr *addr, uint16_t port,
		uint8_t protocol, struct answer *ret_answer)
{
	ret_answer->there = false;
	for (int h = 0; h < HOST_PORTS && !ret_answer->there; h++)
		host_port_answer(world, h, addr, port, protocol, ret_answer);
	for (int s = 0; s < SERVICES && !ret_answer->there; s++) {
		const struct w_service *service = &world->services[s];

		for (int p = 0; p < service->port_count && !ret_answer->there; p++) {
			enum whose whose = service->there && !service->ignored &&
							   !named_before(service, p) ?
						   whose_is(service, &service->ports[p], addr, port,
							    protocol) :
						   NOBODYS;

			if (whose != NOBODYS)
				service_answer(world, s, p, whose, !ip_addr_is_v4(addr),
					       ret_answer);
		}
	}
}
