/* SPDX-License-Identifier: Apache-2.0 */
/* test_uplink_pick - which interfaces are uplinks, and by which addresses the node is seen there.
 */
#include "support/cases.h"

#include <string.h>

#include "agent/uplink_pick.h"
#include "byway/ip_text.h"

#define ITEMS_MAX 8

struct address_row {
	uint32_t ifindex;
	const char *addr; /* NULL ends the list */
	bool local;	  /* not of global scope */
	bool unusable;
};

struct default_row {
	uint32_t ifindex; /* 0 ends the list */
	bool v6;
	uint32_t metric;
	const char *preferred;
};

struct row {
	const char *sentence;
	const char *config[UPLINKS_MAX];
	struct link_fact links[ITEMS_MAX];
	struct address_row addresses[ITEMS_MAX];
	struct default_row defaults[ITEMS_MAX];
	struct {
		uint32_t ifindex;
		const char *name, *v4, *v6;
	} held;
	const char *wanted; /* "name=v4,v6 name=…"; "-" for no address */
};

/* clang-format off */
#define LO   { .ifindex = 1, .name = "lo", .up = true, .loopback = true }
#define ETH0 { .ifindex = 2, .name = "eth0", .up = true, .ethernet = true }
#define ETH0_DOWN { .ifindex = 2, .name = "eth0", .ethernet = true }
#define ETH1 { .ifindex = 3, .name = "eth1", .up = true, .ethernet = true }
#define TUN0 { .ifindex = 4, .name = "tun0", .up = true }
#define POD  { .ifindex = 5, .name = "veth0123456789a", .up = true, .ethernet = true, .pod = true }

static const struct row rows[] = {
	{ "the interface of the default route is the uplink", {}, { LO, ETH0, ETH1, POD },
	  { { 2, "192.0.2.1" }, { 3, "198.51.100.1" } }, { { 2 } }, {}, "eth0=192.0.2.1,-" },
	{ "a default route of either family will do", {}, { LO, ETH0, ETH1 },
	  { { 2, "192.0.2.1" }, { 3, "2001:db8::1" } }, { { 2 }, { 3, .v6 = true } }, {},
	  "eth0=192.0.2.1,- eth1=-,2001:db8::1" },
	{ "several next hops make several uplinks", {}, { ETH0, ETH1 },
	  { { 2, "192.0.2.1" }, { 3, "198.51.100.1" } }, { { 2 }, { 3 } }, {},
	  "eth0=192.0.2.1,- eth1=198.51.100.1,-" },
	{ "without a default route there is none", {}, { LO, ETH0, POD }, { { 2, "192.0.2.1" } }, {}, {}, "" },
	{ "configured names count, not routes", { "eth1" }, { LO, ETH0, ETH1 },
	  { { 2, "192.0.2.1" }, { 3, "198.51.100.1" } }, { { 2 } }, {}, "eth1=198.51.100.1,-" },
	{ "a pattern takes all that it matches", { "eth*" }, { LO, ETH0, ETH1, TUN0 }, {}, {}, {},
	  "eth0=-,- eth1=-,-" },
	{ "no pattern makes loopback, a pod's interface or a tunnel an uplink", { "*" },
	  { LO, ETH0, TUN0, POD }, {}, {}, {}, "eth0=-,-" },
	{ "a default route by a tunnel makes none", {}, { LO, TUN0 }, {}, { { 4 } }, {}, "" },
	{ "the first global address counts", {}, { ETH0 },
	  { { 2, "169.254.7.7", .local = true }, { 2, "192.0.2.1" }, { 2, "192.0.2.2" },
	    { 2, "fe80::2", .local = true }, { 2, "2001:db8::1" } }, { { 2 } }, {},
	  "eth0=192.0.2.1,2001:db8::1" },
	{ "temporary, deprecated and tentative addresses do not", {}, { ETH0 },
	  { { 2, "2001:db8::7", .unusable = true }, { 2, "2001:db8::1" } }, { { 2 } }, {},
	  "eth0=-,2001:db8::1" },
	{ "an address that comes in front of the held one changes nothing", {}, { ETH0 },
	  { { 2, "2001:db8::2" }, { 2, "2001:db8::1" }, { 2, "192.0.2.1" } }, { { 2 } },
	  { 2, "eth0", "192.0.2.9", "2001:db8::1" }, "eth0=192.0.2.1,2001:db8::1" },
	{ "a held address that is usable no more is left", {}, { ETH0 },
	  { { 2, "2001:db8::2" }, { 2, "2001:db8::1", .unusable = true } }, { { 2 } },
	  { 2, "eth0", "192.0.2.1", "2001:db8::1" }, "eth0=-,2001:db8::2" },
	{ "unnumbered: the route's preferred source, of the best metric", {}, { LO, ETH0 },
	  { { 1, "192.0.2.1" } },
	  { { 2, .metric = 20, .preferred = "192.0.2.20" }, { 2, .metric = 10, .preferred = "192.0.2.10" },
	    { 2, .v6 = true, .metric = 1, .preferred = "2001:db8::1" } }, {}, "eth0=192.0.2.10,2001:db8::1" },
	{ "unnumbered, and no route names a source: the first global address of lo", {}, { LO, ETH0 },
	  { { 1, "127.0.0.1", .local = true }, { 1, "192.0.2.1" }, { 1, "::1", .local = true }, { 1, "2001:db8::1" } },
	  { { 2 } }, {}, "eth0=192.0.2.1,2001:db8::1" },
	{ "an address of its own wins over a preferred source", {}, { LO, ETH0 },
	  { { 2, "192.0.2.1" } }, { { 2, .preferred = "192.0.2.10" } }, {}, "eth0=192.0.2.1,-" },
	{ "an uplink that is down, and has lost its routes, stays one", {}, { LO, ETH0_DOWN },
	  { { 2, "192.0.2.1" } }, {}, { 2, "eth0", "192.0.2.1", "" }, "eth0=192.0.2.1,-" },
	{ "up and without a route it is none any more", {}, { LO, ETH0 },
	  { { 2, "192.0.2.1" } }, {}, { 2, "eth0", "192.0.2.1", "" }, "" },
	{ "an interface that is down and only has the number of an uplink is none", {}, { LO, ETH0_DOWN },
	  {}, {}, { 2, "eth9", "192.0.2.1", "" }, "" },
};
/* clang-format on */

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr = {};

	if (text && *text)
		assert_true(ip_addr_parse(text, &addr));
	return addr;
}

static const char *text_of(const struct ip_addr *addr, struct ip_text *text)
{
	static const struct ip_addr none;

	*text = ip_addr_text(addr);
	return ip_addr_equal(addr, &none) ? "-" : text->text;
}

static void facts_fill(const struct row *row, struct uplink_facts *facts)
{
	while (facts->link_count < ITEMS_MAX && row->links[facts->link_count].ifindex) {
		facts->links[facts->link_count] = row->links[facts->link_count];
		facts->link_count++;
	}
	for (const struct address_row *each = row->addresses; each->addr; each++)
		facts->addresses[facts->address_count++] =
			(struct address_fact){ each->ifindex, addr_of(each->addr), !each->local,
					       !each->unusable };
	for (const struct default_row *each = row->defaults; each->ifindex; each++)
		facts->defaults[facts->default_count++] =
			(struct default_fact){ each->ifindex, !each->v6, each->metric,
					       addr_of(each->preferred) };
}

static void uplinks_are_picked(void **state)
{
	const struct row *row = *state;
	struct link_fact links[ITEMS_MAX];
	struct address_fact addresses[ITEMS_MAX];
	struct default_fact defaults[ITEMS_MAX];
	struct uplink_facts facts = { .links = links,
				      .addresses = addresses,
				      .defaults = defaults };
	struct uplink_list held = {}, list;
	struct config_uplinks config = {};
	char got[512] = "";
	size_t used = 0;

	facts_fill(row, &facts);
	while (row->config[config.count]) {
		strcpy(config.items[config.count], row->config[config.count]);
		config.count++;
	}
	if (row->held.ifindex) {
		held.count = 1;
		held.items[0].ifindex = row->held.ifindex;
		strcpy(held.items[0].name, row->held.name);
		held.items[0].uplink =
			(struct uplink){ addr_of(row->held.v4), addr_of(row->held.v6) };
	}
	uplinks_pick(&config, &facts, &held, &list);
	for (size_t i = 0; i < list.count; i++) {
		struct ip_text v4, v6;

		used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s=%s,%s", i ? " " : "",
					 list.items[i].name, text_of(&list.items[i].uplink.v4, &v4),
					 text_of(&list.items[i].uplink.v6, &v6));
	}
	assert_string_equal(got, row->wanted);
}

static void more_than_fit_are_counted(void **state)
{
	struct link_fact links[UPLINK_ENTRIES_MAX + 3];
	struct uplink_facts facts = { .links = links, .link_count = UPLINK_ENTRIES_MAX + 3 };
	struct config_uplinks config = { .items = { "e*" }, .count = 1 };
	static const struct uplink_list none;
	struct uplink_list list;

	(void)state;
	for (uint32_t i = 0; i < facts.link_count; i++) {
		links[i] = (struct link_fact){ .ifindex = i + 1, .up = true, .ethernet = true };
		snprintf(links[i].name, sizeof(links[i].name), "e%u", i);
	}
	uplinks_pick(&config, &facts, &none, &list);
	assert_int_equal(list.count, UPLINK_ENTRIES_MAX);
	assert_int_equal(list.left_out, 3);
}

struct route_row {
	const char *sentence;
	const char *target;
	uint32_t ifindex;
	bool kernels, matters;
};

/* clang-format off */
static const struct route_row routes[] = {
	{ "a default route", "0.0.0.0/0", 9, false, true },
	{ "a default route of the other family", "::/0", 9, false, true },
	{ "a default route with several next hops", "0.0.0.0/0", 0, false, true },
	{ "a pod's route", "10.9.1.7/32", 9, false, false },
	{ "a pod's IPv6 route", "fd09:1::7/128", 9, false, false },
	{ "a route to one address by an uplink", "192.0.2.9/32", 2, false, true },
	{ "a range that may have been reached by an uplink", "198.51.100.0/24", 9, false, true },
	{ "what the kernel adds for an uplink's address", "192.0.2.1/32", 2, true, true },
	{ "what the kernel adds for another's", "192.0.2.0/24", 9, true, false },
	{ "the link-local range of any interface", "fe80::/64", 9, false, false },
	{ "the multicast range of any interface", "ff00::/8", 9, false, false },
};
/* clang-format on */

static void route_is_judged(void **state)
{
	static const struct uplink_list uplinks = { .items = { { .ifindex = 2, .name = "eth0" } },
						    .count = 1 };
	const struct route_row *row = *state;
	struct route_fact route = { .ifindex = row->ifindex, .forwards = !row->kernels };
	char text[64];
	char *slash;

	strcpy(text, row->target);
	slash = strchr(text, '/');
	*slash = '\0';
	route.target = addr_of(text);
	route.prefix = (unsigned int)atoi(slash + 1);
	route.v4 = ip_addr_is_v4(&route.target);
	assert_int_equal(route_matters(&route, &uplinks), row->matters);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, uplinks_are_picked);
	ROWS_ADD(&cases, routes, route_is_judged);
	case_add(&cases, "what there is no room for is counted", more_than_fit_are_counted, NULL);
	return cases_run("agent/uplink_pick", &cases, NULL, NULL);
}
