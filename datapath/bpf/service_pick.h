/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* service_pick - which service an address means, and which backend gets who asks. */
#pragma once

#include "datapath/logic/backend_slot.h"
#include "maps.h"

/*
 * Shared by sockets and packets. Entries are copied at once: the kernel may give the memory of one
 * that is replaced to another, also while a program that found it still runs.
 */

struct picked {
	struct backend backend;
	__u16 slot;
	__u8 set; /* enum backend_set */
	__u8 pad;
};

static __always_inline bool frontend_find(const struct service_key *key,
					  struct service *ret_service)
{
	const struct service *service = bpf_map_lookup_elem(&services, key);

	if (!service)
		return false;
	*ret_service = *service;
	return true;
}

/* The unspecified address of either family, which node ports have in map services. */
static __always_inline bool ip_addr_is_unspecified(const struct ip_addr *addr)
{
	return addr->words[0] == 0 && addr->words[1] == 0 && addr->words[3] == 0 &&
	       (addr->words[2] == 0 || addr->words[2] == IP_ADDR_V4_MARK);
}

static __always_inline bool node_port_find(struct service_key *key, __u32 unfit,
					   struct service *ret_service)
{
	const __u32 *flags = bpf_map_lookup_elem(&node_addresses, &key->addr);

	if (!flags || !(*flags & NODE_ADDRESS_NODE_PORTS) || *flags & unfit)
		return false;
	if (!ip_addr_is_v4(&key->addr))
		key->addr.words[2] = 0;
	key->addr.words[0] = 0;
	key->addr.words[1] = 0;
	key->addr.words[3] = 0;
	return frontend_find(key, ret_service);
}

/*
 * service_find - the service behind an address, port and protocol: of a frontend of its own, or of
 * a node port where the address is the node's. Addresses of the node with any flag of unfit
 * (enum node_address_flag) don't count: who asks from elsewhere passes NODE_ADDRESS_LOOPBACK.
 */
static __noinline bool service_find(const struct ip_addr *addr, __be16 port, __u8 protocol,
				    __u32 unfit, struct service *ret_service)
{
	struct service_key key = { .addr = *addr, .port = port, .protocol = protocol };

	/* Somebody who connects to 0.0.0.0 means himself and not a node port. */
	if (ip_addr_is_unspecified(addr))
		return false;
	return frontend_find(&key, ret_service) || node_port_find(&key, unfit, ret_service);
}

static __always_inline bool backend_find(__u32 service, __u8 set, __u16 slot,
					 struct backend *ret_backend)
{
	struct backend_key key = { .service = service, .slot = slot, .set = set };
	const struct backend *backend = bpf_map_lookup_elem(&backends, &key);

	if (!backend)
		return false;
	*ret_backend = *backend;
	return true;
}

/* Into what was picked when the slot holds a backend without any flag of unfit. */
static __always_inline bool slot_take(__u32 service, __u8 set, __u16 slot, __u16 unfit,
				      struct picked *ret_picked)
{
	struct picked picked = { .slot = slot, .set = set };

	if (!backend_find(service, set, slot, &picked.backend) || picked.backend.flags & unfit)
		return false;
	*ret_picked = picked;
	return true;
}

/*
 * backend_pick - a backend of the choice that takes new connections, by a hash or a random number.
 * choice is one of the service's own. False when it has none; with choice->slots > 0 that means
 * that the service has changed meanwhile, and is to be found again.
 *
 * The loop is unrolled because 6.1 takes none into whose head an instruction falls that is no jump.
 */
static __noinline bool backend_pick(const struct service *service,
				    const struct service_choice *choice, __u32 hash,
				    struct picked *ret_picked)
{
	if (!choice->slots)
		return false;
#pragma unroll
	for (__u32 i = 0; i < BACKEND_TRIES; i++)
		if (slot_take(service->id, choice->set, backend_slot(hash, i, choice->slots),
			      BACKEND_DRAINING, ret_picked))
			return true;
	return slot_take(service->id, choice->set, choice->sure, 0, ret_picked);
}

/*
 * backend_pick_maglev - the backend of the cluster set that every node picks for this hash; false
 * when there is no table, or it names one that has just gone: then backend_pick().
 */
static __always_inline bool backend_pick_maglev(const struct service *service, __u32 hash,
						struct picked *ret_picked)
{
	const struct maglev *table;
	__u32 id = service->id;
	__u64 place;

	if (!(service->flags & SERVICE_MAGLEV))
		return false;
	table = bpf_map_lookup_elem(&maglev, &id);
	if (!table)
		return false;
	/* A product, of which the verifier knows the bounds; of a remainder it does not (6.1). */
	place = ((__u64)hash * MAGLEV_SIZE) >> 32;
	if (place >= MAGLEV_SIZE)
		return false;
	return slot_take(service->id, BACKENDS_CLUSTER, table->slot[place], BACKEND_DRAINING,
			 ret_picked);
}

/* backend_still_serves - what was picked is what its slot holds; draining or not. */
static __always_inline bool backend_still_serves(__u32 service, __u8 set, __u16 slot,
						 const struct ip_addr *addr, __be16 port)
{
	struct backend backend;

	return backend_find(service, set, slot, &backend) && backend.port == port &&
	       ip_addr_equal(&backend.addr, addr);
}

#define AFFINITY_NS(seconds) ((seconds)*1000000000ULL)

/* The client's last backend, unless too much time has passed or it takes nothing new. */
static __always_inline bool affinity_holds(const struct service *service,
					   const struct service_choice *choice,
					   const struct affinity *last, __u64 now,
					   struct picked *ret_picked)
{
	struct picked picked;

	if (last->set != choice->set || now - last->used_ns > AFFINITY_NS(service->affinity_s) ||
	    !slot_take(service->id, last->set, last->slot, BACKEND_DRAINING, &picked) ||
	    picked.backend.port != last->backend.port ||
	    !ip_addr_equal(&picked.backend.addr, &last->backend.addr))
		return false;
	*ret_picked = picked;
	return true;
}

/* affinity_find - the backend that the client had last, when it still may; and again from now. */
static __noinline bool affinity_find(const struct service *service,
				     const struct service_choice *choice,
				     const struct ip_addr *client, struct picked *ret_picked)
{
	struct affinity_key key = { .client = *client, .service = service->id };
	struct affinity *last = bpf_map_lookup_elem(&affinity, &key);
	__u64 now = bpf_ktime_get_boot_ns();

	if (!last || !affinity_holds(service, choice, last, now, ret_picked))
		return false;
	last->used_ns = now;
	return true;
}

/* affinity_put - false when flags are BPF_NOEXIST and the client has a backend. */
static __noinline bool affinity_put(const struct service *service, const struct ip_addr *client,
				    const struct picked *picked, __u64 flags)
{
	struct affinity_key key = { .client = *client, .service = service->id };
	struct affinity last = { .used_ns = bpf_ktime_get_boot_ns(),
				 .backend = picked->backend,
				 .slot = picked->slot,
				 .set = picked->set };

	return bpf_map_update_elem(&affinity, &key, &last, flags) == 0;
}

/*
 * affinity_remember - the client's connections go there from now on; or, when it has just opened
 * another one, where that goes. Inline: kernels before 6.8 count 512 bytes of stack over all calls,
 * each rounded up to 32, and the packets' programs use nearly all of them.
 */
static __always_inline void affinity_remember(const struct service *service,
					      const struct service_choice *choice,
					      const struct ip_addr *client, struct picked *picked)
{
	if (!affinity_put(service, client, picked, BPF_NOEXIST) &&
	    !affinity_find(service, choice, client, picked))
		affinity_put(service, client, picked, BPF_ANY);
}

/*
 * backend_choose - affinity first, then as the hash or random number falls; remembers it where the
 * service wants affinity. False as backend_pick().
 */
static __always_inline bool backend_choose(const struct service *service,
					   const struct service_choice *choice,
					   const struct ip_addr *client, __u32 hash,
					   struct picked *ret_picked)
{
	if (service->affinity_s && affinity_find(service, choice, client, ret_picked))
		return true;
	if (!backend_pick(service, choice, hash, ret_picked))
		return false;
	if (service->affinity_s)
		affinity_remember(service, choice, client, ret_picked);
	return true;
}
