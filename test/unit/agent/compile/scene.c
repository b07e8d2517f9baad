/* SPDX-License-Identifier: Apache-2.0 */
/* scene - a small cluster told in words, compiled into simulated maps, and asked in words. */
#include "scene.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "support/cases.h"
#include "support/objects.h"

#define NAMESPACE "default"

void scene_begin(struct scene *scene)
{
	*scene = (struct scene){ cluster_new("node_1"), compiler_new(),
				 calloc(1, sizeof(struct map_sim)) };
	assert_true(scene->cluster && scene->compiler && scene->sim);
}

void scene_end(struct scene *scene)
{
	compiler_free(&scene->compiler);
	cluster_free(&scene->cluster);
	free(scene->sim);
}

/* --- words ------------------------------------------------------------------------------------ */

typedef void word_fn(struct object *object, const char *word);

static void words_take(struct object *object, const char *text, word_fn *take)
{
	char copy[1024], *save = NULL;

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		take(object, word);
}

/* The rest behind "name:", or NULL. */
static const char *named(const char *word, const char *name)
{
	size_t size = strlen(name);

	return !strncmp(word, name, size) && word[size] == ':' ? word + size + 1 : NULL;
}

static uint8_t protocol_of(const char *text)
{
	return !strcmp(text, "TCP")  ? IPPROTO_TCP :
	       !strcmp(text, "UDP")  ? IPPROTO_UDP :
	       !strcmp(text, "SCTP") ? IPPROTO_SCTP :
				       0;
}

struct port_word {
	char name[64], protocol[8], target[64];
	unsigned int number, node_port;
};

static struct port_word port_word(const char *word)
{
	struct port_word port = {};
	const char *slash = strchr(word, '/');

	assert_non_null(slash);
	memcpy(port.name, word, (size_t)(slash - word));
	sscanf(slash, "/%u/%7[A-Z]/%u/%63s", &port.number, port.protocol, &port.node_port,
	       port.target);
	assert_true(protocol_of(port.protocol));
	return port;
}

static void service_port_word(struct object *object, const char *word)
{
	struct port_word port = port_word(word);
	struct service_port *made = service_port_push(object, port.name, (uint16_t)port.number,
						      protocol_of(port.protocol));

	made->node_port = (uint16_t)port.node_port;
	if (*port.target >= '0' && *port.target <= '9')
		made->target_port = (uint16_t)atoi(port.target);
	else
		made->target_name = object_text(port.target);
}

static void service_word(struct object *object, const char *word)
{
	struct service_object *service = &object->service;
	const char *rest;

	if ((rest = named(word, "ip")))
		addr_push(&service->cluster_ips, addr_of(rest));
	else if ((rest = named(word, "port")))
		service_port_word(object, rest);
	else if ((rest = named(word, "external")))
		addr_push(&service->external_ips, addr_of(rest));
	else if ((rest = named(word, "balancer")))
		addr_push(&service->load_balancer_ips, addr_of(rest));
	else if ((rest = named(word, "range")))
		prefix_push(&service->source_ranges, rest);
	else if ((rest = named(word, "select")))
		label_push(&service->selector, "app", rest);
	else if ((rest = named(word, "affinity")))
		service->affinity_s = (uint32_t)atoi(rest);
	else if (!strcmp(word, "external-local"))
		service->external_local = true;
	else if (!strcmp(word, "internal-local"))
		service->internal_local = true;
	else if (!strcmp(word, "not-ready-too"))
		service->publish_not_ready = true;
	else if (!strcmp(word, "ignored"))
		service->ignored = true;
	else
		fail_msg("no such word: %s", word);
}

static void condition_word(struct slice_endpoint *endpoint, const char *word)
{
	if (!strcmp(word, "not-ready")) {
		endpoint->ready = endpoint->serving = false;
	} else if (!strcmp(word, "terminating")) {
		endpoint->ready = false;
		endpoint->terminating = true;
	} else if (!strcmp(word, "gone")) {
		endpoint->ready = endpoint->serving = false;
		endpoint->terminating = true;
	} else if (!strcmp(word, "ready")) {
		endpoint->ready = true;
	} else if (!strncmp(word, "zone=", 5)) {
		name_push(&endpoint->hint_zones, word + 5);
	} else if (!strncmp(word, "node=", 5)) {
		name_push(&endpoint->hint_nodes, word + 5);
	} else {
		fail_msg("no such condition: %s", word);
	}
}

static void slice_word(struct object *object, const char *word)
{
	char copy[256], *save = NULL, *node;
	struct slice_endpoint *endpoint;
	struct port_word port;

	if (!strcmp(word, "ignored")) {
		object->slice.ignored = true;
		return;
	}
	if (!strchr(word, '@')) {
		port = port_word(word);
		slice_port_push(object, port.name, (uint16_t)port.number,
				protocol_of(port.protocol));
		return;
	}
	strcpy(copy, word);
	node = strchr(copy, '@');
	*node++ = '\0';
	node = strtok_r(node, ",", &save);
	endpoint = endpoint_push(object, addr_of(copy), node ? node : "");
	while ((node = strtok_r(NULL, ",", &save)))
		condition_word(endpoint, node);
}

static void pod_word(struct object *object, const char *word)
{
	struct pod_object *pod = &object->pod;
	struct port_word port;
	const char *rest;

	if ((rest = named(word, "app"))) {
		label_push(&pod->labels, "app", rest);
	} else if ((rest = named(word, "ip"))) {
		addr_push(&pod->ips, addr_of(rest));
	} else if ((rest = named(word, "node"))) {
		pod->node_name = object_text(rest);
	} else if ((rest = named(word, "port"))) {
		port = port_word(rest);
		pod_port_push(object, port.name, (uint16_t)port.number, protocol_of(port.protocol));
	} else if (!strcmp(word, "not-ready")) {
		pod->ready = false;
	} else if (!strcmp(word, "terminating")) {
		pod->terminating = true;
	} else if (!strcmp(word, "finished")) {
		pod->finished = true;
	} else {
		fail_msg("no such word: %s", word);
	}
}

/* --- telling ---------------------------------------------------------------------------------- */

static void tell(struct scene *scene, enum object_kind kind, const char *name, const char *service,
		 const char *text)
{
	static word_fn *const takers[] = {
		[OBJECT_SERVICE] = service_word, [OBJECT_SLICE] = slice_word, [OBJECT_POD] = pod_word
	};
	struct object *object;
	struct error err;

	if (!text) {
		cluster_gone(scene->cluster, kind, NAMESPACE, name);
		return;
	}
	object = object_make(kind, NAMESPACE, name);
	if (service)
		slice_of(object, service);
	words_take(object, text, takers[kind]);
	assert_int_equal(cluster_put(scene->cluster, object, &err), 0);
}

void scene_service(struct scene *scene, const char *name, const char *text)
{
	tell(scene, OBJECT_SERVICE, name, NULL, text);
}

void scene_slice(struct scene *scene, const char *name, const char *service, const char *text)
{
	tell(scene, OBJECT_SLICE, name, service, text);
}

void scene_pod(struct scene *scene, const char *name, const char *text)
{
	tell(scene, OBJECT_POD, name, NULL, text);
}

void scene_zone(struct scene *scene, const char *zone)
{
	struct object *object = object_make(OBJECT_NODE, "", "node_1");
	struct error err;

	object->node.zone = object_text(zone);
	assert_int_equal(cluster_put(scene->cluster, object, &err), 0);
}

size_t scene_pass(struct scene *scene)
{
	size_t writes = scene->sim->writes;
	struct error err;

	do {
		assert_int_equal(compiler_update(scene->compiler, scene->cluster, true, &err), 0);
		for (int phase = 0; phase < WRITE_PHASE_COUNT; phase++)
			compiler_write(scene->compiler, (enum write_phase)phase, map_sim_write,
				       scene->sim);
	} while (compiler_done(scene->compiler));
	assert_string_equal(scene->sim->broken, "");
	assert_int_equal(scene->sim->useless, 0);
	return scene->sim->writes - writes;
}

/* --- asking ----------------------------------------------------------------------------------- */

static struct service_key key_of(const char *frontend)
{
	struct service_key key = {};
	char addr[64], protocol[8];
	unsigned int port;

	if (sscanf(frontend, "[%63[^]]]:%u/%7s", addr, &port, protocol) != 3)
		assert_int_equal(sscanf(frontend, "%63[^:]:%u/%7s", addr, &port, protocol), 3);
	key.addr = addr_of(!strcmp(addr, "node")  ? "0.0.0.0" :
			   !strcmp(addr, "node6") ? "::" :
						    addr);
	key.port = htons((uint16_t)port);
	key.protocol = protocol_of(protocol);
	return key;
}

const struct service *scene_frontend(const struct scene *scene, const char *frontend)
{
	struct service_key key = key_of(frontend);

	return map_sim_frontend(scene->sim, &key);
}

__attribute__((format(printf, 2, 3))) static void text_add(struct scene_text *out, const char *fmt,
							   ...)
{
	size_t used = strlen(out->text);
	va_list args;

	if (used)
		out->text[used++] = ' ';
	va_start(args, fmt);
	vsnprintf(out->text + used, sizeof(out->text) - used, fmt, args);
	va_end(args);
}

static void backend_add(struct scene_text *out, const struct backend *backend)
{
	const char *form = ip_addr_is_v4(&backend->addr) ? "%s%s:%u%s" : "%s[%s]:%u%s";
	bool draining = backend->flags & BACKEND_DRAINING;
	char text[96];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), form, draining ? "(" : "", ip_addr_text(&backend->addr).text,
		 ntohs(backend->port), draining ? ")" : "");
#pragma GCC diagnostic pop
	text_add(out, "%s", text);
}

struct scene_text scene_ask(const struct scene *scene, const char *frontend, bool outside)
{
	const struct service *service = scene_frontend(scene, frontend);
	const struct service_choice *choice;
	struct scene_text out = { "" };

	if (!service)
		return (struct scene_text){ "nothing" };
	choice = outside ? &service->outside : &service->inside;
	if (!choice->slots)
		text_add(&out, "%s", choice->no_backend == NO_BACKEND_DROP ? "drop" : "reject");
	for (uint16_t slot = 0; slot < 64; slot++) {
		const struct backend *backend =
			map_sim_backend(scene->sim, service->id, choice->set, slot);

		if (backend)
			backend_add(&out, backend);
	}
	return out;
}

struct scene_text scene_flags(const struct scene *scene, const char *frontend)
{
	const struct service *service = scene_frontend(scene, frontend);
	struct scene_text out = { "" };

	if (!service)
		return (struct scene_text){ "nothing" };
	if (service->flags & SERVICE_KEEP_SOURCE)
		text_add(&out, "keep-source");
	if (service->flags & SERVICE_MAGLEV)
		text_add(&out, "maglev");
	if (service->affinity_s)
		text_add(&out, "affinity:%u", service->affinity_s);
	for (size_t i = 0; i < scene->sim->source_range_count; i++) {
		const struct source_range_key *key = &scene->sim->source_ranges[i].key;
		struct ip_prefix prefix = { key->addr, key->prefix - 32 };

		if (service->flags & SERVICE_SOURCE_RANGES && ntohl(key->service) == service->id)
			text_add(&out, "range:%s", ip_prefix_text(&prefix).text);
	}
	return out;
}

static void problem_add(const char *service, const char *sentence, void *ctx)
{
	struct scene_text *out = ctx;
	size_t used = strlen(out->text);

	snprintf(out->text + used, sizeof(out->text) - used, "%s: %s\n", service, sentence);
}

struct scene_text scene_problems(const struct scene *scene)
{
	struct scene_text out = { "" };

	compiler_problems(scene->compiler, problem_add, &out);
	return out;
}
