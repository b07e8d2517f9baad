/* SPDX-License-Identifier: Apache-2.0 */
/* environment - the CNI_* variables, checked for the verb that they name (pure). */
#pragma once

#include "base/error.h"
#include "datapath/record.h"

enum cni_verb { VERB_ADD, VERB_DEL, VERB_CHECK, VERB_STATUS, VERB_GC, VERB_VERSION };

struct environment {
	enum cni_verb verb;
	const char *container_id; /* "" where the verb does not need it */
	const char *netns;	  /* "" = none or gone (DEL) */
	const char *ifname;
	const char *path;				/* CNI_PATH, "" if unset */
	const char *pod_namespace, *pod_name, *pod_uid; /* from CNI_ARGS; "" if unset */
	char args[4096];				/* what the three above point into */
};

typedef const char *getenv_fn(const char *name);

/*
 * environment_read - ret_env's strings belong to getenv's caller. Errors are CNI_ENVIRONMENT and
 * name the variable; all that are missing are named at once.
 */
int environment_read(getenv_fn *get, struct environment *ret_env, struct error *err);
