/* SPDX-License-Identifier: Apache-2.0 */
/* known - the attachments that records tell of, as the agent keeps them in memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "datapath/record.h"

#define KNOWN_KEY_SIZE (CONTAINER_ID_MAX + IFNAME_MAX + 2)
#define KNOWN_LABEL_SIZE 128

/* A few hundred bytes a pod; the whole record is read from its file when somebody asks for it. */
struct known_endpoint {
	UT_hash_handle hh;
	uint32_t ifindex;
	char host_ifname[IFNAME_MAX];
	bool suspect; /* the kernel said that something happened to its programs */
	char *label;  /* "namespace/name", else the container id */
	char key[];   /* "containerID:ifname" */
};

/* All of them by key. Begin with { NULL }, end with known_done(). */
struct known {
	struct known_endpoint *by_key;
};

void known_done(struct known *known);

/* known_put - make what is known that which the record says. NULL when there is no memory. */
struct known_endpoint *known_put(struct known *known, const struct record *record);

struct known_endpoint *known_find(const struct known *known, const char *key);
/* known_by_ifindex - the one whose host-side interface has the number, or NULL. */
struct known_endpoint *known_by_ifindex(const struct known *known, uint32_t ifindex);
void known_remove(struct known *known, struct known_endpoint *endpoint);

/* known_key_parse - a record's file name to its parts; false for what is no record's name. */
bool known_key_parse(const char *file, char ret_container_id[CONTAINER_ID_MAX + 1],
		     char ret_ifname[IFNAME_MAX]);

/* known_label - how people call the pod: "namespace/name", else the container id, cut to fit. */
void known_label(const struct record *record, char ret_label[KNOWN_LABEL_SIZE]);
