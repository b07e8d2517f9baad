/* SPDX-License-Identifier: Apache-2.0 */
/* test_decode_lists - what an API server really answered, decoded. */
#include "support/cases.h"

#include <stdlib.h>
#include <string.h>

#include "agent/source/manifest.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "support/described.h"

struct list_row {
	const char *sentence, *file;
	size_t count;
	const char *objects[4]; /* some of them, described */
};

/* clang-format off */
static const struct list_row lists[] = {
	{ "services", "services.json", 10, {
		"Service shop/web-lb\nselects app=web\ncluster 10.96.110.240\nexternal 203.0.113.9\nbalancer 203.0.113.80\nfrom 192.0.2.0/24\nfrom 198.51.100.7/32\nport 'http' 8088/TCP node 31538 target '' 8080\nexternal local\ninternal local\nhealth 30133\n",
		"Service shop/web-node\nselects app=web\ncluster 10.96.250.91\nport 'http' 80/TCP node 30080 target 'http' 0\nport 'dns' 53/UDP node 30053 target '' 5353\naffinity 600\n",
		"Service shop/proxied\nignored\n",
		"Service shop/elsewhere\nignored\n" } },
	{ "slices", "endpointslices.json", 9, {
		"EndpointSlice ops/byhand-1\nof 'byhand'\nport 'a' 8443/TCP\n192.0.2.10 ready serving on '' in ''\n192.0.2.11 serving terminating on '' in 'z1' zone=z1\n",
		"EndpointSlice shop/lonely-tk2gv\nof 'lonely'\n",
		"EndpointSlice shop/web-headless-pnk5s\nof 'web-headless'\nignored\n",
		"EndpointSlice default/kubernetes\nof 'kubernetes'\nport 'https' 6443/TCP\n10.200.0.1 ready serving on '' in ''\n" } },
	{ "pods", "pods.json", 10, {
		"Pod shop/web-5cbf9f88db-7q8s5\nlabel app=web\nlabel pod-template-hash=5cbf9f88db\nlabel tier=front\non 'node1' uid 'UID'\nip 10.244.0.8\nready\nport 'http' 8080/TCP\nport 'stats' 8081/TCP\n",
		"Pod shop/done\nlabel app=job\non 'node1' uid 'UID'\nip 10.244.0.9\nfinished\n",
		"Pod ops/hostnet\nlabel app=hostnet\non 'node2' uid 'UID'\nip 10.200.0.12\nhost network\nready\n" } },
	{ "nodes", "nodes.json", 2, { "zone ''\nip 10.200.0.12\npods 10.244.1.0/24\n" } },
	{ "namespaces", "namespaces.json", 6, { "Namespace /shop\nlabel env=prod\nlabel kubernetes.io/metadata.name=shop\nlabel team=blue\n" } },
};
/* clang-format on */

static void list_parse(const char *file, struct manifest *manifest)
{
	CLEANUP(str_free) char *text = NULL;
	struct error err = {};
	unsigned int line = 0;
	char path[4096];
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/kube-api/%s", TEST_DATA, file);
	if (file_read(path, 1024 * 1024, &text, &len, &err) ||
	    manifest_parse(text, len, manifest, &line, &err))
		fail_msg("line %u: %s", line, err.text);
}

/* A uid is another one in each recording. */
static void uid_hide(char *text)
{
	char *uid = strstr(text, "uid '"), tail[DESCRIBED_SIZE];

	if (!uid)
		return;
	strcpy(tail, strchr(uid + 5, '\''));
	sprintf(uid + 5, "UID%s", tail);
}

static bool is_among(const struct manifest *manifest, const char *described)
{
	char text[DESCRIBED_SIZE];

	for (size_t i = 0; i < manifest->count; i++) {
		object_describe(manifest->objects[i].object, text);
		uid_hide(text);
		if (strstr(text, described))
			return true;
	}
	return false;
}

static void list_is_decoded(void **state)
{
	const struct list_row *row = *state;
	struct manifest manifest = {};

	list_parse(row->file, &manifest);
	assert_int_equal(manifest.count, row->count);
	assert_int_equal(manifest.error_count, 0);
	assert_false(manifest.unidentified);
	for (size_t i = 0; i < 4 && row->objects[i]; i++)
		if (!is_among(&manifest, row->objects[i]))
			fail_msg("missing: %s", row->objects[i]);
	manifest_done(&manifest);
}

int main(void)
{
	struct cases cases = {};

	ROWS_ADD(&cases, lists, list_is_decoded);
	return cases_run("agent/source/decode_lists", &cases, NULL, NULL);
}
