/* SPDX-License-Identifier: Apache-2.0 */
/* test_services - each rule of Services as kube-proxy keeps them, one row each. */
#include "support/cases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"

/* What is asked of one frontend. */
struct row {
	const char *sentence, *service, *slices[3];
	const char *frontend, *inside, *outside, *flags;
};

#define IP "ip:10.96.0.1 "
#define HTTP "port:http/80/TCP "
#define WEB IP HTTP
#define P "http/8080/TCP "
#define A "10.1.0.1@node_1"
#define B "10.1.0.2@node_2"
#define C "10.1.0.3@node_3"
#define VIP "10.96.0.1:80/TCP"
#define NODE IP "port:http/80/TCP/30080 "
#define OUT IP HTTP "external:192.0.2.1 balancer:198.51.100.1 "
#define PORT_A "10.1.0.1:8080"
#define PORT_B "10.1.0.2:8080"
#define PORT_AB PORT_A " " PORT_B

/* clang-format off */
static const struct row rows[] = {
	/* Which objects. */
	{ "a cluster IP leads to the ready endpoints", WEB, { P A " " B }, VIP, PORT_AB, PORT_AB, "" },
	{ "a Service that is not ours to serve has no frontends", WEB "ignored", { P A }, VIP, "nothing", "nothing", "nothing" },
	{ "a slice that is headless is not looked at", WEB, { P A, "ignored " P B }, VIP, PORT_A, PORT_A, "" },
	{ "slices of a service are joined", WEB, { P A, P B }, VIP, PORT_AB, PORT_AB, "" },
	{ "ports are joined by name", WEB, { "dns/53/TCP " P A }, VIP, PORT_A, PORT_A, "" },
	{ "a port of another name is another port", WEB, { "dns/53/TCP " A }, VIP, "reject", "reject", "" },
	{ "the protocol must be the same as well", WEB, { "http/8080/UDP " A }, VIP, "reject", "reject", "" },
	{ "ports without a name are joined", IP "port:/80/TCP", { "/8080/TCP " A }, VIP, PORT_A, PORT_A, "" },
	{ "one name may be different numbers in different slices", WEB, { P A, "http/9090/TCP " B }, VIP, PORT_A " 10.1.0.2:9090", PORT_A " 10.1.0.2:9090", "" },
	{ "a port without a number is not looked at", WEB, { "http/0/TCP " A }, VIP, "reject", "reject", "" },
	{ "an endpoint in two slices: the one that is not terminating wins", WEB, { P A ",terminating", P A }, VIP, PORT_A, PORT_A, "" },
	{ "an endpoint in two slices is one backend", WEB, { P A, P A " " B }, VIP, PORT_AB, PORT_AB, "" },
	{ "one address with two port numbers is two backends", WEB, { P "http/9090/TCP " A }, VIP, PORT_A " 10.1.0.1:9090", PORT_A " 10.1.0.1:9090", "" },

	/* Which backends. */
	{ "one that is not ready is not used", WEB, { P A " " B ",not-ready" }, VIP, PORT_A, PORT_A, "" },
	{ "one that terminates is not used while another is ready", WEB, { P A " " B ",terminating" }, VIP, PORT_A, PORT_A, "" },
	{ "those that terminate and serve are used when none is ready", WEB, { P A ",terminating " B ",not-ready" }, VIP, PORT_A, PORT_A, "" },
	{ "one that terminates and does not serve is never used", WEB, { P A ",gone" }, VIP, "reject", "reject", "" },
	{ "one that is published although it terminates is ready", WEB, { P A ",terminating,ready" }, VIP, PORT_A, PORT_A, "" },
	{ "no endpoint at all: reject", WEB, { P }, VIP, "reject", "reject", "" },
	{ "no slice at all: reject", WEB, {}, VIP, "reject", "reject", "" },
	{ "no endpoint: reject on a node port", NODE, { P }, "node:30080/TCP", "reject", "reject", "" },
	{ "no endpoint: reject on an external IP", OUT, { P }, "192.0.2.1:80/TCP", "reject", "reject", "" },
	{ "no endpoint: reject on a load-balancer IP", OUT, { P }, "198.51.100.1:80/TCP", "reject", "reject", "" },
	{ "no endpoint and policy Local: reject all the same", OUT "external-local internal-local", { P }, "192.0.2.1:80/TCP", "reject", "reject", "keep-source" },

	/* Hints. */
	{ "hints for this zone", WEB, { P A ",zone=zone_a " B ",zone=zone_b" }, VIP, PORT_A, PORT_A, "" },
	{ "one without a hint, and hints don't count", WEB, { P A ",zone=zone_a " B }, VIP, PORT_AB, PORT_AB, "" },
	{ "no hint for this zone, and hints don't count", WEB, { P A ",zone=zone_b " B ",zone=zone_c" }, VIP, PORT_AB, PORT_AB, "" },
	{ "one that is not ready needs no hint", WEB, { P A ",zone=zone_a " B ",zone=zone_b " C ",not-ready" }, VIP, PORT_A, PORT_A, "" },
	{ "several zones in one hint", WEB, { P A ",zone=zone_c,zone=zone_a " B ",zone=zone_b" }, VIP, PORT_A, PORT_A, "" },
	{ "a zone whose name begins like ours is another", WEB, { P A ",zone=zone_a " B ",zone=zone_a2" }, VIP, PORT_A, PORT_A, "" },
	{ "hints for nodes come before hints for zones", WEB, { P A ",node=node_2,zone=zone_a " B ",node=node_1,zone=zone_b" }, VIP, PORT_B, PORT_B, "" },
	{ "no hint for this node: the zones decide", WEB, { P A ",node=node_2,zone=zone_a " B ",node=node_3,zone=zone_b" }, VIP, PORT_A, PORT_A, "" },
	{ "one without a hint for nodes: the zones decide", WEB, { P A ",zone=zone_b " B ",node=node_1,zone=zone_a" }, VIP, PORT_B, PORT_B, "" },
	{ "hints don't count for those that terminate", WEB, { P A ",terminating,zone=zone_a " B ",terminating,zone=zone_b" }, VIP, PORT_AB, PORT_AB, "" },
	{ "policy Local does not look at hints", WEB "internal-local", { P A ",zone=zone_b " B ",zone=zone_a" }, VIP, PORT_A, PORT_A, "" },

	/* Traffic policies. */
	{ "internal policy Local: the node's own", WEB "internal-local", { P A " " B }, VIP, PORT_A, PORT_A, "" },
	{ "internal policy Local and none here: drop", WEB "internal-local", { P B }, VIP, "drop", "drop", "" },
	{ "internal policy Local and none anywhere: reject", WEB "internal-local", { P B ",not-ready" }, VIP, "reject", "reject", "" },
	{ "internal policy Local: fallback to those that terminate here", WEB "internal-local", { P A ",terminating " B }, VIP, PORT_A, PORT_A, "" },
	{ "internal policy Local does not touch node ports", NODE "internal-local", { P A " " B }, "node:30080/TCP", PORT_AB, PORT_AB, "maglev" },
	{ "an endpoint without a node is not local", WEB "internal-local", { P "10.1.0.1@" }, VIP, "drop", "drop", "" },
	{ "external policy Local: outside the node's own with the client's address, inside all", OUT "external-local", { P A " " B }, "192.0.2.1:80/TCP", PORT_AB, PORT_A, "keep-source" },
	{ "external policy Local on a load-balancer IP", OUT "external-local", { P A " " B }, "198.51.100.1:80/TCP", PORT_AB, PORT_A, "keep-source" },
	{ "external policy Local on a node port", NODE "external-local", { P A " " B }, "node:30080/TCP", PORT_AB, PORT_A, "keep-source" },
	{ "external policy Local and none here: outside drop, inside those elsewhere", NODE "external-local", { P B }, "node:30080/TCP", PORT_B, "drop", "keep-source" },
	{ "external policy Local does not touch the cluster IP", NODE "external-local", { P A " " B }, VIP, PORT_AB, PORT_AB, "" },
	{ "fallback is decided for each set: ready elsewhere, terminating here", NODE "external-local", { P A ",terminating " B }, "node:30080/TCP", PORT_B, PORT_A, "keep-source" },
	{ "both policies Local: inside an external frontend still chooses from all", NODE "external-local internal-local", { P A " " B }, "node:30080/TCP", PORT_AB, PORT_A, "keep-source" },

	/* Frontends. */
	{ "a node port", NODE, { P A }, "node:30080/TCP", PORT_A, PORT_A, "" },
	{ "an external IP", OUT, { P A }, "192.0.2.1:80/TCP", PORT_A, PORT_A, "" },
	{ "a load-balancer IP", OUT, { P A }, "198.51.100.1:80/TCP", PORT_A, PORT_A, "" },
	{ "two protocols of one number are two frontends: TCP", IP "port:d/53/TCP port:u/53/UDP", { "d/53/TCP " A, "u/53/UDP " B }, "10.96.0.1:53/TCP", "10.1.0.1:53", "10.1.0.1:53", "" },
	{ "two protocols of one number are two frontends: UDP", IP "port:d/53/TCP port:u/53/UDP", { "d/53/TCP " A, "u/53/UDP " B }, "10.96.0.1:53/UDP", "10.1.0.2:53", "10.1.0.2:53", "" },
	{ "two ports of one name and different protocols", IP "port:d/53/TCP port:d/53/UDP", { "d/53/TCP d/54/UDP " A }, "10.96.0.1:53/UDP", "10.1.0.1:54", "10.1.0.1:54", "" },
	{ "SCTP", IP "port:s/99/SCTP", { "s/99/SCTP " A }, "10.96.0.1:99/SCTP", "10.1.0.1:99", "10.1.0.1:99", "" },
	{ "source ranges guard a load-balancer IP", OUT "range:10.0.0.0/8 range:192.168.0.0/16", { P A }, "198.51.100.1:80/TCP", PORT_A, PORT_A, "range:10.0.0.0/8 range:192.168.0.0/16" },
	{ "source ranges don't guard an external IP", OUT "range:10.0.0.0/8", { P A }, "192.0.2.1:80/TCP", PORT_A, PORT_A, "" },
	{ "source ranges don't guard a node port", NODE "balancer:198.51.100.1 range:10.0.0.0/8", { P A }, "node:30080/TCP", PORT_A, PORT_A, "" },
	{ "source ranges don't guard a cluster IP", OUT "range:10.0.0.0/8", { P A }, VIP, PORT_A, PORT_A, "" },
	{ "a range of the other family guards nothing", OUT "range:fd00::/8", { P A }, "198.51.100.1:80/TCP", PORT_A, PORT_A, "" },
	{ "a range of length 0 is no guard", OUT "range:10.0.0.0/8 range:0.0.0.0/0", { P A }, "198.51.100.1:80/TCP", PORT_A, PORT_A, "" },
	{ "bits behind a range's length don't matter", OUT "range:10.1.2.3/8 range:10.0.0.0/8", { P A }, "198.51.100.1:80/TCP", PORT_A, PORT_A, "range:10.0.0.0/8" },
	{ "an address that is external and a load balancer's is guarded", WEB "external:192.0.2.1 balancer:192.0.2.1 range:10.0.0.0/8", { P A }, "192.0.2.1:80/TCP", PORT_A, PORT_A, "range:10.0.0.0/8" },
	{ "session affinity", WEB "affinity:10800", { P A }, VIP, PORT_A, PORT_A, "affinity:10800" },
	{ "Maglev where several backends serve outside", OUT, { P A " " B }, "192.0.2.1:80/TCP", PORT_AB, PORT_AB, "maglev" },
	{ "no Maglev for a cluster IP", OUT, { P A " " B }, VIP, PORT_AB, PORT_AB, "" },

	/* Families. */
	{ "IPv6 alone", "ip:fd96::1 " HTTP, { P "fd01::1@node_1" }, "[fd96::1]:80/TCP", "[fd01::1]:8080", "[fd01::1]:8080", "" },
	{ "two families: the IPv4 frontend leads to IPv4", IP "ip:fd96::1 " HTTP, { P A, P "fd01::1@node_1" }, VIP, PORT_A, PORT_A, "" },
	{ "two families: the IPv6 frontend leads to IPv6", IP "ip:fd96::1 " HTTP, { P A, P "fd01::1@node_1" }, "[fd96::1]:80/TCP", "[fd01::1]:8080", "[fd01::1]:8080", "" },
	{ "two families: one without backends rejects by itself", IP "ip:fd96::1 " HTTP, { P A }, "[fd96::1]:80/TCP", "reject", "reject", "" },
	{ "a node port has the families of the cluster IPs", IP "port:http/80/TCP/30080", { P A }, "node6:30080/TCP", "nothing", "nothing", "nothing" },
	{ "a node port of both families", IP "ip:fd96::1 port:http/80/TCP/30080", { P "fd01::1@node_2" }, "node6:30080/TCP", "[fd01::1]:8080", "[fd01::1]:8080", "" },
	{ "hints of one family say nothing of the other", IP "ip:fd96::1 " HTTP, { P A ",zone=zone_a " B ",zone=zone_b", P "fd01::1@node_1" }, VIP, PORT_A, PORT_A, "" },
	{ "an external IP of a family that the service has not is left out", WEB "external:2001:db8::1", { P A }, "[2001:db8::1]:80/TCP", "nothing", "nothing", "nothing" },
};
/* clang-format on */

static void expect(const char *what, const char *is, const char *should)
{
	if (strcmp(is, should) != 0)
		fail_msg("%s: \"%s\", should be \"%s\"", what, is, should);
}

static void it_is_compiled(void **state)
{
	const struct row *row = *state;
	struct scene scene;
	char name[8] = "web-0";

	scene_begin(&scene);
	scene_zone(&scene, "zone_a");
	scene_service(&scene, "web", row->service);
	for (size_t i = 0; i < 3 && row->slices[i]; i++) {
		name[4] = (char)('0' + i);
		scene_slice(&scene, name, "web", row->slices[i]);
	}
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, row->frontend, false).text, row->inside);
	expect("outside", scene_ask(&scene, row->frontend, true).text, row->outside);
	expect("flags", scene_flags(&scene, row->frontend).text, row->flags);
	scene_end(&scene);
}

/* --- backends from pods ----------------------------------------------------------------------- */

struct pod_row {
	const char *sentence, *service, *pods[2], *slice;
	const char *frontend, *inside;
};

#define POD "app:web ip:10.1.0.1 node:node_1 "
#define SELECTS WEB "select:web "
#define TARGET(target) IP "port:http/80/TCP/0/" target " select:web "

/* clang-format off */
static const struct pod_row pod_rows[] = {
	{ "a selector without slices finds pods", SELECTS, { POD }, NULL, VIP, "10.1.0.1:80" },
	{ "a pod with other labels is none of them", SELECTS, { "app:db ip:10.1.0.1" }, NULL, VIP, "reject" },
	{ "slices come before pods", SELECTS, { POD }, P B, VIP, PORT_B },
	{ "no selector and no slices: no backends", WEB, { POD }, NULL, VIP, "reject" },
	{ "a pod that is not ready", SELECTS, { POD "not-ready" }, NULL, VIP, "reject" },
	{ "a pod that is not ready, where the service wants it all the same", SELECTS "not-ready-too", { POD "not-ready" }, NULL, VIP, "10.1.0.1:80" },
	{ "a pod that terminates is used when there is no other", SELECTS, { POD "terminating" }, NULL, VIP, "10.1.0.1:80" },
	{ "a pod that terminates is not used beside another", SELECTS, { POD "terminating", "app:web ip:10.1.0.2" }, NULL, VIP, "10.1.0.2:80" },
	{ "a pod that has finished is nobody", SELECTS "not-ready-too", { POD "finished" }, NULL, VIP, "reject" },
	{ "targetPort as a number", TARGET("8080"), { POD }, NULL, VIP, PORT_A },
	{ "targetPort as a name", TARGET("web"), { POD "port:web/8080/TCP" }, NULL, VIP, PORT_A },
	{ "targetPort as a name that the pod does not have", TARGET("web"), { POD "port:www/8080/TCP" }, NULL, VIP, "reject" },
	{ "targetPort as a name of another protocol", TARGET("web"), { POD "port:web/8080/UDP" }, NULL, VIP, "reject" },
	{ "targetPort as a name that is a number of its own in each pod", TARGET("web"), { POD "port:web/8080/TCP", "app:web ip:10.1.0.2 port:web/9090/TCP" }, NULL, VIP, PORT_A " 10.1.0.2:9090" },
	{ "pods of two families", "ip:fd96::1 " IP HTTP "select:web", { "app:web ip:10.1.0.1 ip:fd01::1" }, NULL, "[fd96::1]:80/TCP", "[fd01::1]:80" },
	{ "a pod of this node is local", SELECTS "internal-local", { POD, "app:web ip:10.1.0.2 node:node_2" }, NULL, VIP, "10.1.0.1:80" },
	{ "a pod without an address is nobody", SELECTS, { "app:web node:node_1" }, NULL, VIP, "reject" },
};
/* clang-format on */

static void pods_are_found(void **state)
{
	const struct pod_row *row = *state;
	struct scene scene;

	scene_begin(&scene);
	for (size_t i = 0; i < 2 && row->pods[i]; i++)
		scene_pod(&scene, i ? "pod_b" : "pod_a", row->pods[i]);
	scene_service(&scene, "web", row->service);
	if (row->slice)
		scene_slice(&scene, "web-0", "web", row->slice);
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, row->frontend, false).text, row->inside);
	scene_end(&scene);
}

/* --- what is wrong ---------------------------------------------------------------------------- */

struct problem_row {
	const char *sentence, *web, *other; /* Services "web" and "zoo" */
	const char *problem;		    /* must be told */
	const char *frontend, *inside;	    /* works all the same */
};

/* clang-format off */
static const struct problem_row problem_rows[] = {
	{ "a node port of two services is the first one's", NODE, "ip:10.96.0.2 port:http/80/TCP/30080", "default/zoo: node port 30080 belongs to default/web", "node:30080/TCP", PORT_A },
	{ "the second one's other frontends work", NODE, "ip:10.96.0.2 port:http/80/TCP/30080", "default/zoo: node port 30080", "10.96.0.2:80/TCP", PORT_B },
	{ "an external IP of two services", OUT, "ip:10.96.0.2 port:http/80/TCP external:192.0.2.1", "default/zoo: 192.0.2.1 port 80 belongs to default/web", "192.0.2.1:80/TCP", PORT_A },
	{ "one service's cluster IP as another's external IP", WEB, "ip:10.96.0.2 port:http/80/TCP external:10.96.0.1", "default/zoo: 10.96.0.1 port 80 belongs to default/web", VIP, PORT_A },
	{ "an external IP of the wrong family", WEB "external:2001:db8::1", NULL, "default/web: external IP 2001:db8::1 is left out: the service has no address of its family", VIP, PORT_A },
	{ "a load-balancer IP of the wrong family", WEB "balancer:2001:db8::1", NULL, "default/web: load-balancer IP 2001:db8::1 is left out", VIP, PORT_A },
	{ "two ports of one name", WEB "port:http/81/TCP", NULL, "default/web: port 81 is left out: its name 'http' is also that of port 80", VIP, PORT_A },
	{ "two ports of one number", WEB "port:more/80/TCP", NULL, "10.96.0.1 port 80 leads to port 'http': port 'more' is left out there", VIP, PORT_A },
	{ "a port without a number", WEB "port:none/0/TCP", NULL, "default/web: port 'none' is left out: it has no number", VIP, PORT_A },
	{ "nothing is wrong", OUT, "ip:10.96.0.2 port:http/80/TCP", "", VIP, PORT_A },
};
/* clang-format on */

static void it_is_told(void **state)
{
	const struct problem_row *row = *state;
	struct scene_text problems;
	struct scene scene;

	scene_begin(&scene);
	if (row->other) {
		scene_service(&scene, "zoo", row->other);
		scene_slice(&scene, "zoo-0", "zoo", P B);
		scene_pass(&scene);
	}
	scene_service(&scene, "web", row->web);
	scene_slice(&scene, "web-0", "web", P A);
	scene_pass(&scene);
	problems = scene_problems(&scene);
	if (!strstr(problems.text, row->problem) || (!*row->problem && *problems.text))
		fail_msg("told: \"%s\"", problems.text);
	expect("inside", scene_ask(&scene, row->frontend, false).text, row->inside);
	scene_end(&scene);
}

/* --- changes ---------------------------------------------------------------------------------- */

static void web_begin(struct scene *scene, const char *service, const char *slice)
{
	scene_begin(scene);
	scene_service(scene, "web", service);
	scene_slice(scene, "web-0", "web", slice);
	scene_pass(scene);
}

static void a_terminating_one_drains(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, WEB, P A " " B);
	scene_slice(&scene, "web-0", "web", P A ",terminating " B);
	assert_int_equal(scene_pass(&scene), 2); /* the frontend's sure slot, and the mark */
	expect("inside", scene_ask(&scene, VIP, false).text, "(" PORT_A ") " PORT_B);
	scene_slice(&scene, "web-0", "web", P A ",gone " B);
	assert_int_equal(scene_pass(&scene), 1);
	expect("inside", scene_ask(&scene, VIP, false).text, PORT_B);
	scene_end(&scene);
}

static void the_end_of_one_is_one_write(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, WEB, P A " " B " " C);
	scene_slice(&scene, "web-0", "web", P A " " C);
	assert_int_equal(scene_pass(&scene), 1);
	expect("inside", scene_ask(&scene, VIP, false).text, PORT_A " 10.1.0.3:8080");
	scene_slice(&scene, "web-0", "web", P A " " B " " C);
	assert_int_equal(scene_pass(&scene), 1);
	expect("inside", scene_ask(&scene, VIP, false).text, PORT_AB " 10.1.0.3:8080");
	scene_slice(&scene, "web-0", "web", P A " " B);
	assert_int_equal(scene_pass(&scene), 1);
	scene_end(&scene);
}

static void left_with_none_nothing_is_forgotten(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, IP "port:http/80/UDP", "http/8080/UDP " A " " B);
	scene_slice(&scene, "web-0", "web", "http/8080/UDP " A ",gone");
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, "10.96.0.1:80/UDP", false).text,
	       "reject (" PORT_A ") (" PORT_B ")");
	scene_slice(&scene, "web-0", "web", "http/8080/UDP " C);
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, "10.96.0.1:80/UDP", false).text, "10.1.0.3:8080");
	scene_end(&scene);
}

static void nothing_new_is_no_write(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, OUT, P A " " B);
	scene_service(&scene, "web", OUT);
	scene_slice(&scene, "web-0", "web", P A " " B);
	assert_int_equal(scene_pass(&scene), 0);
	scene_slice(&scene, "web-1", "web", P A);
	assert_int_equal(scene_pass(&scene), 0);
	scene_end(&scene);
}

static void a_service_that_goes_takes_all_with_it(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, OUT "range:10.0.0.0/8", P A " " B);
	scene_service(&scene, "web", NULL);
	scene_pass(&scene);
	assert_int_equal(scene.sim->frontend_count, 0);
	assert_int_equal(scene.sim->backend_count, 0);
	assert_int_equal(scene.sim->maglev_count, 0);
	assert_int_equal(scene.sim->source_range_count, 0);
	assert_null(compiler_rows(scene.compiler, "default/web"));
	scene_end(&scene);
}

/* "default/web" and another one, made anew under its addresses in the same pass. */
static void an_address_changes_hands(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, WEB, P A);
	scene_service(&scene, "web", NULL);
	scene_service(&scene, "zoo", WEB);
	scene_slice(&scene, "zoo-0", "zoo", P B);
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, VIP, false).text, PORT_B);
	scene_service(&scene, "ant", WEB);
	scene_slice(&scene, "ant-0", "ant", P C);
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, VIP, false).text, "10.1.0.3:8080");
	scene_service(&scene, "ant", NULL);
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, VIP, false).text, PORT_B);
	expect("problems", scene_problems(&scene).text, "");
	scene_end(&scene);
}

static void restart(struct scene *scene)
{
	struct held_maps maps;
	struct error err;

	compiler_free(&scene->compiler);
	scene->compiler = compiler_new();
	map_sim_read(scene->sim, 3, &maps);
	assert_int_equal(compiler_learn(scene->compiler, &maps, &err), 0);
	held_maps_done(&maps);
	for (struct cluster_service *each = cluster_services(scene->cluster); each;
	     each = each->hh.next)
		cluster_dirty_mark(scene->cluster, each);
}

static void what_is_stale_goes_when_all_is_told(void **state)
{
	struct scene scene;
	struct error err;

	(void)state;
	web_begin(&scene, WEB, P A);
	scene_service(&scene, "zoo", "ip:10.96.0.2 " HTTP);
	scene_slice(&scene, "zoo-0", "zoo", P B);
	scene_pass(&scene);
	restart(&scene);
	scene_service(&scene, "zoo", NULL);
	assert_int_equal(compiler_update(scene.compiler, scene.cluster, false, &err), 0);
	for (int phase = 0; phase < WRITE_PHASE_COUNT; phase++)
		compiler_write(scene.compiler, phase, map_sim_write, scene.sim);
	assert_false(compiler_done(scene.compiler));
	expect("before", scene_ask(&scene, "10.96.0.2:80/TCP", false).text, PORT_B);
	assert_int_equal(scene_pass(&scene), 2);
	expect("after", scene_ask(&scene, "10.96.0.2:80/TCP", false).text, "nothing");
	expect("the other", scene_ask(&scene, VIP, false).text, PORT_A);
	scene_end(&scene);
}

static void a_check_finds_what_was_left(void **state)
{
	struct held_maps maps;
	struct scene scene;
	struct error err;

	(void)state;
	web_begin(&scene, OUT "range:10.0.0.0/8", P A " " B);
	map_sim_read(scene.sim, 1, &maps);
	assert_int_equal(compiler_learn(scene.compiler, &maps, &err), 0);
	assert_int_equal(compiler_count(scene.compiler).mended, 0);
	assert_int_equal(scene_pass(&scene), 0);
	scene.sim->maglevs[0].table.slot[17] ^= 1;
	map_sim_read(scene.sim, 1, &maps);
	assert_int_equal(compiler_learn(scene.compiler, &maps, &err), 0);
	assert_int_equal(compiler_count(scene.compiler).mended, 1);
	assert_int_equal(scene_pass(&scene), 1);
	scene_end(&scene);
}

static void ids_are_not_used_again(void **state)
{
	struct scene scene;
	uint32_t id;

	(void)state;
	web_begin(&scene, WEB, P A);
	id = scene_frontend(&scene, VIP)->id;
	compiler_ids_above(scene.compiler, 1000);
	scene_service(&scene, "web", NULL);
	scene_pass(&scene);
	scene_service(&scene, "web", WEB);
	scene_pass(&scene);
	assert_true(scene_frontend(&scene, VIP)->id > 1000);
	assert_int_equal(id, 1);
	scene_end(&scene);
}

/* --- when a map is full ----------------------------------------------------------------------- */

static enum write_map full_map;

static int write_unless_full(const struct write *write, void *ctx)
{
	return write->map == full_map && write->value ? -ENOSPC : map_sim_write(write, ctx);
}

static bool pass_with_full(struct scene *scene, enum write_map map)
{
	struct error err;

	full_map = map;
	assert_int_equal(compiler_update(scene->compiler, scene->cluster, true, &err), 0);
	for (int phase = 0; phase < WRITE_PHASE_COUNT; phase++)
		compiler_write(scene->compiler, phase, write_unless_full, scene->sim);
	assert_string_equal(scene->sim->broken, "");
	return compiler_done(scene->compiler);
}

static void backends_are_full(void **state)
{
	struct scene scene;

	(void)state;
	web_begin(&scene, WEB, P A);
	scene_service(&scene, "zoo", "ip:10.96.0.2 " HTTP);
	scene_slice(&scene, "zoo-0", "zoo", P B);
	assert_false(pass_with_full(&scene, MAP_BACKENDS));
	expect("the new one", scene_ask(&scene, "10.96.0.2:80/TCP", false).text, "nothing");
	expect("the other", scene_ask(&scene, VIP, false).text, PORT_A);
	assert_int_equal(compiler_count(scene.compiler).failed, 1);
	assert_true(compiler_retry(scene.compiler));
	scene_pass(&scene);
	expect("later", scene_ask(&scene, "10.96.0.2:80/TCP", false).text, PORT_B);
	assert_int_equal(compiler_count(scene.compiler).failed, 0);
	scene_end(&scene);
}

static void maglev_is_full(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	scene_service(&scene, "web", OUT);
	scene_slice(&scene, "web-0", "web", P A " " B);
	assert_true(pass_with_full(&scene, MAP_MAGLEV));
	scene_pass(&scene);
	expect("inside", scene_ask(&scene, "192.0.2.1:80/TCP", true).text, PORT_AB);
	expect("flags", scene_flags(&scene, "192.0.2.1:80/TCP").text, "");
	assert_non_null(strstr(scene_problems(&scene).text, "map maglev is full"));
	assert_int_equal(compiler_count(scene.compiler).failed, 0);
	scene_end(&scene);
}

static void source_ranges_are_full(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	scene_service(&scene, "web", OUT "range:10.0.0.0/8");
	scene_slice(&scene, "web-0", "web", P A);
	assert_false(pass_with_full(&scene, MAP_SOURCE_RANGES));
	expect("it is left out", scene_ask(&scene, "198.51.100.1:80/TCP", true).text, "nothing");
	assert_int_equal(compiler_count(scene.compiler).failed, 1);
	scene_end(&scene);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, it_is_compiled);
	ROWS_ADD(&cases, pod_rows, pods_are_found);
	ROWS_ADD(&cases, problem_rows, it_is_told);
	case_add(&cases, "one that terminates drains in its slot, then goes",
		 a_terminating_one_drains, NULL);
	case_add(&cases, "the end of one backend is one write, and so is its return",
		 the_end_of_one_is_one_write, NULL);
	case_add(&cases, "a service left with none forgets nothing until there is one",
		 left_with_none_nothing_is_forgotten, NULL);
	case_add(&cases, "what changes nothing is not written", nothing_new_is_no_write, NULL);
	case_add(&cases, "a service that goes takes all of its entries with it",
		 a_service_that_goes_takes_all_with_it, NULL);
	case_add(&cases, "an address that changes hands is never without its new owner",
		 an_address_changes_hands, NULL);
	case_add(&cases, "what is stale goes only when everything has been told",
		 what_is_stale_goes_when_all_is_told, NULL);
	case_add(&cases, "a check mends what was changed, and nothing else",
		 a_check_finds_what_was_left, NULL);
	case_add(&cases, "an id that something may still hold is not used again",
		 ids_are_not_used_again, NULL);
	case_add(&cases, "no room for backends: that service waits, the others work",
		 backends_are_full, NULL);
	case_add(&cases, "no room for a Maglev table: served without, and told", maglev_is_full,
		 NULL);
	case_add(&cases, "no room for source ranges: what is guarded does not stand open",
		 source_ranges_are_full, NULL);
	return cases_run("agent/compile/services", &cases, NULL, NULL);
}
