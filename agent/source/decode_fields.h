/* SPDX-License-Identifier: Apache-2.0 */
/* decode_fields - fields that several kinds of objects have, from JSON into an object's members. */
#pragma once

#include "agent/model/objects.h"
#include "base/json.h"

#define DECODE_PORTS_MAX 1000 /* of one Service, EndpointSlice or container */
#define DECODE_ENDPOINTS_MAX 100000
#define DECODE_LABELS_MAX 1000
#define DECODE_ADDRESSES_MAX 1000 /* and prefixes, zones and the like, in one list */
#define DECODE_CONTAINERS_MAX 1000

/*
 * Errors begin with the path of the field, from the object that was given: "port: must be …". What
 * is wrong with that object itself begins with the colon. error_below puts the path to it in
 * front, at no cost for what decodes. Members are untouched where a field is absent or null, and
 * what was allocated before an error is the object's to free.
 */
__attribute__((format(printf, 2, 3))) int error_below(struct error *err, const char *fmt, ...);

/* A text from outside for an error: short, and of printable characters. */
struct quoted {
	char text[84];
};

struct quoted quoted(const char *text);

/* name_is_valid - an RFC 1123 subdomain of at most 253 characters: no slash, no "..". */
bool name_is_valid(const char *text);

/* word_is_valid - a label's value: at most 63 of letters, digits, '-', '_', '.'; may be empty. */
bool word_is_valid(const char *text);

/* list_room - zeroed room for the items of a list of at most max. The list may be NULL. */
int list_room(const cJSON *list, size_t max, size_t item_size, void **ret_items, struct error *err);

int item_is_object(const cJSON *item, struct error *err);

/* An absent text is "". */
int field_name(const cJSON *object, const char *key, char **ret, struct error *err);
int field_word(const cJSON *object, const char *key, char **ret, struct error *err);

/* field_is - the field is a string, and this one. */
bool field_is(const cJSON *object, const char *key, const char *text);

/* field_port - 0 to 65535; absent it is 0. */
int field_port(const cJSON *object, const char *key, uint16_t *ret, struct error *err);

/* field_protocol - of a port; TCP when it says none. */
int field_protocol(const cJSON *object, uint8_t *ret, struct error *err);

int field_labels(const cJSON *object, const char *key, struct labels *ret, struct error *err);

/* One of the words, as its index; absent or "" is 0. words ends with NULL. */
int field_choice(const cJSON *object, const char *key, const char *const *words, unsigned int *ret,
		 struct error *err);

/*
 * addr_from_text - an address that can be somebody's: not unspecified, loopback, link-local,
 * multicast, and not IPv4 in IPv6's clothes.
 */
int addr_from_text(const char *text, struct ip_addr *ret, struct error *err);

/* addrs_add - text or, where it is "", nothing; once each. */
int addrs_add(struct addrs *addrs, const char *text, struct error *err);

/* field_addr, field_addrs - a string, or a list of strings, added to addrs. */
int field_addr(const cJSON *object, const char *key, struct addrs *addrs, struct error *err);
int field_addrs(const cJSON *object, const char *key, struct addrs *addrs, struct error *err);

/* field_prefix, field_prefixes - the same for CIDRs: white space around them and host bits go. */
int field_prefix(const cJSON *object, const char *key, struct prefixes *ret, struct error *err);
int field_prefixes(const cJSON *object, const char *key, struct prefixes *ret, struct error *err);
