/* SPDX-License-Identifier: Apache-2.0 */
/* delegate - a foreign IPAM plugin, run as the spec says (1.1.0, section 4). */
#include "delegate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/json.h"
#include "cni_error.h"
#include "datapath/paths.h"

#define ANSWER_LIMIT (1024 * 1024)

extern char **environ;

/* plugin_find - the first executable of that name in the colon-separated CNI_PATH. */
static int plugin_find(const char *search, const char *name, struct byway_path *ret_path,
		       struct error *err)
{
	const char *dir = search;

	while (*dir) {
		size_t len = strcspn(dir, ":");

		if (len && len < BYWAY_DIR_MAX) {
			snprintf(ret_path->text, sizeof(ret_path->text), "%.*s/%s", (int)len, dir,
				 name);
			if (access(ret_path->text, X_OK) == 0)
				return 0;
		}
		dir += len + (dir[len] == ':');
	}
	return error_say(err, CNI_ENVIRONMENT, "ipam.type: no plugin '%s' in CNI_PATH '%.200s'",
			 name, search);
}

/* The delegate's stdin is a memory file: no writer can block on a plugin that does not read. */
static int stdin_make(const struct netconf *conf, int *ret_fd, struct error *err)
{
	CLEANUP(fd_close) int fd = memfd_create("netconf", MFD_CLOEXEC);
	CLEANUP(json_free) cJSON *copy = cJSON_Duplicate(conf->document, true);
	CLEANUP(str_free) char *text = NULL;
	int rc;

	if (copy && conf->spec > SPEC_1_0_0)
		cJSON_ReplaceItemInObjectCaseSensitive(copy, "cniVersion",
						       cJSON_CreateString(spec_names[SPEC_1_0_0]));
	text = copy ? cJSON_PrintUnformatted(copy) : NULL;
	if (fd < 0 || !text)
		return error_set(err, text ? -errno : -ENOMEM, "prepare the IPAM plugin's input");
	if ((rc = fd_write_all(fd, text, strlen(text))))
		return error_set(err, rc, "prepare the IPAM plugin's input");
	lseek(fd, 0, SEEK_SET);
	*ret_fd = fd_take(&fd);
	return 0;
}

/* environment_with - a copy of environ in which CNI_COMMAND is command. */
static char **environment_with(const char *command, char variable[32])
{
	size_t count = 0, kept = 0;
	char **copy;

	while (environ[count])
		count++;
	copy = calloc(count + 2, sizeof(*copy));
	if (!copy)
		return NULL;
	snprintf(variable, 32, "CNI_COMMAND=%s", command);
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "CNI_COMMAND=", strlen("CNI_COMMAND=")))
			copy[kept++] = environ[i];
	copy[kept] = variable;
	return copy;
}

static int plugin_spawn(const char *path, const char *command, int in, int out, pid_t *ret_pid,
			struct error *err)
{
	posix_spawn_file_actions_t actions;
	char *argv[] = { (char *)path, NULL };
	char variable[32];
	char **env = environment_with(command, variable);
	int rc;

	if (!env)
		return error_set(err, -ENOMEM, "run '%s'", path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	rc = posix_spawn(ret_pid, path, &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	free(env);
	return rc ? error_set(err, -rc, "run '%s'", path) : 0;
}

/* plugin_run - *ret_status is as waitpid() gave it, *ret_text what it printed. */
static int plugin_run(const char *path, const struct netconf *conf, const char *command,
		      char **ret_text, size_t *ret_len, int *ret_status, struct error *err)
{
	CLEANUP(fd_close) int in = -1, read_end = -1, write_end = -1;
	int pipes[2], rc, read_rc;
	pid_t pid;

	if ((rc = stdin_make(conf, &in, err)))
		return rc;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_set(err, -errno, "make a pipe");
	read_end = pipes[0];
	write_end = pipes[1];
	if ((rc = plugin_spawn(path, command, in, write_end, &pid, err)))
		return rc;
	fd_close(&write_end);
	read_rc = fd_read_all(read_end, ANSWER_LIMIT, "the IPAM plugin's answer", ret_text, ret_len,
			      err);
	fd_close(&read_end);
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return error_set(err, -errno, "wait for '%s'", path);
	return read_rc;
}

static int plugin_error(const char *name, const char *command, const cJSON *answer, int status,
			struct error *err)
{
	const cJSON *code = json_field(answer, "code");
	const cJSON *message = json_field(answer, "msg");

	if (!cJSON_IsNumber(code) || !cJSON_IsString(message))
		return error_say(err, CNI_DELEGATE, "IPAM plugin %s failed at %s (%s %d)", name,
				 command, WIFSIGNALED(status) ? "signal" : "exit status",
				 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return error_say(err, CNI_ERROR(code->valueint & 0xffff), "IPAM plugin %s: %s", name,
			 message->valuestring);
}

/* Plugins older than spec 1.1.0 answer a verb they do not know with code 4. */
static bool is_unknown_command(const char *command, const cJSON *answer)
{
	const cJSON *code = json_field(answer, "code");

	return (!strcmp(command, "STATUS") || !strcmp(command, "GC")) && cJSON_IsNumber(code) &&
	       code->valueint == 4;
}

int delegate_run(const struct environment *env, const struct netconf *conf, const char *command,
		 cJSON **ret_result, struct error *err)
{
	CLEANUP(json_free) cJSON *answer = NULL;
	CLEANUP(str_free) char *text = NULL;
	struct byway_path path;
	struct error ignored;
	int status = 0, rc;
	size_t len = 0;

	if ((rc = plugin_find(env->path, conf->delegate, &path, err)) ||
	    (rc = plugin_run(path.text, conf, command, &text, &len, &status, err)))
		return rc;
	rc = json_parse(text, len, "the IPAM plugin's answer", &answer, status ? &ignored : err);
	if (status && is_unknown_command(command, answer))
		return 0;
	if (status)
		return plugin_error(conf->delegate, command, answer, status, err);
	if (ret_result && rc)
		return err->code = CNI_DELEGATE;
	if (ret_result)
		*ret_result = json_take(&answer);
	return 0;
}
