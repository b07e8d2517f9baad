/* SPDX-License-Identifier: Apache-2.0 */
/* known - the attachments that records tell of, as the agent keeps them in memory. */
#include "agent/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_ENDING ".json"

static void key_format(const struct record *record, char ret_key[KNOWN_KEY_SIZE])
{
	snprintf(ret_key, KNOWN_KEY_SIZE, "%s:%s", record->container_id, record->ifname);
}

void known_label(const struct record *record, char ret_label[KNOWN_LABEL_SIZE])
{
	if (*record->pod_name)
		snprintf(ret_label, KNOWN_LABEL_SIZE, "%.63s/%.63s", record->pod_namespace,
			 record->pod_name);
	else
		snprintf(ret_label, KNOWN_LABEL_SIZE, "%.127s", record->container_id);
}

struct known_endpoint *known_put(struct known *known, const struct record *record)
{
	char key[KNOWN_KEY_SIZE], label[KNOWN_LABEL_SIZE];
	struct known_endpoint *endpoint;

	key_format(record, key);
	known_label(record, label);
	endpoint = known_find(known, key);
	if (endpoint)
		known_remove(known, endpoint);

	endpoint = calloc(1, sizeof(*endpoint) + strlen(key) + 1);
	if (!endpoint)
		return NULL;
	strcpy(endpoint->key, key);
	endpoint->label = strdup(label);
	endpoint->ifindex = record->ifindex;
	memcpy(endpoint->host_ifname, record->host_ifname, sizeof(endpoint->host_ifname));
	HASH_ADD_STR(known->by_key, key, endpoint);
	return endpoint;
}

struct known_endpoint *known_find(const struct known *known, const char *key)
{
	struct known_endpoint *endpoint;

	HASH_FIND_STR(known->by_key, key, endpoint);
	return endpoint;
}

struct known_endpoint *known_by_ifindex(const struct known *known, uint32_t ifindex)
{
	for (struct known_endpoint *each = known->by_key; each; each = each->hh.next)
		if (each->ifindex == ifindex)
			return each;
	return NULL;
}

void known_remove(struct known *known, struct known_endpoint *endpoint)
{
	HASH_DEL(known->by_key, endpoint);
	free(endpoint->label);
	free(endpoint);
}

void known_done(struct known *known)
{
	struct known_endpoint *endpoint, *next;

	HASH_ITER(hh, known->by_key, endpoint, next)
		known_remove(known, endpoint);
}

bool known_key_parse(const char *file, char ret_container_id[CONTAINER_ID_MAX + 1],
		     char ret_ifname[IFNAME_MAX])
{
	size_t len = strlen(file), ending = strlen(RECORD_ENDING), id_len, if_len;
	const char *colon = strchr(file, ':');

	if (!colon || len <= ending || strcmp(file + len - ending, RECORD_ENDING))
		return false;
	id_len = (size_t)(colon - file);
	if_len = len - ending - id_len - 1;
	if (id_len > CONTAINER_ID_MAX || if_len >= IFNAME_MAX)
		return false;
	memcpy(ret_container_id, file, id_len);
	ret_container_id[id_len] = '\0';
	memcpy(ret_ifname, colon + 1, if_len);
	ret_ifname[if_len] = '\0';
	return container_id_is_valid(ret_container_id) && ifname_is_valid(ret_ifname);
}
