/* SPDX-License-Identifier: Apache-2.0 */
/* scene - a small cluster told in words, compiled into simulated maps, and asked in words. */
#pragma once

#include "agent/compile/compile.h"
#include "map_sim.h"

struct scene {
	struct cluster *cluster;
	struct compiler *compiler;
	struct map_sim *sim;
};

/* This node is node_1. */
void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

/*
 * All objects are in namespace default; text NULL: the object goes.
 *
 * service: words "ip:A" "port:NAME/NUMBER/PROTOCOL" (and "/NODEPORT", "/NODEPORT/TARGET")
 *	"external:A" "balancer:A" "range:P" "select:APP" "affinity:SECONDS" "external-local"
 *	"internal-local" "not-ready-too" "ignored"
 * slice: "NAME/NUMBER/PROTOCOL" for its ports, and endpoints "A@NODE", with any of ",not-ready"
 *	",terminating" ",gone" (terminating, not serving) ",ready" (though terminating) ",zone=Z"
 *	",node=N" (hints); also "ignored"
 * pod: words "app:APP" "ip:A" "node:N" "port:NAME/NUMBER/PROTOCOL" "not-ready" "terminating"
 *	"finished"
 */
void scene_service(struct scene *scene, const char *name, const char *text);
void scene_slice(struct scene *scene, const char *name, const char *service, const char *text);
void scene_pod(struct scene *scene, const char *name, const char *text);
void scene_zone(struct scene *scene, const char *zone);

/* scene_pass - compile and write; returns how many writes it took. */
size_t scene_pass(struct scene *scene);

struct scene_text {
	char text[1024];
};

/*
 * What a frontend ("10.96.0.1:80/TCP", "[fd96::1]:80/TCP", "node:30000/TCP", "node6:…") means:
 * "A:PORT A:PORT" in the order of slots; "reject", "drop"; "nothing" when there is none. Backends
 * that drain stand in parentheses.
 */
struct scene_text scene_ask(const struct scene *scene, const char *frontend, bool outside);

/* The frontend's flags, as "keep-source maglev affinity:10800 range:10.0.0.0/8"; "" = none. */
struct scene_text scene_flags(const struct scene *scene, const char *frontend);

/* What is wrong, "default/web: …", one line each, ordered. */
struct scene_text scene_problems(const struct scene *scene);

const struct service *scene_frontend(const struct scene *scene, const char *frontend);
