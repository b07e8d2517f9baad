/* SPDX-License-Identifier: Apache-2.0 */
/* environment - the CNI_* variables, checked for the verb that they name (pure). */
#include "environment.h"

#include <string.h>

#include "cni_error.h"

enum need { NEEDS_CONTAINER = 1, NEEDS_NETNS = 2, NEEDS_IFNAME = 4 };

static const struct verb_row {
	const char *name;
	enum cni_verb verb;
	int needs;
} verbs[] = {
	{ "ADD", VERB_ADD, NEEDS_CONTAINER | NEEDS_NETNS | NEEDS_IFNAME },
	{ "DEL", VERB_DEL, NEEDS_CONTAINER | NEEDS_IFNAME },
	{ "CHECK", VERB_CHECK, NEEDS_CONTAINER | NEEDS_NETNS | NEEDS_IFNAME },
	{ "STATUS", VERB_STATUS, 0 },
	{ "GC", VERB_GC, 0 },
	{ "VERSION", VERB_VERSION, 0 },
};

static const char *value_of(getenv_fn *get, const char *name)
{
	const char *value = get(name);

	return value ? value : "";
}

static const struct verb_row *verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int missing_say(const struct environment *env, const struct verb_row *row, struct error *err)
{
	bool container = (row->needs & NEEDS_CONTAINER) && !*env->container_id;
	bool netns = (row->needs & NEEDS_NETNS) && !*env->netns;
	bool ifname = (row->needs & NEEDS_IFNAME) && !*env->ifname;

	if (!container && !netns && !ifname)
		return 0;
	return error_say(err, CNI_ENVIRONMENT, "%s needs%s%s%s", row->name,
			 container ? " CNI_CONTAINERID" : "", netns ? " CNI_NETNS" : "",
			 ifname ? " CNI_IFNAME" : "");
}

/* args_split - "K=V;K=V": the keys come in any order; those of others are ignored. */
static int args_split(struct environment *env, const char *args, struct error *err)
{
	char *save = NULL;

	if (strlen(args) >= sizeof(env->args))
		return error_say(err, CNI_ENVIRONMENT, "CNI_ARGS: longer than %zu bytes",
				 sizeof(env->args) - 1);
	strcpy(env->args, args);
	for (char *pair = strtok_r(env->args, ";", &save); pair;
	     pair = strtok_r(NULL, ";", &save)) {
		char *value = strchr(pair, '=');

		if (!value)
			return error_say(err, CNI_ENVIRONMENT, "CNI_ARGS: '%.64s' is not KEY=VALUE",
					 pair);
		*value++ = '\0';
		if (!strcmp(pair, "K8S_POD_NAMESPACE"))
			env->pod_namespace = value;
		else if (!strcmp(pair, "K8S_POD_NAME"))
			env->pod_name = value;
		else if (!strcmp(pair, "K8S_POD_UID"))
			env->pod_uid = value;
	}
	if (strlen(env->pod_namespace) >= POD_NAME_MAX || strlen(env->pod_name) >= POD_NAME_MAX ||
	    strlen(env->pod_uid) >= UID_MAX)
		return error_say(err, CNI_ENVIRONMENT, "CNI_ARGS: a pod name or UID is too long");
	return 0;
}

static int names_check(const struct environment *env, struct error *err)
{
	if (*env->container_id && !container_id_is_valid(env->container_id))
		return error_say(
			err, CNI_ENVIRONMENT,
			"CNI_CONTAINERID: '%.80s' is not a container id (letters, digits, _.-, "
			"at most %d)",
			env->container_id, CONTAINER_ID_MAX);
	if (*env->ifname && !ifname_is_valid(env->ifname))
		return error_say(err, CNI_ENVIRONMENT, "CNI_IFNAME: '%.80s' is no interface name",
				 env->ifname);
	if (strlen(env->netns) >= NETNS_MAX)
		return error_say(err, CNI_ENVIRONMENT, "CNI_NETNS: longer than %d bytes",
				 NETNS_MAX - 1);
	return 0;
}

int environment_read(getenv_fn *get, struct environment *ret_env, struct error *err)
{
	const char *command = value_of(get, "CNI_COMMAND");
	const struct verb_row *row = verb_find(command);
	int rc;

	*ret_env = (struct environment){
		.container_id = value_of(get, "CNI_CONTAINERID"),
		.netns = value_of(get, "CNI_NETNS"),
		.ifname = value_of(get, "CNI_IFNAME"),
		.path = value_of(get, "CNI_PATH"),
		.pod_namespace = "",
		.pod_name = "",
		.pod_uid = "",
	};
	if (!row)
		return error_say(
			err, CNI_ENVIRONMENT,
			"CNI_COMMAND: '%.32s' is none of ADD, DEL, CHECK, STATUS, GC, VERSION",
			command);
	ret_env->verb = row->verb;
	if ((rc = missing_say(ret_env, row, err)))
		return rc;
	/*
	 * VERSION, STATUS and GC speak of no container: whatever else is set does not concern them.
	 */
	if (!row->needs)
		return 0;
	if ((rc = names_check(ret_env, err)))
		return rc;
	/* Only ADD looks at them; a DEL must not fail for what made ADD refuse the pod. */
	if (row->verb != VERB_ADD)
		return 0;
	return args_split(ret_env, value_of(get, "CNI_ARGS"), err);
}
