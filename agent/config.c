/* SPDX-License-Identifier: Apache-2.0 */
/* config - what the agent was told, in a file and by flags, as values. Pure: asks nobody. */
#include "agent/config.h"

#include <errno.h>
#include <string.h>

#include "agent/config_keys.h"
#include "base/json.h"
#include "byway/config.h"

static bool shape_fits(const cJSON *item, enum shape shape)
{
	switch (shape) {
	case SHAPE_NUMBER:
		return cJSON_IsNumber(item);
	case SHAPE_BOOL:
		return cJSON_IsBool(item);
	case SHAPE_LIST:
		return cJSON_IsArray(item);
	default:
		return cJSON_IsString(item);
	}
}

static int key_apply(const struct config_key *key, const cJSON *item, const char *where,
		     struct agent_config *config, struct error *err)
{
	if (!shape_fits(item, key->shape))
		return json_wrong_type("", where, shape_name(key->shape), err);
	config->given |= key_bit(key);
	return key->take(item, where, (char *)config + key->offset, err);
}

/* object_apply - every member of the top (prefix "") or of one object below it ("source."). */
static int object_apply(const cJSON *object, const char *prefix, uint64_t *seen,
			struct agent_config *config, struct error *err)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, object) {
		const struct config_key *key;
		char name[64];
		int rc = 0;

		snprintf(name, sizeof(name), "%s%s", prefix, item->string);
		key = key_find(name);
		if (key && *seen & key_bit(key))
			return error_say(err, -EINVAL, "%s: given twice", name);
		if (key) {
			*seen |= key_bit(key);
			rc = key_apply(key, item, name, config, err);
		} else if (*prefix || !group_exists(name)) {
			return error_say(err, -EINVAL, "%s: unknown key", name);
		} else if (!cJSON_IsObject(item)) {
			return json_wrong_type("", name, "an object", err);
		} else {
			snprintf(name, sizeof(name), "%s.", item->string);
			rc = object_apply(item, name, seen, config, err);
		}
		if (rc)
			return rc;
	}
	return 0;
}

static int file_apply(const char *text, size_t len, const char *file, struct agent_config *config,
		      struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	uint64_t seen = 0;
	int rc = json_parse(text, len, file, &json, err);

	if (rc)
		return rc;
	if (!cJSON_IsObject(json))
		return error_say(err, -EINVAL, "%s: must be a JSON object", file);
	rc = object_apply(json, "", &seen, config, err);
	return rc ? error_prefix(err, "%s", file) : 0;
}

static cJSON *list_from_text(const char *text)
{
	cJSON *list = cJSON_CreateArray();

	while (*text) {
		size_t len = strcspn(text, ",");
		CLEANUP(str_free) char *part = strndup(text, len);

		if (part)
			cJSON_AddItemToArray(list, cJSON_CreateString(part));
		text += len + (text[len] == ',');
	}
	return list;
}

/* A flag's text as the JSON that the file would have; NULL when it is not of the shape. */
static cJSON *flag_item(const char *text, enum shape shape)
{
	char *end;
	double number;

	switch (shape) {
	case SHAPE_BOOL:
		if (strcmp(text, "true") && strcmp(text, "false"))
			return NULL;
		return cJSON_CreateBool(text[0] == 't');
	case SHAPE_NUMBER:
		if (strspn(text, "0123456789") != strlen(text) || !*text)
			return NULL;
		number = strtod(text, &end);
		return cJSON_CreateNumber(number);
	case SHAPE_LIST:
		return list_from_text(text);
	default:
		return cJSON_CreateString(text);
	}
}

static int flag_apply(const struct config_key *key, const char *text, struct agent_config *config,
		      struct error *err)
{
	CLEANUP(json_free) cJSON *item = flag_item(text, key->shape);
	char where[64];

	snprintf(where, sizeof(where), "--%s", key->name);
	if (!item)
		return json_wrong_type("", where, shape_name(key->shape), err);
	return key_apply(key, item, where, config, err);
}

/* "--name value" or "--name=value": *at moves to the last argument used. No value is NULL. */
static int flag_take(int argc, char *const *argv, int *at, char name[64], const char **ret_value,
		     struct error *err)
{
	const char *arg = argv[*at], *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);

	if (strncmp(arg, "--", 2))
		return error_say(err, -EINVAL, "'%.64s': no such argument; flags begin with --",
				 arg);
	snprintf(name, 64, "%.*s", (int)len - 2, arg + 2);
	if (equals)
		*ret_value = equals + 1;
	else
		*ret_value = ++*at < argc ? argv[*at] : NULL;
	return 0;
}

static bool mode_parse(const char *arg, enum config_mode *ret_mode)
{
	if (!strcmp(arg, "--help") || !strcmp(arg, "-h"))
		*ret_mode = CONFIG_HELP;
	else if (!strcmp(arg, "--version"))
		*ret_mode = CONFIG_VERSION;
	else if (!strcmp(arg, "--check"))
		*ret_mode = CONFIG_CHECK;
	else
		return false;
	return true;
}

int config_request_parse(int argc, char *const *argv, struct config_request *ret_request,
			 struct error *err)
{
	struct config_request request = { .mode = CONFIG_RUN };

	for (int i = 1; i < argc; i++) {
		enum config_mode mode = CONFIG_RUN;
		const char *value = NULL;
		char name[64];
		int rc;

		if (mode_parse(argv[i], &mode)) {
			request.mode = mode > request.mode ? mode : request.mode;
			continue;
		}
		if ((rc = flag_take(argc, argv, &i, name, &value, err)))
			return rc;
		if (strcmp(name, "config") && !key_find(name))
			return error_say(err, -EINVAL, "--%s: unknown flag (see --help)", name);
		if (!value)
			return error_say(err, -EINVAL, "--%s: needs a value", name);
		if (!strcmp(name, "config"))
			request.file = value;
	}
	*ret_request = request;
	return 0;
}

static int flags_apply(int argc, char *const *argv, struct agent_config *config, struct error *err)
{
	for (int i = 1; i < argc; i++) {
		const struct config_key *key;
		enum config_mode mode = CONFIG_RUN;
		const char *value = NULL;
		char name[64];
		int rc;

		if (mode_parse(argv[i], &mode))
			continue;
		if ((rc = flag_take(argc, argv, &i, name, &value, err)))
			return rc;
		key = key_find(name);
		if (key && value && (rc = flag_apply(key, value, config, err)))
			return rc;
	}
	return 0;
}

static bool ranges_have_v6(const struct config_ranges *ranges)
{
	for (size_t i = 0; i < ranges->count; i++)
		if (!ip_addr_is_v4(&ranges->items[i].addr))
			return true;
	return false;
}

/* What no key can say alone. */
static int config_cross_check(const struct agent_config *config, struct error *err)
{
	if (config->source == SOURCE_DIRECTORY && !*config->source_path.text)
		return error_say(err, -EINVAL, "source.path: needed for source.kind directory");
	if (config->source != SOURCE_DIRECTORY && *config->source_path.text)
		return error_say(err, -EINVAL, "source.path: only for source.kind directory");
	if (config->source != SOURCE_KUBERNETES && *config->source_kubeconfig.text)
		return error_say(err, -EINVAL,
				 "source.kubeconfig: only for source.kind kubernetes");
	if (config->mtu && config->mtu < 1280 && ranges_have_v6(&config->pod_cidrs))
		return error_say(err, -EINVAL,
				 "mtu: IPv6 needs at least 1280 (RFC 8200, section 5)");
	if (!strcmp(config->run_dir.text, config->bpf_dir.text))
		return error_say(err, -EINVAL, "bpfDir: the same as runDir; it must be on a bpffs");
	return 0;
}

static void config_defaults(struct agent_config *config)
{
	*config = (struct agent_config){ .run_dir = { BYWAY_RUN_DIR },
					 .bpf_dir = { BYWAY_BPF_DIR },
					 .cni_conf_dir = { AGENT_CNI_CONF_DIR },
					 .cni_conf_name = AGENT_CNI_CONF_NAME,
					 .cni_version = "1.0.0",
					 .listen = { .on = true, .port = 9871 },
					 .health_listen = { .on = true, .port = 10256 },
					 .masquerade = true,
					 .node_ports = { 30000, 32767 },
					 .drop_events = DROP_EVENTS_DEFAULT,
#define X(name, label, timeout, text) .timeouts_s[CT_##name] = (timeout),
					 CT_STATES(X)
#undef X
	};
	ip_addr_parse("127.0.0.1", &config->listen.addr);
	ip_addr_parse("0.0.0.0", &config->health_listen.addr);
}

int config_parse(const char *text, size_t len, const char *file, int argc, char *const *argv,
		 struct agent_config *ret_config, struct error *err)
{
	struct agent_config config;
	int rc;

	config_defaults(&config);
	if (text && (rc = file_apply(text, len, file, &config, err)))
		return rc;
	if ((rc = flags_apply(argc, argv, &config, err)))
		return rc;
	if ((rc = config_cross_check(&config, err)))
		return text ? error_prefix(err, "%s", file) : rc;
	*ret_config = config;
	return 0;
}

const char *source_kind_name(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_KUBERNETES:
		return "kubernetes";
	case SOURCE_DIRECTORY:
		return "directory";
	default:
		return "none";
	}
}
