/* SPDX-License-Identifier: Apache-2.0 */
/* main - byway-cni: one verb a run; one JSON document on stdout, whatever happens. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "cni_error.h"
#include "environment.h"
#include "netconf.h"
#include "result.h"
#include "verbs.h"

#define STDIN_LIMIT (1024 * 1024)

static const char usage[] =
	"byway-cni " BYWAY_VERSION ": the Byway CNI plugin (CNI 0.3.1, 0.4.0, 1.0.0, 1.1.0)\n"
	"\n"
	"Run by a container runtime: CNI_COMMAND and the other CNI_* variables in the environment, the\n"
	"network configuration on stdin, the result on stdout. Installed as /opt/cni/bin/byway.\n"
	"Nothing to configure by hand: the byway-agent writes the conflist; see README.md for its keys.\n";

static int document_print(cJSON *document)
{
	CLEANUP(json_free) cJSON *owned = document;
	CLEANUP(str_free) char *text = owned ? cJSON_Print(owned) : NULL;

	if (!text || puts(text) < 0 || fflush(stdout) == EOF)
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static cJSON *version_document(enum spec_version spec)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "cniVersion", spec_names[spec]);
	cJSON_AddItemToObject(json, "supportedVersions",
			      cJSON_CreateStringArray(spec_names, SPEC_COUNT));
	return json;
}

/* VERSION needs no configuration; where there is one, its version is the answer's. */
static int version_run(const char *text, size_t len)
{
	enum spec_version spec = SPEC_NEWEST;
	CLEANUP(json_free) cJSON *json = cJSON_ParseWithLength(text, len);
	const cJSON *asked = json_field(json, "cniVersion");

	if (cJSON_IsString(asked))
		spec_parse(asked->valuestring, &spec);
	return document_print(version_document(spec));
}

static int verb_run(const struct environment *env, const struct netconf *conf, cJSON **ret_result,
		    struct error *err)
{
	/* CHECK came with 0.4.0, STATUS and GC with 1.1.0: in an older network they are unknown. */
	if ((env->verb == VERB_CHECK && conf->spec < SPEC_0_4_0) ||
	    (env->verb > VERB_CHECK && conf->spec < SPEC_1_1_0))
		return error_say(err, CNI_VERSION, "CNI_COMMAND: not a command of CNI %s",
				 spec_names[conf->spec]);
	switch (env->verb) {
	case VERB_ADD:
		return verb_add(env, conf, ret_result, err);
	case VERB_DEL:
		return verb_del(env, conf, err);
	case VERB_CHECK:
		return verb_check(env, conf, err);
	case VERB_STATUS:
		return verb_status(env, conf, err);
	default:
		return verb_gc(env, conf, err);
	}
}

static int plugin_run(const char *text, size_t len, const struct environment *env)
{
	CLEANUP(netconf_done) struct netconf conf = {};
	CLEANUP(json_free) cJSON *result = NULL;
	struct error err;
	int rc = netconf_parse(text, len, &conf, &err);

	if (rc == 0)
		rc = netconf_parse_more(&conf, env->verb, &err);
	if (rc == 0)
		rc = verb_run(env, &conf, &result, &err);
	if (rc) {
		document_print(error_format(conf.spec, &err));
		return EXIT_FAILURE;
	}
	return result ? document_print(json_take(&result)) : EXIT_SUCCESS;
}

/* VERSION needs no stdin; a runtime may not even have opened it. */
static int stdin_read(const struct environment *env, char **ret_text, size_t *ret_len,
		      struct error *err)
{
	if (fd_read_all(STDIN_FILENO, STDIN_LIMIT, "stdin", ret_text, ret_len, err) == 0)
		return 0;
	return env->verb == VERB_VERSION ? 0 : (err->code = CNI_IO);
}

static const char *environment_get(const char *name)
{
	return getenv(name);
}

int main(int argc, char **argv)
{
	CLEANUP(str_free) char *text = NULL;
	struct environment env;
	struct error err;
	size_t len = 0;

	if (argc > 1) {
		bool asked = !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h");

		fputs(usage, asked ? stdout : stderr);
		return asked ? EXIT_SUCCESS : 2;
	}
	if (!getenv("CNI_COMMAND") && isatty(STDIN_FILENO)) {
		fputs(usage, stderr);
		return 2;
	}
	umask(0077);
	if (environment_read(environment_get, &env, &err) == 0 &&
	    stdin_read(&env, &text, &len, &err) == 0)
		return env.verb == VERB_VERSION ? version_run(text, len) :
						  plugin_run(text, len, &env);
	document_print(error_format(SPEC_NEWEST, &err));
	return EXIT_FAILURE;
}
