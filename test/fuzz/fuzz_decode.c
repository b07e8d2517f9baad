/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_decode - any file's text: objects that the model may have, and errors with their line. */
#include "fuzz_target.h"

#include <string.h>

#include "agent/model/object_hash.h"
#include "agent/source/decode_fields.h"
#include "agent/source/manifest.h"
#include "base/cleanup.h"

static void addrs_check(const struct addrs *addrs)
{
	struct error err;
	struct ip_addr again;

	for (size_t i = 0; i < addrs->count; i++)
		fuzz_check(!addr_from_text(ip_addr_text(&addrs->items[i]).text, &again, &err),
			   "an address is somebody's");
}

static void labels_check(const struct labels *labels)
{
	for (size_t i = 0; i < labels->count; i++)
		fuzz_check(labels->items[i].key[0] && word_is_valid(labels->items[i].value),
			   "a label is one");
}

static void service_check(const struct service_object *service)
{
	fuzz_check(service->ignored || service->port_count > 0, "a service has ports");
	for (size_t i = 0; i < service->port_count; i++) {
		fuzz_check(service->ports[i].port > 0, "a port has a number");
		fuzz_check(word_is_valid(service->ports[i].name) &&
				   word_is_valid(service->ports[i].target_name),
			   "a port's names can be printed");
	}
	addrs_check(&service->cluster_ips);
	addrs_check(&service->external_ips);
	addrs_check(&service->load_balancer_ips);
	for (size_t i = 0; i < service->source_ranges.count; i++)
		fuzz_check(ip_prefix_is_canonical(&service->source_ranges.items[i]),
			   "a source range is canonical");
	labels_check(&service->selector);
}

static void slice_check(const struct slice_object *slice)
{
	fuzz_check(!*slice->service || name_is_valid(slice->service), "a service has a name");
	for (size_t i = 0; i < slice->endpoint_count; i++) {
		const struct slice_endpoint *endpoint = &slice->endpoints[i];
		struct addrs addr = { (struct ip_addr *)(uintptr_t)&endpoint->addr, 1 };

		addrs_check(&addr);
		fuzz_check(!*endpoint->node_name || name_is_valid(endpoint->node_name),
			   "a node has a name");
		fuzz_check(word_is_valid(endpoint->zone), "a zone can be printed");
		fuzz_check(ip_addr_is_v4(&endpoint->addr) ==
				   ip_addr_is_v4(&slice->endpoints[0].addr),
			   "a slice has one family");
	}
}

static void object_check(const struct object *object)
{
	fuzz_check(name_is_valid(object->name), "an object has a name");
	fuzz_check(!*object->namespace || name_is_valid(object->namespace), "so has its namespace");
	if (object->kind == OBJECT_SERVICE)
		service_check(&object->service);
	else if (object->kind == OBJECT_SLICE)
		slice_check(&object->slice);
	else if (object->kind == OBJECT_POD)
		addrs_check(&object->pod.ips);
	else if (object->kind == OBJECT_NODE)
		addrs_check(&object->node.addresses);
	fuzz_check(object_hash(object) != 0, "all of it can be hashed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(str_free) char *text = malloc(size + 1);
	struct manifest manifest = {};
	struct error err = {};
	unsigned int line = 0;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (manifest_parse(text, size, &manifest, &line, &err)) {
		fuzz_check(err.code < 0 && err.text[0] && line > 0, "an error says what and where");
		return 0;
	}
	for (size_t i = 0; i < manifest.count; i++)
		if (!manifest.objects[i].broken)
			object_check(manifest.objects[i].object);
	for (size_t i = 0; i < manifest.error_count && i < MANIFEST_ERRORS_MAX; i++)
		fuzz_check(manifest.errors[i].line > 0 && manifest.errors[i].reason[0],
			   "what is wrong with an object has a line and a reason");
	manifest_done(&manifest);
	return 0;
}
