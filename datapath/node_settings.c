/* SPDX-License-Identifier: Apache-2.0 */
/* node_settings - what the agent publishes for the plugin: runDir/node.json. */
#include "node_settings.h"

#include <errno.h>

#include "base/file.h"
#include "base/json.h"
#include "paths.h"

#define NODE_FILE "node.json"
#define NODE_LIMIT (64 * 1024)

/* Addresses that no pod can have: the gateways' links, loopback, multicast. */
static bool range_is_special(const struct ip_prefix *range)
{
	static const char *const specials[] = { "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4",
						"::1/128",     "fe80::/10",	 "ff00::/8" };

	for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++) {
		struct ip_prefix special;

		if (ip_prefix_parse(specials[i], &special) && ip_prefix_overlaps(range, &special))
			return true;
	}
	return false;
}

static int range_parse(const cJSON *item, const char *where, struct ip_prefix *ret_range,
		       struct error *err)
{
	struct ip_prefix first;

	if (!cJSON_IsString(item))
		return error_say(err, -EINVAL, "%s: must be a list of strings", where);
	if (!ip_prefix_parse(item->valuestring, ret_range))
		return error_say(err, -EINVAL, "%s: '%.64s' is not a CIDR such as 10.0.0.0/24",
				 where, item->valuestring);
	if (!ip_prefix_is_canonical(ret_range)) {
		first.addr = ip_prefix_first(ret_range);
		first.length = ret_range->length;
		return error_say(err, -EINVAL, "%s: '%s' has host bits set; did you mean %s?",
				 where, item->valuestring, ip_prefix_text(&first).text);
	}
	if (range_is_special(ret_range))
		return error_say(err, -EINVAL,
				 "%s: %s holds loopback, link-local or multicast addresses", where,
				 item->valuestring);
	return 0;
}

int ranges_parse(const cJSON *list, const char *where, struct ip_prefix ret_ranges[RANGES_MAX],
		 size_t *ret_count, struct error *err)
{
	struct ip_prefix ranges[RANGES_MAX];
	size_t count = 0;
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		int rc;

		if (count == RANGES_MAX)
			return error_say(err, -EINVAL, "%s: more than %d ranges", where,
					 RANGES_MAX);
		if ((rc = range_parse(item, where, &ranges[count], err)))
			return rc;
		for (size_t i = 0; i < count; i++)
			if (ip_prefix_overlaps(&ranges[i], &ranges[count]))
				return error_say(err, -EINVAL, "%s: %s and %s overlap", where,
						 ip_prefix_text(&ranges[i]).text,
						 ip_prefix_text(&ranges[count]).text);
		count++;
	}
	memcpy(ret_ranges, ranges, count * sizeof(*ranges));
	*ret_count = count;
	return 0;
}

char *node_settings_format(const struct node_settings *settings)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	cJSON *ranges = cJSON_AddArrayToObject(json, "ranges");

	for (size_t i = 0; i < settings->range_count; i++)
		cJSON_AddItemToArray(ranges,
				     cJSON_CreateString(ip_prefix_text(&settings->ranges[i]).text));
	cJSON_AddNumberToObject(json, "mtu", settings->mtu);
	cJSON_AddStringToObject(json, "attach", attach_kind_name(settings->attach));
	return cJSON_Print(json);
}

int node_settings_parse(const char *text, size_t len, const char *what,
			struct node_settings *ret_settings, struct error *err)
{
	CLEANUP(json_free) cJSON *json = NULL;
	struct node_settings settings = {};
	const cJSON *ranges = NULL;
	const char *attach = "clsact";
	int rc;

	if ((rc = json_parse(text, len, what, &json, err)))
		return rc;
	if ((rc = json_array(json, "", "ranges", &ranges, err)) ||
	    (rc = ranges_parse(ranges, "ranges", settings.ranges, &settings.range_count, err)) ||
	    (rc = json_uint(json, "", "mtu", UINT16_MAX, &settings.mtu, err)) ||
	    (rc = json_string(json, "", "attach", &attach, err)))
		return error_prefix(err, "%s", what);
	if (!attach_kind_parse(attach, &settings.attach) || settings.attach == ATTACH_AUTO)
		return error_say(err, -EINVAL, "%s: attach: must be clsact or tcx", what);
	*ret_settings = settings;
	return 0;
}

int node_settings_write(const char *run_dir, const struct node_settings *settings,
			struct error *err)
{
	CLEANUP(str_free) char *text = node_settings_format(settings);

	if (!text)
		return error_set(err, -ENOMEM, "write " NODE_FILE);
	return file_replace(path_below(run_dir, NODE_FILE).text, text, 0600, err);
}

int node_settings_read(const char *run_dir, struct node_settings *ret_settings, struct error *err)
{
	struct byway_path path = path_below(run_dir, NODE_FILE);
	CLEANUP(str_free) char *text = NULL;
	size_t len = 0;
	int rc = file_read(path.text, NODE_LIMIT, &text, &len, err);

	return rc ? rc : node_settings_parse(text, len, path.text, ret_settings, err);
}
