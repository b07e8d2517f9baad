/* SPDX-License-Identifier: Apache-2.0 */
/* world - a node for a test process: namespaces, veth pairs, a bpffs, loaded programs. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "byway/config.h"
#include "datapath/load.h"
#include "datapath/maps.h"
#include "packet/frame.h"

/* clang-format off */

/* The cast. Each pod has an address of both families. */
#define POD_A_V4 "10.9.0.2"
#define POD_A_V6 "fd09::2"
#define POD_A_MAC { 0x02, 0x0a, 0, 0, 0, 0x0a }
#define POD_A_PORT 40000
#define POD_B_V4 "10.9.0.3"
#define POD_B_V6 "fd09::3"
#define POD_B_MAC { 0x02, 0x0b, 0, 0, 0, 0x0a }
#define POD_B_PORT 80
#define POD_PENDING_V4 "10.9.0.4" /* has an interface; its policy is not in place */
#define POD_PENDING_V6 "fd09::4"
#define LEASED_V4 "10.9.0.5" /* an address whose interface is still being made */
#define LEASED_V6 "fd09::5"
#define UPLINK_MAC { 0x02, 0x75, 0, 0, 0, 0x01 }
#define OUTSIDE_V4 "192.0.2.1"
#define OUTSIDE_V6 "2001:db8::1"
#define GATEWAY_V4 "169.254.1.1"
#define GATEWAY_V6 "fe80::1"

/* clang-format on */

/* The uplink is there where uplink_make() was called (services.h). */
enum character { POD_A, POD_B, POD_PENDING, CHARACTER_COUNT, UPLINK = CHARACTER_COUNT };

struct world {
	const char *bpf_dir;
	struct datapath_maps maps;
	uint32_t ifindex[CHARACTER_COUNT + 1]; /* host sides: veth_a, …; and the uplink */
	int node_netns, pods_netns;	       /* this process lives in the first */
};

/*
 * world_enter - a fresh network and mount namespace for this process, with a bpffs of its own at
 * /sys/fs/bpf: whatever the process does there goes when it ends, however it ends. Returns NULL, or
 * why that is not possible here (no root, no BPF): then the tests are to be skipped.
 */
const char *world_enter(void);

/* world_make - the veth pairs, down, their pod sides in pods_netns. After world_enter(), once. */
int world_make(struct world *world, struct error *err);

/*
 * world_load - load the programs with these settings (bpf_dir is the world's), and open the maps.
 */
int world_load(struct world *world, const struct load_settings *settings,
	       struct load_report *ret_report, struct error *err);

/* world_reset - the maps as the cast has them: pod_a and pod_b ready, nothing else. */
void world_reset(const struct world *world);

/* The changes that rows make to a world that was reset. */
void pod_a_becomes_pending(const struct world *world);
void pod_a_loses_its_policy(const struct world *world);
void pod_b_becomes_pending(const struct world *world);

struct outcome {
	int rc; /* 0, or the negated errno with which the kernel refused the run itself */
	uint32_t verdict;
	struct frame out;
};

/* program_run - one frame through one program, as if it had come by that interface. */
struct outcome program_run(int program, uint32_t ifindex, const struct frame *in,
			   uint16_t gso_size);
