/* SPDX-License-Identifier: Apache-2.0 */
/* test_own_names - what uninstall may touch: our interfaces and pins, and nobody else's. */
#include "support/cases.h"

#include "agent/cli/own_names.h"

/* What endpoint_owner("pod_a", "eth0") makes. */
static char name_of_pod_a[IFNAME_MAX];

struct link_row {
	const char *sentence;
	const char *name; /* NULL: pod_a's */
	const char *alias;
	bool ours;
};

static const struct link_row links[] = {
	{ "name and alias of the same attachment", NULL, "byway:pod_a/eth0", true },
	{ "the alias of another attachment", NULL, "byway:pod_b/eth0" },
	{ "the alias of another interface of the pod", NULL, "byway:pod_a/eth1" },
	{ "no alias", NULL, NULL },
	{ "an empty alias", NULL, "" },
	{ "an alias of somebody else's", NULL, "uplink" },
	{ "an alias without an interface", NULL, "byway:pod_a" },
	{ "an alias that goes on", NULL, "byway:pod_a/eth0/x" },
	{ "a veth of another name", "veth0", "byway:pod_a/eth0" },
	{ "a name like ours, by chance", "veth0123456789a", "byway:pod_a/eth0" },
	{ "an uplink that somebody gave such an alias", "eth0", "byway:pod_a/eth0" },
};

static void link_is_judged(void **state)
{
	const struct link_row *row = *state;
	struct trace_link link = {};

	host_ifname_of(endpoint_owner("pod_a", "eth0"), name_of_pod_a);
	assert_int_equal(link_is_byways(row->name ? row->name : name_of_pod_a, row->alias, &link),
			 row->ours);
	if (!row->ours)
		return;
	assert_string_equal(link.name, name_of_pod_a);
	assert_string_equal(link.container_id, "pod_a");
	assert_string_equal(link.ifname, "eth0");
}

enum pin_kind { PIN_NONE, PIN_LINK, PIN_MAP, PIN_PROGRAM, PIN_SOCKET };

struct pin_row {
	const char *sentence, *file;
	enum pin_kind kind;
};

static const struct pin_row pins[] = {
	{ "a link at ingress", "veth0123456789a_ingress", PIN_LINK },
	{ "a link at egress", "vethfffffffffff_egress", PIN_LINK },
	{ "a link somewhere else", "veth0123456789a_xdp", PIN_NONE },
	{ "a link of an interface that is not ours", "eth0_ingress", PIN_NONE },
	{ "a link of an interface with a shorter name", "veth0_ingress", PIN_NONE },
	{ "a map", "endpoints_v1", PIN_MAP },
	{ "a map whose name begins like another's", "endpoint_policy_v1", PIN_MAP },
	{ "a map of a later layout", "endpoints_v27", PIN_MAP },
	{ "a map that a load left half done", "events_v1_new", PIN_MAP },
	{ "a map without a layout", "endpoints", PIN_NONE },
	{ "another's map", "other_endpoints_v1", PIN_NONE },
	{ "another's map that begins like ours", "endpoints_v1_backup", PIN_NONE },
	{ "a program", "from_pod", PIN_PROGRAM },
	{ "a program that a load left half done", "to_pod_new", PIN_PROGRAM },
	{ "a program that looks through sockets", "socket_stale", PIN_PROGRAM },
	{ "a hook on sockets, and its link", "socket_connect4", PIN_SOCKET },
	{ "a link that was left half done", "socket_recvmsg6_new", PIN_SOCKET },
	{ "a hook that there is not", "socket_connect5", PIN_NONE },
	{ "what sockets remember", "udp_peers_v1", PIN_MAP },
	{ "another's program", "from_pod2", PIN_NONE },
};

static void pin_is_judged(void **state)
{
	const struct pin_row *row = *state;
	char ifname[IFNAME_MAX];

	assert_int_equal(pin_name_parse(row->file, ifname), row->kind == PIN_LINK);
	assert_int_equal(map_pin_is_ours(row->file), row->kind == PIN_MAP);
	assert_int_equal(program_pin_is_ours(row->file),
			 row->kind == PIN_PROGRAM || row->kind == PIN_SOCKET);
	assert_int_equal(socket_pin_is_ours(row->file), row->kind == PIN_SOCKET);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, links, link_is_judged);
	ROWS_ADD(&cases, pins, pin_is_judged);
	return cases_run("agent/cli/own_names", &cases, NULL, NULL);
}
