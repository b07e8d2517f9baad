/* SPDX-License-Identifier: Apache-2.0 */
/* test_explain - why a backend is used or not, and what a health check counts. */
#include "support/cases.h"

#include <stdio.h>
#include <string.h>

#include "agent/compile/explain.h"
#include "scene.h"

struct row {
	const char *sentence, *service, *slice;
	const char *inside, *outside; /* labels of the endpoints, in the order of addresses */
	size_t local_ready;
};

#define WEB "ip:10.96.0.1 port:http/80/TCP "
#define P "http/8080/TCP "
#define A "10.1.0.1@node_1"
#define B "10.1.0.2@node_2"
#define C "10.1.0.3@node_1"

/* clang-format off */
static const struct row rows[] = {
	{ "ready ones are used", WEB, P A " " B, "used used ", "used used ", 1 },
	{ "not ready", WEB, P A " " C ",not-ready", "used not-ready ", "used not-ready ", 1 },
	{ "terminating beside a ready one", WEB, P A " " C ",terminating", "used draining ", "used draining ", 1 },
	{ "terminating without a ready one", WEB, P A ",terminating", "fallback ", "fallback ", 0 },
	{ "terminating and not serving", WEB, P A ",gone", "not-serving ", "not-serving ", 0 },
	{ "on another node, inside", WEB "internal-local", P A " " B, "used other-node ", "used used ", 1 },
	{ "on another node, outside", WEB "external-local", P A " " B, "used used ", "used other-node ", 1 },
	{ "of another zone", WEB, P A ",zone=zone_a " B ",zone=zone_b", "used other-zone ", "used other-zone ", 1 },
	{ "for another node", WEB, P A ",node=node_1 " B ",node=node_2", "used hinted-elsewhere ", "used hinted-elsewhere ", 1 },
	{ "of the wrong family", WEB, P "fd01::1@node_1", "wrong-family ", "wrong-family ", 1 },
	{ "without the port", WEB, "dns/53/TCP " A, "no-port ", "no-port ", 0 },
	{ "two ports, counted once", WEB "port:dns/53/TCP", P "dns/53/TCP " A " " C, "used used used used ", "used used used used ", 2 },
};
/* clang-format on */

struct story {
	char inside[256], outside[256];
};

static int tell(const struct backend_explained *backend, void *ctx)
{
	struct story *story = ctx;

	strcat(strcat(story->inside, backend_use_label(backend->inside)), " ");
	strcat(strcat(story->outside, backend_use_label(backend->outside)), " ");
	assert_true(*backend_use_text(backend->cluster));
	return 0;
}

static void it_is_explained(void **state)
{
	const struct row *row = *state;
	const struct cluster_service *service;
	struct story story = { "", "" };
	struct scene scene;
	size_t count[2];

	scene_begin(&scene);
	scene_zone(&scene, "zone_a");
	scene_service(&scene, "web", row->service);
	scene_slice(&scene, "web-0", "web", row->slice);
	service = cluster_service_find(scene.cluster, "default/web");
	assert_int_equal(service_explain(scene.cluster, service, tell, &story), 0);
	assert_string_equal(story.inside, row->inside);
	assert_string_equal(story.outside, row->outside);
	assert_int_equal(service_local_ready(scene.cluster, service, count), 0);
	assert_int_equal(count[0] + count[1], row->local_ready);
	scene_end(&scene);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, rows, it_is_explained);
	return cases_run("agent/compile/explain", &cases, NULL, NULL);
}
