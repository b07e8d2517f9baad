/* SPDX-License-Identifier: Apache-2.0 */
/* test_environment - the CNI_* variables: what each verb needs, and what is malformed. */
#include "support/cases.h"

#include <string.h>

#include "cni-plugin/cni_error.h"
#include "cni-plugin/environment.h"

#define VARIABLES_MAX 8

#define TEN(text) text text text text text text text text text text

/* As environ holds them: "NAME=value". */
static const char *const *variables;

static const char *variable_get(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < VARIABLES_MAX && variables[i]; i++)
		if (!strncmp(variables[i], name, len) && variables[i][len] == '=')
			return variables[i] + len + 1;
	return NULL;
}

#define POD_A "CNI_CONTAINERID=pod_a"
#define NETNS "CNI_NETNS=/run/netns/pod_a"
#define ETH0 "CNI_IFNAME=eth0"

static const struct good {
	const char *sentence;
	const char *variables[VARIABLES_MAX];
	enum cni_verb verb;
} goods[] = {
	{ "ADD with all it needs", { "CNI_COMMAND=ADD", POD_A, NETNS, ETH0 }, VERB_ADD },
	{ "CHECK with all it needs", { "CNI_COMMAND=CHECK", POD_A, NETNS, ETH0 }, VERB_CHECK },
	{ "DEL with a namespace", { "CNI_COMMAND=DEL", POD_A, NETNS, ETH0 }, VERB_DEL },
	{ "DEL whose namespace is unset", { "CNI_COMMAND=DEL", POD_A, ETH0 }, VERB_DEL },
	{ "DEL whose namespace is empty",
	  { "CNI_COMMAND=DEL", POD_A, "CNI_NETNS=", ETH0 },
	  VERB_DEL },
	{ "STATUS needs nothing", { "CNI_COMMAND=STATUS" }, VERB_STATUS },
	{ "GC needs nothing", { "CNI_COMMAND=GC" }, VERB_GC },
	{ "VERSION needs nothing", { "CNI_COMMAND=VERSION" }, VERB_VERSION },
	{ "VERSION does not mind what it does not need",
	  { "CNI_COMMAND=VERSION", "CNI_CONTAINERID=/", "CNI_IFNAME=/", "CNI_ARGS=junk" },
	  VERB_VERSION },
	{ "a container id may hold letters, digits, _ . and -",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=0aZ_.-", NETNS, ETH0 },
	  VERB_ADD },
	{ "a container id of 200 characters",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=" TEN(TEN("ab")), NETNS, ETH0 },
	  VERB_ADD },
	{ "an interface name of 15 characters",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=abcdefghijklmno" },
	  VERB_ADD },
	{ "an interface name with a dot and a dash",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=eth0.1-a" },
	  VERB_ADD },
	{ "empty CNI_ARGS", { "CNI_COMMAND=ADD", POD_A, NETNS, ETH0, "CNI_ARGS=" }, VERB_ADD },
	{ "CNI_ARGS with empty pairs between",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, ETH0, "CNI_ARGS=;IgnoreUnknown=1;;" },
	  VERB_ADD },
};

static void environment_is_good(void **state)
{
	const struct good *row = *state;
	struct environment env;
	struct error err;

	variables = row->variables;
	assert_int_equal(environment_read(variable_get, &env, &err), 0);
	assert_int_equal(env.verb, row->verb);
}

static const struct bad {
	const char *sentence;
	const char *variables[VARIABLES_MAX];
	const char *names[3]; /* what the message must hold */
} bads[] = {
	{ "no CNI_COMMAND", { POD_A, NETNS, ETH0 }, { "CNI_COMMAND" } },
	{ "an empty CNI_COMMAND", { "CNI_COMMAND=", POD_A }, { "CNI_COMMAND" } },
	{ "an unknown CNI_COMMAND", { "CNI_COMMAND=ADDD", POD_A }, { "CNI_COMMAND", "ADDD" } },
	{ "verbs are written in capitals", { "CNI_COMMAND=add" }, { "CNI_COMMAND", "add" } },
	{ "ADD without anything names all three",
	  { "CNI_COMMAND=ADD" },
	  { "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME" } },
	{ "ADD without a container id", { "CNI_COMMAND=ADD", NETNS, ETH0 }, { "CNI_CONTAINERID" } },
	{ "ADD with an empty container id",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=", NETNS, ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "ADD without a namespace", { "CNI_COMMAND=ADD", POD_A, ETH0 }, { "CNI_NETNS" } },
	{ "ADD with an empty namespace",
	  { "CNI_COMMAND=ADD", POD_A, "CNI_NETNS=", ETH0 },
	  { "CNI_NETNS" } },
	{ "ADD without an interface name", { "CNI_COMMAND=ADD", POD_A, NETNS }, { "CNI_IFNAME" } },
	{ "CHECK without a namespace", { "CNI_COMMAND=CHECK", POD_A, ETH0 }, { "CNI_NETNS" } },
	{ "DEL without a container id", { "CNI_COMMAND=DEL", ETH0 }, { "CNI_CONTAINERID" } },
	{ "DEL without an interface name", { "CNI_COMMAND=DEL", POD_A }, { "CNI_IFNAME" } },
	{ "a container id with a slash",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=../pod_a", NETNS, ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "a container id with a slash inside",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=a/b", NETNS, ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "a container id that begins with a dot",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=.a", NETNS, ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "a container id with a colon, which parts a record's name",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=a:b", NETNS, ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "a container id of 201 characters",
	  { "CNI_COMMAND=ADD", "CNI_CONTAINERID=" TEN(TEN("ab")) "c", NETNS, ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "DEL checks the container id too",
	  { "CNI_COMMAND=DEL", "CNI_CONTAINERID=a/b", ETH0 },
	  { "CNI_CONTAINERID" } },
	{ "an interface name of 16 characters",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=abcdefghijklmnop" },
	  { "CNI_IFNAME" } },
	{ "an interface called .",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=." },
	  { "CNI_IFNAME" } },
	{ "an interface called ..",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=.." },
	  { "CNI_IFNAME" } },
	{ "an interface name with a slash",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=eth/0" },
	  { "CNI_IFNAME" } },
	{ "an interface name with a colon",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=eth:0" },
	  { "CNI_IFNAME" } },
	{ "an interface name with a space",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=eth 0" },
	  { "CNI_IFNAME" } },
	{ "an interface name that the kernel would fill in",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, "CNI_IFNAME=eth%d" },
	  { "CNI_IFNAME" } },
	{ "a namespace path that is longer than any",
	  { "CNI_COMMAND=ADD", POD_A, "CNI_NETNS=/" TEN(TEN("abcdefghijk")), ETH0 },
	  { "CNI_NETNS" } },
	{ "CNI_ARGS without a value",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, ETH0, "CNI_ARGS=K8S_POD_NAME" },
	  { "CNI_ARGS", "K8S_POD_NAME" } },
	{ "CNI_ARGS longer than can be kept",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, ETH0, "CNI_ARGS=a=" TEN(TEN(TEN("abcde"))) },
	  { "CNI_ARGS" } },
	{ "a pod name that is longer than any",
	  { "CNI_COMMAND=ADD", POD_A, NETNS, ETH0, "CNI_ARGS=K8S_POD_NAME=" TEN(TEN("abc")) },
	  { "CNI_ARGS", "pod name" } },
};

static void environment_is_refused(void **state)
{
	const struct bad *row = *state;
	struct environment env;
	struct error err = {};

	variables = row->variables;
	assert_int_equal(environment_read(variable_get, &env, &err), CNI_ENVIRONMENT);
	assert_int_equal(err.code, CNI_ENVIRONMENT);
	for (size_t i = 0; i < 3 && row->names[i]; i++)
		if (!strstr(err.text, row->names[i]))
			fail_msg("'%s' does not name %s", err.text, row->names[i]);
}

#define ADD_POD_A "CNI_COMMAND=ADD", POD_A, NETNS, ETH0

static const struct names {
	const char *sentence;
	const char *variables[VARIABLES_MAX];
	const char *pod_namespace, *pod_name, *pod_uid;
} names[] = {
	{ "without CNI_ARGS the pod has no name", { ADD_POD_A }, "", "", "" },
	{ "Kubernetes' arguments name the pod",
	  { ADD_POD_A, "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;"
		       "K8S_POD_INFRA_CONTAINER_ID=pod_a;K8S_POD_UID=1b2c" },
	  "default",
	  "web-0",
	  "1b2c" },
	{ "the arguments come in any order",
	  { ADD_POD_A, "CNI_ARGS=K8S_POD_UID=1b2c;K8S_POD_NAME=web-0;IgnoreUnknown=true;"
		       "K8S_POD_NAMESPACE=default" },
	  "default",
	  "web-0",
	  "1b2c" },
	{ "a value may hold an equals sign",
	  { ADD_POD_A, "CNI_ARGS=K8S_POD_NAME=a=b" },
	  "",
	  "a=b",
	  "" },
	{ "the arguments of others are left alone",
	  { ADD_POD_A, "CNI_ARGS=IP=10.0.0.1;K8S_POD_NAMES=x;K8S_POD_NAME=web-0" },
	  "",
	  "web-0",
	  "" },
	{ "an empty name is none", { ADD_POD_A, "CNI_ARGS=K8S_POD_NAME=" }, "", "", "" },
};

static void pod_is_named(void **state)
{
	const struct names *row = *state;
	struct environment env;
	struct error err;

	variables = row->variables;
	assert_int_equal(environment_read(variable_get, &env, &err), 0);
	assert_string_equal(env.pod_namespace, row->pod_namespace);
	assert_string_equal(env.pod_name, row->pod_name);
	assert_string_equal(env.pod_uid, row->pod_uid);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, goods, environment_is_good);
	ROWS_ADD(&cases, bads, environment_is_refused);
	ROWS_ADD(&cases, names, pod_is_named);
	return cases_run("environment", &cases, NULL, NULL);
}
