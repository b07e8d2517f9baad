/* SPDX-License-Identifier: Apache-2.0 */
/* config_values - the values that keys take: from JSON of the right type to a member. */
#include "agent/config_values.h"

#include <ctype.h>
#include <errno.h>

#include "base/json.h"

/* RFC 8200 section 5; and the least that any IPv4 host must take in one piece (RFC 791). */
#define MTU_MIN 576
#define PAGE_BYTES 4096

int value_bool(const cJSON *item, const char *where, void *member, struct error *err)
{
	(void)where, (void)err;
	*(bool *)member = cJSON_IsTrue(item);
	return 0;
}

/*
 * The API server knows only RFC 1123's names; other clusters' nodes are called as their owners
 * like.
 */
int value_node_name(const cJSON *item, const char *where, void *member, struct error *err)
{
	const char *name = item->valuestring;
	size_t len = strlen(name);

	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && (c == name || !strchr("-._", *c)))
			len = 0;
	if (!len || len >= NODE_NAME_SIZE)
		return error_say(err, -EINVAL,
				 "%s: '%.64s' is no node name (letters, digits, '-', '.')", where,
				 name);
	memcpy(member, name, len + 1);
	return 0;
}

/* choice - the place of the item's text in a NULL-terminated list of names; -EINVAL lists them. */
static int choice(const cJSON *item, const char *where, const char *const *names, int *ret_place,
		  struct error *err)
{
	char list[128] = "";
	size_t used = 0;

	for (int i = 0; names[i]; i++) {
		if (!strcmp(item->valuestring, names[i])) {
			*ret_place = i;
			return 0;
		}
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
					 names[i]);
	}
	return error_say(err, -EINVAL, "%s: '%.64s' is none of: %s", where, item->valuestring,
			 list);
}

int value_source_kind(const cJSON *item, const char *where, void *member, struct error *err)
{
	static const char *const names[] = { "kubernetes", "directory", NULL };
	int place, rc = choice(item, where, names, &place, err);

	if (rc == 0)
		*(enum source_kind *)member = place == 0 ? SOURCE_KUBERNETES : SOURCE_DIRECTORY;
	return rc;
}

int value_routing(const cJSON *item, const char *where, void *member, struct error *err)
{
	static const char *const names[] = { "native", "vxlan", NULL };
	int place, rc = choice(item, where, names, &place, err);

	if (rc == 0)
		*(enum routing_kind *)member = place == 0 ? ROUTING_NATIVE : ROUTING_VXLAN;
	return rc;
}

int value_socket_services(const cJSON *item, const char *where, void *member, struct error *err)
{
	static const char *const names[] = { "all", "host", "off", NULL };
	int place, rc = choice(item, where, names, &place, err);

	if (rc == 0)
		*(enum socket_services *)member = (enum socket_services)place;
	return rc;
}

int value_attach(const cJSON *item, const char *where, void *member, struct error *err)
{
	if (!attach_kind_parse(item->valuestring, member))
		return error_say(err, -EINVAL, "%s: '%.64s' is none of: auto, clsact, tcx", where,
				 item->valuestring);
	return 0;
}

int value_cni_version(const cJSON *item, const char *where, void *member, struct error *err)
{
	static const char *const names[] = { "0.3.1", "0.4.0", "1.0.0", "1.1.0", NULL };
	int place, rc = choice(item, where, names, &place, err);

	if (rc == 0)
		strcpy(member, names[place]);
	return rc;
}

int value_dir(const cJSON *item, const char *where, void *member, struct error *err)
{
	struct config_path *path = member;
	const char *text = item->valuestring;
	size_t len = strlen(text);

	if (text[0] != '/')
		return error_say(err, -EINVAL, "%s: '%.64s' is not an absolute path", where, text);
	if (len >= sizeof(path->text))
		return error_say(err, -EINVAL, "%s: longer than %zu bytes", where,
				 sizeof(path->text) - 1);
	while (len > 1 && text[len - 1] == '/')
		len--;
	memcpy(path->text, text, len);
	path->text[len] = '\0';
	return 0;
}

int value_dir_or_none(const cJSON *item, const char *where, void *member, struct error *err)
{
	if (*item->valuestring)
		return value_dir(item, where, member, err);
	((struct config_path *)member)->text[0] = '\0';
	return 0;
}

/* Runtimes read *.conflist in the order of their names; a dot in front hides a file from them. */
int value_file_name(const cJSON *item, const char *where, void *member, struct error *err)
{
	const char *name = item->valuestring, *end = strrchr(name, '.');
	size_t len = strlen(name);

	if (len >= 200 || name[0] == '.' || strchr(name, '/') || !end || strcmp(end, ".conflist"))
		return error_say(err, -EINVAL, "%s: '%.64s' is no file name that ends in .conflist",
				 where, name);
	memcpy(member, name, len + 1);
	return 0;
}

int value_ranges(const cJSON *item, const char *where, void *member, struct error *err)
{
	struct config_ranges *ranges = member;

	return ranges_parse(item, where, ranges->items, &ranges->count, err);
}

static bool uplink_is_valid(const char *name)
{
	if (!*name || strlen(name) >= UPLINK_SIZE)
		return false;
	for (const char *c = name; *c; c++)
		if (!isgraph((unsigned char)*c) || *c == '/' || *c == ':')
			return false;
	return true;
}

int value_uplinks(const cJSON *item, const char *where, void *member, struct error *err)
{
	struct config_uplinks uplinks = {};
	const cJSON *name;

	cJSON_ArrayForEach(name, item) {
		if (!cJSON_IsString(name))
			return error_say(err, -EINVAL, "%s: must be a list of strings", where);
		if (!uplink_is_valid(name->valuestring))
			return error_say(err, -EINVAL,
					 "%s: '%.64s' is no interface name or pattern", where,
					 name->valuestring);
		if (uplinks.count == UPLINKS_MAX)
			return error_say(err, -EINVAL, "%s: more than %d", where, UPLINKS_MAX);
		strcpy(uplinks.items[uplinks.count++], name->valuestring);
	}
	*(struct config_uplinks *)member = uplinks;
	return 0;
}

/* port - the digits that begin at text; *ret_end is what follows them. */
static bool port_parse(const char *text, uint16_t *ret_port, const char **ret_end)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	value = strtoul(text, &end, 10);
	if (value < 1 || value > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)value;
	*ret_end = end;
	return true;
}

int value_ports(const cJSON *item, const char *where, void *member, struct error *err)
{
	struct port_range range;
	const char *rest;

	if (!port_parse(item->valuestring, &range.first, &rest) || *rest != '-' ||
	    !port_parse(rest + 1, &range.last, &rest) || *rest || range.first > range.last)
		return error_say(err, -EINVAL,
				 "%s: '%.64s' is no range of ports such as 30000-32767", where,
				 item->valuestring);
	*(struct port_range *)member = range;
	return 0;
}

/* "127.0.0.1:9871", "[::1]:9871"; "" is nowhere. */
int value_listen(const cJSON *item, const char *where, void *member, struct error *err)
{
	const char *text = item->valuestring, *colon = strrchr(text, ':'), *end;
	struct config_listen listen = { .on = true };
	bool bracket = text[0] == '[';
	char host[IP_TEXT_SIZE];
	size_t len;

	if (!*text) {
		*(struct config_listen *)member = (struct config_listen){};
		return 0;
	}
	if (!colon || !port_parse(colon + 1, &listen.port, &end) || *end)
		goto bad;
	len = (size_t)(colon - text);
	if (bracket && (len < 2 || text[len - 1] != ']'))
		goto bad;
	len -= bracket ? 2 : 0;
	if (len >= sizeof(host))
		goto bad;
	memcpy(host, text + bracket, len);
	host[len] = '\0';
	if (!ip_addr_parse(host, &listen.addr) || bracket != !!strchr(host, ':'))
		goto bad;
	*(struct config_listen *)member = listen;
	return 0;
bad:
	return error_say(err, -EINVAL,
			 "%s: '%.64s' is no address and port such as 127.0.0.1:9871 or [::1]:9871",
			 where, text);
}

static int number(const cJSON *item, const char *where, uint32_t min, uint32_t max, void *member,
		  struct error *err)
{
	double value = item->valuedouble;

	/* In this order: a conversion of what does not fit is undefined. */
	if (!(value >= min && value <= max) || value != (double)(uint32_t)value)
		return error_say(err, -EINVAL, "%s: must be a whole number from %u to %u", where,
				 min, max);
	*(uint32_t *)member = (uint32_t)value;
	return 0;
}

int value_mtu(const cJSON *item, const char *where, void *member, struct error *err)
{
	if (item->valuedouble == 0) {
		*(uint32_t *)member = 0;
		return 0;
	}
	return number(item, where, MTU_MIN, UINT16_MAX, member, err);
}

int value_drop_events(const cJSON *item, const char *where, void *member, struct error *err)
{
	return number(item, where, 0, 1000 * 1000, member, err);
}

int value_endpoints_max(const cJSON *item, const char *where, void *member, struct error *err)
{
	return number(item, where, 1, 1 << 20, member, err);
}

int value_map_max(const cJSON *item, const char *where, void *member, struct error *err)
{
	return number(item, where, 0, 1 << 24, member, err);
}

/* A day: what lasts longer would keep dead connections for ever. */
int value_timeout(const cJSON *item, const char *where, void *member, struct error *err)
{
	return number(item, where, 1, 24 * 60 * 60, member, err);
}

int value_events_bytes(const cJSON *item, const char *where, void *member, struct error *err)
{
	uint32_t bytes = 0;
	int rc = number(item, where, PAGE_BYTES, 1 << 28, &bytes, err);

	if (rc)
		return rc;
	if (bytes & (bytes - 1))
		return error_say(err, -EINVAL, "%s: %u is not a power of two", where, bytes);
	*(uint32_t *)member = bytes;
	return 0;
}
