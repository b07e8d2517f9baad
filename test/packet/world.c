/* SPDX-License-Identifier: Apache-2.0 */
/* world - a node for a test process: namespaces, veth pairs, a bpffs, loaded programs. */
#include "packet/world.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "packet/veth.h"

#define BPF_FS "/sys/fs/bpf"

static const char *const host_names[] = { "veth_a", "veth_b", "veth_pending" };
static const char *const pod_names[] = { "pod_a", "pod_b", "pod_pending" };
static const uint8_t pod_macs[][MAC_SIZE] = { POD_A_MAC, POD_B_MAC, { 2, 0xcc, 0, 0, 0, 0xcc } };

static bool bpf_is_allowed(void)
{
	CLEANUP(fd_close) int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "probe", 4, 4, 1, NULL);

	return map >= 0 || (errno != EPERM && errno != ENOSYS && errno != EACCES);
}

const char *world_enter(void)
{
	if (geteuid() != 0)
		return "not root";
	if (!bpf_is_allowed())
		return "the bpf() system call is refused";
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		return "no new namespaces";
	if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("bpf", BPF_FS, "bpf", 0, NULL) < 0)
		return "no bpffs at " BPF_FS;
	return NULL;
}

/* A second namespace for the pods' sides: bpf_redirect_peer() refuses a peer in the same one. */
static int pods_netns_make(struct world *world, struct error *err)
{
	world->node_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (world->node_netns < 0 || unshare(CLONE_NEWNET) < 0)
		return error_set(err, -errno, "make the pods' network namespace");
	world->pods_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (world->pods_netns < 0 || setns(world->node_netns, CLONE_NEWNET) < 0)
		return error_set(err, -errno, "return to the node's network namespace");
	return 0;
}

int world_make(struct world *world, struct error *err)
{
	static const uint8_t gateway[MAC_SIZE] = GATEWAY_MAC_BYTES;
	int rc = pods_netns_make(world, err);

	if (rc)
		return rc;
	world->bpf_dir = BPF_FS "/byway-test";
	world->maps = (struct datapath_maps)DATAPATH_MAPS_CLOSED;
	for (size_t i = 0; i < CHARACTER_COUNT; i++) {
		struct veth_end host = { host_names[i], gateway, -1 };
		struct veth_end pod = { pod_names[i], pod_macs[i], world->pods_netns };

		rc = veth_make(&host, &pod, &world->ifindex[i]);
		if (rc)
			return error_set(err, rc, "make %s", host_names[i]);
	}
	return 0;
}

int world_load(struct world *world, const struct load_settings *settings,
	       struct load_report *ret_report, struct error *err)
{
	struct load_settings ours = *settings;
	int rc;

	ours.bpf_dir = world->bpf_dir;
	rc = datapath_load(&ours, ret_report, err);
	if (rc)
		return rc;
	datapath_maps_close(&world->maps);
	return datapath_maps_open(world->bpf_dir, &world->maps, err);
}

static struct ip_addr address(const char *text)
{
	struct ip_addr addr;

	if (!ip_addr_parse(text, &addr))
		abort();
	return addr;
}

static void lease(const struct world *world, const char *v4, const char *v6, uint32_t ifindex,
		  const uint8_t mac[MAC_SIZE])
{
	struct endpoint ep = { .owner = 1, .ifindex = ifindex };
	struct ip_addr addrs[] = { address(v4), address(v6) };

	memcpy(ep.pod_mac, mac, MAC_SIZE);
	for (size_t i = 0; i < 2; i++) {
		endpoint_release(&world->maps, &addrs[i]);
		if (endpoint_lease(&world->maps, &addrs[i], &ep))
			abort();
	}
}

static void policy_put(const struct world *world, enum character who, uint32_t flags)
{
	struct endpoint_policy policy = { .flags = flags };
	struct error err;

	if (endpoint_policy_set(&world->maps, world->ifindex[who], &policy, &err))
		abort();
}

void world_reset(const struct world *world)
{
	static const uint8_t nobody[MAC_SIZE] = {};

	lease(world, POD_A_V4, POD_A_V6, world->ifindex[POD_A], pod_macs[POD_A]);
	lease(world, POD_B_V4, POD_B_V6, world->ifindex[POD_B], pod_macs[POD_B]);
	lease(world, POD_PENDING_V4, POD_PENDING_V6, world->ifindex[POD_PENDING],
	      pod_macs[POD_PENDING]);
	lease(world, LEASED_V4, LEASED_V6, 0, nobody);
	policy_put(world, POD_A, ENDPOINT_READY);
	policy_put(world, POD_B, ENDPOINT_READY);
	endpoint_policy_delete(&world->maps, world->ifindex[POD_PENDING]);
}

void pod_a_becomes_pending(const struct world *world)
{
	policy_put(world, POD_A, 0);
}

void pod_a_loses_its_policy(const struct world *world)
{
	endpoint_policy_delete(&world->maps, world->ifindex[POD_A]);
}

void pod_b_becomes_pending(const struct world *world)
{
	policy_put(world, POD_B, 0);
}

struct outcome program_run(int program, uint32_t ifindex, const struct frame *in, uint16_t gso_size)
{
	struct outcome outcome = {};
	struct __sk_buff ctx = { .ifindex = ifindex, .gso_size = gso_size };
	/* repeat = 1: more would feed the rewritten frame back in. */
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->bytes,
		    .data_size_in = (uint32_t)in->len, .data_out = outcome.out.bytes,
		    .data_size_out = sizeof(outcome.out.bytes), .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = 1);

	if (bpf_prog_test_run_opts(program, &opts) < 0)
		outcome.rc = -errno;
	outcome.verdict = opts.retval;
	outcome.out.len = opts.data_size_out;
	return outcome;
}
