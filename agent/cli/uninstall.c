/* SPDX-License-Identifier: Apache-2.0 */
/* uninstall - byway uninstall: leaves the node as if Byway had never been there, after asking. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/removal.h"
#include "agent/cli/verb.h"
#include "agent/run_lock.h"
#include "base/json.h"
#include "datapath/lock.h"

/* An ADD or DEL that is under way ends first; one that comes later finds nothing. */
#define LOCK_WAIT_MS 10000

static bool person_agrees(const struct options *options)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO))
		return false;
	printf("This takes away every interface, pin and record of Byway's on this node\n"
	       "(%s, %s); pods that still run lose their network.\n"
	       "Go on? [yes/no] ",
	       options->run_dir, options->bpf_dir);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && !strcmp(answer, "yes\n");
}

static void list_print(const char *title, const cJSON *list)
{
	const cJSON *item;

	if (cJSON_GetArraySize(list))
		printf("%s:\n", title);
	cJSON_ArrayForEach(item, list)
		printf("  %s\n", cJSON_GetStringValue(item) ? cJSON_GetStringValue(item) : "?");
}

static enum exit_status outcome_print(const struct options *options, const cJSON *json)
{
	const cJSON *failed = child_at(json, "failed");

	if (options->json) {
		json_print(json);
	} else {
		list_print("removed", child_at(json, "removed"));
		list_print("kept", child_at(json, "kept"));
		list_print("could not be removed", failed);
		if (!cJSON_GetArraySize(child_at(json, "removed")) && !cJSON_GetArraySize(failed))
			puts("nothing of Byway's is here");
		else
			puts("sysctls (ip_forward and the like) stay as they are, and so do addresses that a "
			     "delegated ipam plugin has given out");
	}
	return cJSON_GetArraySize(failed) ? EXIT_PROBLEM : EXIT_FINE;
}

static int consent_get(const struct options *options, struct error *err)
{
	if (!options->force && run_lock_is_held(options->run_dir, RUN_LOCK_AGENT))
		return error_say(err, -EBUSY, "an agent is running; stop it first, or use --force");
	if (!options->yes && !person_agrees(options))
		return error_say(err, -EPERM, "nothing was done: say --yes, or answer yes");
	return 0;
}

enum exit_status verb_uninstall(const struct options *options)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	struct removal removal = { .options = options,
				   .removed = cJSON_AddArrayToObject(json, "removed"),
				   .kept = cJSON_AddArrayToObject(json, "kept"),
				   .failed = cJSON_AddArrayToObject(json, "failed") };
	CLEANUP(fd_close) int lock = -1;
	struct error err;

	if (consent_get(options, &err))
		return verb_fail(options, &err);
	conflist_remove(&removal);
	if (access(options->run_dir, F_OK) == 0 &&
	    lock_take(options->run_dir, LOCK_EXCLUSIVE, LOCK_WAIT_MS, &lock, &err) &&
	    !options->force)
		return verb_fail(options, &err);
	interfaces_remove(&removal);
	uplinks_release(&removal);
	pins_remove(&removal);
	run_dir_remove(&removal);
	return outcome_print(options, json);
}
