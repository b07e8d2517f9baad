/* SPDX-License-Identifier: Apache-2.0 */
/* conflist - the network configuration that tells the container runtime to run the plugin. */
#include "agent/conflist.h"

#include "base/file.h"
#include "base/json.h"

#define CONFLIST_LIMIT (64 * 1024)
#define PLUGIN_TYPE "byway"

/*
 * What a runtime does not see here it leaves out without a word: a pod's hostPort would be lost,
 * where the plugin says that it cannot serve it yet.
 */
static void capabilities_add(cJSON *plugin)
{
	static const char *const names[] = { "ips", "mac", "portMappings", "bandwidth" };
	cJSON *capabilities = cJSON_AddObjectToObject(plugin, "capabilities");

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		cJSON_AddTrueToObject(capabilities, names[i]);
}

char *conflist_format(const struct agent_config *config)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *plugins, *plugin = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "cniVersion", config->cni_version);
	cJSON_AddStringToObject(json, "name", "byway");
	plugins = cJSON_AddArrayToObject(json, "plugins");
	cJSON_AddItemToArray(plugins, plugin);
	cJSON_AddStringToObject(plugin, "type", PLUGIN_TYPE);
	cJSON_AddStringToObject(plugin, "runDir", config->run_dir.text);
	cJSON_AddStringToObject(plugin, "bpfDir", config->bpf_dir.text);
	capabilities_add(plugin);
	return cJSON_Print(json);
}

/* Every user may read it, as others' conflists: podman and nerdctl do as such. */
int conflist_write(const struct agent_config *config, bool *ret_changed, struct error *err)
{
	struct byway_path path = path_below(config->cni_conf_dir.text, config->cni_conf_name);
	CLEANUP(str_free) char *text = conflist_format(config);
	CLEANUP(str_free) char *old = NULL;
	struct error ignored;
	bool same;

	if (!text)
		return error_set(err, -ENOMEM, "write '%s'", path.text);
	same = file_read(path.text, CONFLIST_LIMIT, &old, NULL, &ignored) == 0 && old &&
	       !strcmp(old, text);
	if (ret_changed)
		*ret_changed = !same;
	return same ? 0 : file_replace(path.text, text, 0644, err);
}

bool conflist_is_ours(const char *text, const char *run_dir)
{
	CLEANUP(json_free) cJSON *json = cJSON_Parse(text);
	const cJSON *plugins = cJSON_GetObjectItemCaseSensitive(json, "plugins");
	const cJSON *plugin = cJSON_GetArrayItem(plugins, 0);
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(plugin, "type");
	const cJSON *dir = cJSON_GetObjectItemCaseSensitive(plugin, "runDir");

	return cJSON_GetArraySize(plugins) == 1 && cJSON_IsString(type) &&
	       !strcmp(type->valuestring, PLUGIN_TYPE) && cJSON_IsString(dir) &&
	       !strcmp(dir->valuestring, run_dir);
}
