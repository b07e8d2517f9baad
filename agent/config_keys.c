/* SPDX-License-Identifier: Apache-2.0 */
/* config_keys - the table of the agent's keys: type, member, help, and whether it has an effect. */
#include "agent/config_keys.h"

#include <stddef.h>
#include <string.h>

static const char *const shape_names[SHAPE_COUNT] = { "a string", "a number", "true or false",
						      "a list of strings" };
static const char *const shape_flags[SHAPE_COUNT] = { "TEXT", "N", "true|false", "A,B" };

#define MEMBER(m) offsetof(struct agent_config, m)

/* A connection's timeout in each of its states. */
/* clang-format off */
#define TIMEOUT(name, label, timeout, text)                                                        \
	{ "timeouts." label, value_timeout, MEMBER(timeouts_s[CT_##name]),                         \
	  "seconds without a packet; " text " (default: " #timeout ")", SHAPE_NUMBER, USED },

static const struct config_key keys[] = {
	{ "nodeName", value_node_name, MEMBER(node_name),
	  "this node's name in the cluster (default: the host's name)",
	  SHAPE_TEXT, USED },
	{ "source.kind", value_source_kind, MEMBER(source),
	  "where cluster state comes from: kubernetes or directory (default: nowhere)",
	  SHAPE_TEXT, USED },
	{ "source.path", value_dir, MEMBER(source_path),
	  "the directory with objects, for source.kind directory",
	  SHAPE_TEXT, USED },
	{ "source.kubeconfig", value_dir, MEMBER(source_kubeconfig),
	  "how to reach the API server (default: the pod's service account)",
	  SHAPE_TEXT, UNUSED },
	{ "podCIDRs", value_ranges, MEMBER(pod_cidrs),
	  "the ranges that pods of this node get addresses from",
	  SHAPE_LIST, USED },
	{ "uplinks", value_uplinks, MEMBER(uplinks),
	  "interfaces to other nodes and outside, or patterns (default: by default routes)",
	  SHAPE_LIST, USED },
	{ "routing", value_routing, MEMBER(routing),
	  "how pods of other nodes are reached: native or vxlan (default: native)",
	  SHAPE_TEXT, UNUSED },
	{ "masquerade", value_bool, MEMBER(masquerade),
	  "pods speak to the outside with the node's address (default: true)",
	  SHAPE_BOOL, USED },
	{ "nonMasqueradeCIDRs", value_ranges, MEMBER(non_masquerade_cidrs),
	  "destinations that see a pod's own address",
	  SHAPE_LIST, USED },
	{ "nodePortAddresses", value_ranges, MEMBER(node_port_addresses),
	  "which of the node's addresses serve node ports (default: all)",
	  SHAPE_LIST, USED },
	{ "nodePortRange", value_ports, MEMBER(node_ports),
	  "ports set aside for services (default: 30000-32767)",
	  SHAPE_TEXT, UNUSED },
	{ "mtu", value_mtu, MEMBER(mtu),
	  "of pods' interfaces; 0 = the smallest of the interfaces with default routes (default: 0)",
	  SHAPE_NUMBER, USED },
	{ "runDir", value_dir, MEMBER(run_dir),
	  "records, settings and the local API's socket (default: " BYWAY_RUN_DIR ")",
	  SHAPE_TEXT, USED },
	{ "bpfDir", value_dir, MEMBER(bpf_dir),
	  "pins, on a bpffs (default: " BYWAY_BPF_DIR ")",
	  SHAPE_TEXT, USED },
	{ "cgroupDir", value_dir_or_none, MEMBER(cgroup_dir),
	  "the cgroup2 whose processes may use services (default: where cgroup2 is mounted)",
	  SHAPE_TEXT, USED },
	{ "cniConfDir", value_dir_or_none, MEMBER(cni_conf_dir),
	  "where the runtime looks for conflists; '' = write none (default: " AGENT_CNI_CONF_DIR ")",
	  SHAPE_TEXT, USED },
	{ "cniConfName", value_file_name, MEMBER(cni_conf_name),
	  "the conflist's name (default: " AGENT_CNI_CONF_NAME ")",
	  SHAPE_TEXT, USED },
	{ "cniVersion", value_cni_version, MEMBER(cni_version),
	  "the conflist's version (default: 1.0.0)",
	  SHAPE_TEXT, USED },
	{ "listen", value_listen, MEMBER(listen),
	  "metrics and health over TCP; '' = nowhere (default: " AGENT_LISTEN ")",
	  SHAPE_TEXT, USED },
	{ "healthListen", value_listen, MEMBER(health_listen),
	  "health for load balancers, as kube-proxy's; '' = nowhere (default: " AGENT_HEALTH_LISTEN ")",
	  SHAPE_TEXT, USED },
	{ "socketServices", value_socket_services, MEMBER(socket_services),
	  "whose sockets pick a service's backend themselves: all, host or off (default: all)",
	  SHAPE_TEXT, USED },
	CT_STATES(TIMEOUT)
	{ "attach", value_attach, MEMBER(attach),
	  "how programs sit on interfaces: clsact, tcx, or auto: clsact on pods', tcx on uplinks (default: auto)",
	  SHAPE_TEXT, USED },
	{ "dropEvents", value_drop_events, MEMBER(drop_events),
	  "drop records that a CPU sends in a second; 0 = none (default: 100)",
	  SHAPE_NUMBER, USED },
	{ "maps.endpoints", value_endpoints_max, MEMBER(endpoints_max),
	  "how many addresses of pods there is room for (default: 4096)",
	  SHAPE_NUMBER, USED },
	{ "maps.eventsBytes", value_events_bytes, MEMBER(events_bytes),
	  "size of the ring of records, a power of two (default: 262144)",
	  SHAPE_NUMBER, USED },
	{ "maps.conntrack", value_map_max, MEMBER(sizes.conntrack),
	  "connections; 0 = by memory, 65536 to 1048576 (default: 0)",
	  SHAPE_NUMBER, USED },
	{ "maps.services", value_map_max, MEMBER(sizes.services),
	  "frontends: addresses and ports of services; 0 = 65536 (default: 0)",
	  SHAPE_NUMBER, USED },
	{ "maps.backends", value_map_max, MEMBER(sizes.backends),
	  "backends of all services' ports; 0 = 524288 (default: 0)",
	  SHAPE_NUMBER, USED },
	{ "maps.maglev", value_map_max, MEMBER(sizes.maglev),
	  "services that outside reaches, 8 KiB each while in use; 0 = 16384 (default: 0)",
	  SHAPE_NUMBER, USED },
	{ "maps.sourceRanges", value_map_max, MEMBER(sizes.source_ranges),
	  "ranges that may use load balancers' addresses; 0 = 65536 (default: 0)",
	  SHAPE_NUMBER, USED },
	{ "maps.affinity", value_map_max, MEMBER(sizes.affinity),
	  "clients of services with session affinity; 0 = by memory (default: 0)",
	  SHAPE_NUMBER, USED },
};
/* clang-format on */
#define KEYS (sizeof(keys) / sizeof(*keys))
_Static_assert(KEYS <= 64, "struct agent_config.given has a bit for each key");

const struct config_key *key_find(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

uint64_t key_bit(const struct config_key *key)
{
	return 1ULL << (key - keys);
}

bool group_exists(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < KEYS; i++)
		if (!strncmp(keys[i].name, name, len) && keys[i].name[len] == '.')
			return true;
	return false;
}

const char *shape_name(enum shape shape)
{
	return shape_names[shape];
}

const char *config_unused_next(const struct agent_config *config, size_t *cursor)
{
	while (*cursor < KEYS) {
		size_t i = (*cursor)++;

		if (keys[i].use == UNUSED && config->given & 1ULL << i)
			return keys[i].name;
	}
	return NULL;
}

void config_help(FILE *out)
{
	for (size_t i = 0; i < KEYS; i++) {
		char flag[64];

		snprintf(flag, sizeof(flag), "--%s %s", keys[i].name, shape_flags[keys[i].shape]);
		fprintf(out, "  %-29s %s%s\n", flag, keys[i].help,
			keys[i].use == UNUSED ? " [no effect yet]" : "");
	}
}
