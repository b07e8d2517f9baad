/* SPDX-License-Identifier: Apache-2.0 */
/* decode_fields - fields that several kinds of objects have, from JSON into an object's members. */
#include "agent/source/decode_fields.h"

#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_RFC1123 253
#define WORD_MAX 63
#define QUOTED_MAX 72

int error_below(struct error *err, const char *fmt, ...)
{
	char text[ERROR_TEXT_SIZE], path[128];
	va_list args;

	memcpy(text, err->text, sizeof(text));
	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	return error_say(err, err->code, "%s%s%.*s", path, *text == ':' ? "" : ".",
			 (int)(sizeof(text) - sizeof(path)), text);
}

struct quoted quoted(const char *text)
{
	struct quoted out = {};
	size_t len = strnlen(text, QUOTED_MAX + 1), at = 0;

	out.text[at++] = '\'';
	for (size_t i = 0; i < len && i < QUOTED_MAX; i++)
		out.text[at++] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	snprintf(out.text + at, sizeof(out.text) - at, "%s'", len > QUOTED_MAX ? "..." : "");
	return out;
}

static bool is_alnum_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alnum(char c)
{
	return is_alnum_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool subdomain_is_valid(const char *text, size_t len)
{
	if (len == 0 || len > NAME_MAX_RFC1123)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool edge = i == 0 || i == len - 1 || text[i - 1] == '.' || text[i + 1] == '.';

		if (is_alnum_lower(text[i]) || (!edge && text[i] == '-'))
			continue;
		if (text[i] != '.' || i == 0 || i == len - 1 || text[i - 1] == '.')
			return false;
	}
	return true;
}

bool name_is_valid(const char *text)
{
	return subdomain_is_valid(text, strnlen(text, NAME_MAX_RFC1123 + 1));
}

bool word_is_valid(const char *text)
{
	size_t len = strnlen(text, WORD_MAX + 1);

	if (len == 0)
		return true;
	if (len > WORD_MAX || !is_alnum(text[0]) || !is_alnum(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(text[i]) && !strchr("-_.", text[i]))
			return false;
	return true;
}

/* "name", or "prefix/name" with a subdomain for a prefix. */
static bool label_key_is_valid(const char *key)
{
	const char *slash = strchr(key, '/');
	const char *name = slash ? slash + 1 : key;

	return *name && word_is_valid(name) &&
	       (!slash || subdomain_is_valid(key, (size_t)(slash - key)));
}

int list_room(const cJSON *list, size_t max, size_t item_size, void **ret_items, struct error *err)
{
	size_t count = list ? (size_t)cJSON_GetArraySize(list) : 0;
	void *items;

	if (count > max)
		return error_say(err, -E2BIG, "%s: has %zu items, at most %zu are read",
				 list->string, count, max);
	if (count == 0)
		return 0;
	items = calloc(count, item_size);
	if (!items)
		return error_set(err, -ENOMEM, "%s", list->string);
	*ret_items = items;
	return 0;
}

int item_is_object(const cJSON *item, struct error *err)
{
	return cJSON_IsObject(item) ? 0 : error_say(err, -EINVAL, ": must be an object");
}

static int text_keep(const char *text, const char *key, char **ret, struct error *err)
{
	char *kept = object_text(text);

	if (!kept)
		return error_set(err, -ENOMEM, "%s", key);
	*ret = kept;
	return 0;
}

int field_name(const cJSON *object, const char *key, char **ret, struct error *err)
{
	const char *text = "";
	int rc = json_string(object, "", key, &text, err);

	if (rc)
		return rc;
	if (*text && !name_is_valid(text))
		return error_say(err, -EINVAL, "%s: %s is not a name (RFC 1123)", key,
				 quoted(text).text);
	return text_keep(text, key, ret, err);
}

int field_word(const cJSON *object, const char *key, char **ret, struct error *err)
{
	const char *text = "";
	int rc = json_string(object, "", key, &text, err);

	if (rc)
		return rc;
	if (!word_is_valid(text))
		return error_say(err, -EINVAL,
				 "%s: %s is not made of at most 63 letters, digits, '-', '_', '.'",
				 key, quoted(text).text);
	return text_keep(text, key, ret, err);
}

bool field_is(const cJSON *object, const char *key, const char *text)
{
	const char *value = cJSON_GetStringValue(json_field(object, key));

	return value && !strcmp(value, text);
}

int field_port(const cJSON *object, const char *key, uint16_t *ret, struct error *err)
{
	uint32_t port = 0;
	int rc = json_uint(object, "", key, UINT16_MAX, &port, err);

	if (rc)
		return rc;
	*ret = (uint16_t)port;
	return 0;
}

int field_protocol(const cJSON *object, uint8_t *ret, struct error *err)
{
	static const char *const words[] = { "TCP", "UDP", "SCTP", NULL };
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	unsigned int choice;
	int rc = field_choice(object, "protocol", words, &choice, err);

	if (rc)
		return rc;
	*ret = protocols[choice];
	return 0;
}

int field_choice(const cJSON *object, const char *key, const char *const *words, unsigned int *ret,
		 struct error *err)
{
	const char *text = "";
	char known[64] = "";
	int rc = json_string(object, "", key, &text, err);

	if (rc)
		return rc;
	*ret = 0;
	if (!*text)
		return 0;
	for (unsigned int i = 0; words[i]; i++) {
		size_t used = strlen(known);

		*ret = i;
		if (!strcmp(text, words[i]))
			return 0;
		snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "", words[i]);
	}
	return error_say(err, -EINVAL, "%s: %s is none of: %s", key, quoted(text).text, known);
}

static int label_take(const cJSON *item, const char *key, struct label *ret, struct error *err)
{
	const char *value = cJSON_IsNull(item) ? "" : cJSON_GetStringValue(item);

	if (!label_key_is_valid(item->string))
		return error_say(err, -EINVAL, "%s: %s is not a label's key", key,
				 quoted(item->string).text);
	if (!value)
		return error_say(err, -EINVAL, "%s.%s: must be a string (in YAML, quote it)", key,
				 item->string);
	if (!word_is_valid(value))
		return error_say(err, -EINVAL, "%s.%s: %s is not a label's value", key,
				 item->string, quoted(value).text);
	ret->key = object_text(item->string);
	ret->value = object_text(value);
	return ret->key && ret->value ? 0 : error_set(err, -ENOMEM, "%s", key);
}

int field_labels(const cJSON *object, const char *key, struct labels *ret, struct error *err)
{
	const cJSON *labels = NULL, *item;
	void *items = NULL;
	int rc = json_object(object, "", key, &labels, err);

	if (rc || (rc = list_room(labels, DECODE_LABELS_MAX, sizeof(*ret->items), &items, err)))
		return rc;
	if (!items)
		return 0;
	ret->items = items;
	cJSON_ArrayForEach(item, labels) {
		rc = label_take(item, key, &ret->items[ret->count++], err);
		if (rc)
			return rc;
	}
	return 0;
}

static bool addr_is_v4_link_local(const struct ip_addr *addr)
{
	return ip_addr_is_v4(addr) && addr->bytes[12] == 169 && addr->bytes[13] == 254;
}

static bool addr_is_unspecified_or_loopback(const struct ip_addr *addr)
{
	if (ip_addr_is_v4(addr))
		return addr->bytes[12] == 0 || addr->bytes[12] == 127;
	return !addr->words[0] && !addr->words[1] && !addr->words[2] && ntohl(addr->words[3]) <= 1;
}

int addr_from_text(const char *text, struct ip_addr *ret, struct error *err)
{
	struct ip_addr addr;

	if (!ip_addr_parse(text, &addr) || (ip_addr_is_v4(&addr) && strchr(text, ':')))
		return error_say(err, -EINVAL, ": %s is not an IP address", quoted(text).text);
	if (ip_addr_is_group(&addr) || ip_addr_is_v6_link_local(&addr) ||
	    addr_is_v4_link_local(&addr) || addr_is_unspecified_or_loopback(&addr))
		return error_say(err, -EINVAL,
				 ": %s is unspecified, loopback, link-local or multicast", text);
	*ret = addr;
	return 0;
}

int addrs_add(struct addrs *addrs, const char *text, struct error *err)
{
	struct ip_addr addr = {}, *items;
	int rc;

	if (!*text)
		return 0;
	if ((rc = addr_from_text(text, &addr, err)))
		return rc;
	for (size_t i = 0; i < addrs->count; i++)
		if (ip_addr_equal(&addrs->items[i], &addr))
			return 0;
	if (addrs->count == DECODE_ADDRESSES_MAX)
		return error_say(err, -E2BIG, ": more than %d addresses", DECODE_ADDRESSES_MAX);
	items = realloc(addrs->items, (addrs->count + 1) * sizeof(*items));
	if (!items)
		return error_set(err, -ENOMEM, ": addresses");
	addrs->items = items;
	items[addrs->count++] = addr;
	return 0;
}

static int prefixes_add(struct prefixes *prefixes, const char *text, struct error *err)
{
	char trimmed[PREFIX_TEXT_SIZE];
	struct ip_prefix prefix, *items;
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strcspn(text, " \t\r\n");
	if (len == 0 && !*text)
		return 0;
	snprintf(trimmed, sizeof(trimmed), "%.*s", (int)(len < sizeof(trimmed) ? len : 0), text);
	if (text[len + strspn(text + len, " \t\r\n")] || !ip_prefix_parse(trimmed, &prefix))
		return error_say(err, -EINVAL, ": %s is not a CIDR", quoted(text).text);
	if (prefixes->count == DECODE_ADDRESSES_MAX)
		return error_say(err, -E2BIG, ": more than %d CIDRs", DECODE_ADDRESSES_MAX);
	items = realloc(prefixes->items, (prefixes->count + 1) * sizeof(*items));
	if (!items)
		return error_set(err, -ENOMEM, ": CIDRs");
	prefix.addr = ip_prefix_first(&prefix);
	prefixes->items = items;
	items[prefixes->count++] = prefix;
	return 0;
}

/* The two shapes of addresses and of prefixes: one string, a list of strings. */
typedef int text_add_fn(void *to, const char *text, struct error *err);

static int addrs_add_fn(void *to, const char *text, struct error *err)
{
	return addrs_add(to, text, err);
}

static int prefixes_add_fn(void *to, const char *text, struct error *err)
{
	return prefixes_add(to, text, err);
}

static int one_add(const cJSON *object, const char *key, text_add_fn *add, void *to,
		   struct error *err)
{
	const char *text = "";
	int rc = json_string(object, "", key, &text, err);

	if (rc)
		return rc;
	return add(to, text, err) ? error_below(err, "%s", key) : 0;
}

static int each_add(const cJSON *object, const char *key, text_add_fn *add, void *to,
		    struct error *err)
{
	const cJSON *list = NULL, *item;
	size_t at = 0;
	int rc = json_array(object, "", key, &list, err);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item))
			return error_say(err, -EINVAL, "%s[%zu]: must be a string", key, at);
		if (add(to, item->valuestring, err))
			return error_below(err, "%s[%zu]", key, at);
		at++;
	}
	return 0;
}

int field_addr(const cJSON *object, const char *key, struct addrs *addrs, struct error *err)
{
	return one_add(object, key, addrs_add_fn, addrs, err);
}

int field_addrs(const cJSON *object, const char *key, struct addrs *addrs, struct error *err)
{
	return each_add(object, key, addrs_add_fn, addrs, err);
}

int field_prefix(const cJSON *object, const char *key, struct prefixes *ret, struct error *err)
{
	return one_add(object, key, prefixes_add_fn, ret, err);
}

int field_prefixes(const cJSON *object, const char *key, struct prefixes *ret, struct error *err)
{
	return each_add(object, key, prefixes_add_fn, ret, err);
}
